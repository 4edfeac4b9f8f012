internal import CodeRegistry
internal import EventLog
internal import PromptLanguage
internal import TasteFold

/// A parsed prompt and who asks.
struct ResolutionRequest {
    let prompt: ParsedPrompt
    let user: String
    let model: String?
    /// What codes mean that this store does not have.
    var foreign = ForeignCodes()

    /// The answer, once the versions are known.
    func resolution(
        _ versions: [(version: Version, weight: Int)], model: String
    ) throws(StoreError) -> Resolution {
        let codes = versions.map { WeightedCode($0.version.code, weight: $0.weight) }
        let parts = versions.map {
            Personalization.Part(code: $0.version.code, weight: $0.weight, hash: $0.version.hash)
        }
        let stylize = prompt.stylize.value
        let prompt = prompt.hasReferences ? resolvingReferences(to: versions) : prompt
        do {
            // One version is its own blend, which needs no hash of its payload.
            let taste =
                versions.count == 1
                ? versions[0].version.taste
                : try Taste.blend(versions.map { (taste: $0.version.taste, weight: $0.weight) })
            return Resolution(
                prompt: prompt.addingPersonalization(codes: codes), model: model, stylize: stylize,
                personalization: Personalization(
                    space: versions[0].version.space, parts: parts, taste: taste, stylize: stylize,
                    strength: try taste.strength(stylize: stylize)))
        } catch let error as BlendError {
            throw .fault(.unblendable(error.description))
        } catch {
            preconditionFailure("the parser lets no stylize out of range through: \(error)")
        }
    }

    /// The prompt with the codes of its references: one version for each of its codes and references, in order.
    private func resolvingReferences(
        to versions: [(version: Version, weight: Int)]
    ) -> ParsedPrompt {
        guard case .codes(let tokens) = prompt.personalization else { return prompt }
        var meanings: [ProfileReference: Code] = [:]
        for (token, entry) in zip(tokens, versions) {
            // A profile that is named twice means the same twice, also where it was minted in between.
            if let reference = token.reference { meanings[reference] = entry.version.code }
        }
        return prompt.resolvingReferences(meanings)
    }

    /// The answer for a prompt that asks for no taste.
    func plainResolution(model: String?) -> Resolution {
        Resolution(prompt: prompt.text, model: model, stylize: prompt.stylize.value, personalization: nil)
    }
}

/// What a resolution needs next.
enum ResolutionStep {
    case resolved(Resolution)
    /// The newest versions of some profiles must be minted first.
    case mint(PendingResolution)
}

/// A resolution for which something must be minted.
struct PendingResolution {
    let request: ResolutionRequest
    let model: String
    let parts: [ResolutionPart]
}

/// One part of a blend.
struct ResolutionPart {
    /// Where the part's version comes from.
    enum Source {
        case version(Version)
        /// The newest version of a profile, which must be minted first.
        case profile(ProfileName)
    }

    let source: Source
    let weight: Int
    /// The reference by which somebody else's profile is named.
    let foreignReference: String?

    /// What a user learns of an error: nothing of others but that their profile has no taste yet, or is archived.
    func concealing(_ error: StoreError) -> StoreError {
        guard let foreignReference else { return error }
        return switch error {
        case .fault(.archived), .event(_, .archivedProfile): .fault(.archived(foreignReference))
        case .fault(.revoked), .storage, .cancelled: error
        case .fault, .event, .expectation, .prompt: .fault(.notReady(foreignReference))
        }
    }
}
