internal import ByteCoding
internal import CPrefetch
internal import CodeRegistry
internal import EventLog
internal import Projections
internal import PromptLanguage
internal import TasteFold

extension Store {
    /// Says what a prompt means for a user: expands `--p`, finds the versions, blends them.
    ///
    /// With nothing new to mint this is a pure read of some microseconds. A bare `--p` of a profile with new events folds
    /// them and mints a version first, durably (``currentVersion(of:)``).
    ///
    /// - Parameters:
    ///   - prompt: The prompt as it was typed.
    ///   - user: Who typed it.
    ///   - model: The model of prompts that name none themselves; nil for the store's default.
    public func resolve(
        _ prompt: String, user: String, model: String? = nil
    ) async throws(PersonalizationError) -> Resolution {
        let parsed: ParsedPrompt
        do throws(PromptError) { parsed = try ParsedPrompt(parsing: prompt, codes: StoreCodeSyntax()) } catch {
            throw .prompt(error, suggestions: suggestions(for: error, user: user))
        }
        let request = ResolutionRequest(prompt: parsed, user: user, model: model)
        let step: ResolutionStep
        do throws(PersonalizationError) {
            step = try read(PersonalizationError.storage) { (view) throws(PersonalizationError) in
                try view.resolve(request)
            }
        } catch {
            guard case .prompt(let mistake, _) = error else { throw error }
            throw .prompt(mistake, suggestions: suggestions(for: mistake, user: user))
        }
        switch step {
        case .resolved(let resolution): return resolution
        case .mint(let profile, let model):
            let (version, isNew) = try await currentOrNewVersion(of: profile)
            if version.isRevoked { throw .fault(.revoked(version.code)) }
            var resolution = try request.resolution([(version, 1)], model: model)
            resolution.didAppend = isNew
            return resolution
        }
    }

    /// The user's own codes that are one edit away from a mistyped one, or that a word begins.
    private func suggestions(for error: PromptError, user: String) -> [String] {
        let isBeginning = error.kind == .foreignCode
        guard isBeginning || error.kind == .mistypedCode || error.kind == .malformedCode else { return [] }
        let text = error.token.prefix { $0 != ":" }
        var candidates: [Code] = []
        do {
            for space in try spaces() {
                for entry in try codes(of: ProfileName(user: user, space: space.name)) {
                    candidates.append(try Code(parsing: entry.version.code))
                }
            }
        } catch {
            // A suggestion is a courtesy: the mistake itself is reported in any case.
            return []
        }
        let found =
            isBeginning
            ? candidates.filter { $0.description.hasPrefix(text.lowercased()) }
            : Code.corrections(of: text, among: candidates)
        return Set(found).map(\.description).sorted()
    }
}

/// Tells the prompt language how the store's codes are spelled.
struct StoreCodeSyntax: CodeSyntax {
    func read(_ text: String) -> CodeReading {
        do throws(CodeError) { return .canonical(try CodeReference(parsing: text).description) } catch {
            switch error {
            case .mistyped: return .mistyped
            case .malformed: return .notACode
            }
        }
    }
}

/// A parsed prompt and who asks.
struct ResolutionRequest {
    let prompt: ParsedPrompt
    let user: String
    let model: String?

    /// The answer, once the versions are known.
    func resolution(
        _ versions: [(version: Version, weight: Int)], model: String
    ) throws(PersonalizationError) -> Resolution {
        let codes = versions.map { WeightedCode($0.version.code, weight: $0.weight) }
        let parts = versions.map {
            Personalization.Part(code: $0.version.code, weight: $0.weight, hash: $0.version.hash)
        }
        let stylize = prompt.stylize.value
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

    /// The answer for a prompt that asks for no taste.
    func plainResolution(model: String?) -> Resolution {
        Resolution(prompt: prompt.text, model: model, stylize: prompt.stylize.value, personalization: nil)
    }
}

/// What a resolution needs next.
enum ResolutionStep {
    case resolved(Resolution)
    /// The profile's newest version must be minted first.
    case mint(ProfileName, model: String)
}

extension StoreView {
    func resolve(_ request: ResolutionRequest) throws(PersonalizationError) -> ResolutionStep {
        let isAbsent = request.prompt.personalization == .absent
        guard let (model, space) = try modelAndSpace(request, isOptional: isAbsent) else {
            return .resolved(request.plainResolution(model: request.prompt.model?.name ?? request.model))
        }
        if !isAbsent { try requireStaying(request.user) }
        // Codes say all there is to say; only without them do the user's settings matter.
        if case .codes = request.prompt.personalization {
            let request = try resolvingAliases(request, in: space)
            let versions = try versions(named: request.prompt.codes, in: space)
            return .resolved(try request.resolution(versions, model: model))
        }
        let change: SettingsChange?
        do throws(StorageError) { change = try settings(of: request.user, in: space) } catch { throw .storage(error) }
        if isAbsent, !(change?.personalizesAlways ?? false) {
            return .resolved(request.plainResolution(model: model))
        }
        try requireStaying(request.user)
        if let pinned = change?.pinned, !pinned.isEmpty {
            return .resolved(try request.resolution(try versions(pinned), model: model))
        }
        return try newest(request, profile: change?.profile, model: model, space)
    }

    private func newest(
        _ request: ResolutionRequest, profile: String?, model: String, _ space: Space
    ) throws(PersonalizationError) -> ResolutionStep {
        let profile = ProfileName(
            user: request.user, space: space.name, profile: profile ?? ProfileName.defaultProfile)
        let current: Version?
        do throws(StorageError) { current = try currentMint(of: profile, in: space) } catch { throw .storage(error) }
        // An expanded prompt must resolve again, so a revoked code is no answer even for its owner.
        if let current, current.isRevoked { throw .fault(.revoked(current.code)) }
        if let current { return .resolved(try request.resolution([(current, 1)], model: model)) }
        return .mint(profile, model: model)
    }

    /// The profile's last minted version if nothing has happened since that could change it.
    private func currentMint(of profile: ProfileName, in space: Space) throws(StorageError) -> Version? {
        guard let state = try self.profile(user: profile.user, profile: profile.profile, in: space),
            state.head.isMintCurrent, let mint = state.head.lastMint
        else { return nil }
        return try version(atMintOrRecall: mint)
    }

    /// The model and its space; nil when nobody named a model or it has no space, and no taste was asked for.
    private func modelAndSpace(
        _ request: ResolutionRequest, isOptional: Bool
    ) throws(PersonalizationError) -> (model: String, space: Space)? {
        do throws(StorageError) {
            if let model = request.prompt.model?.name ?? request.model {
                if let space = try space(ofModel: model) { return (model, space) }
            } else if let standard = try defaultModel() {
                return standard
            }
        } catch {
            throw .storage(error)
        }
        if isOptional { return nil }
        if let model = request.prompt.model?.name ?? request.model { throw .fault(.unsupportedModel(model)) }
        throw .fault(.noDefaultModel)
    }

    private func versions(
        _ pinned: [SettingsChange.PinnedVersion]
    ) throws(PersonalizationError) -> [(version: Version, weight: Int)] {
        var versions: [(version: Version, weight: Int)] = []
        for entry in pinned {
            let version: Version
            do {
                guard try !isErased(entry.mint) else { throw PersonalizationError.fault(.pinErased) }
                version = try self.version(at: entry.mint)
            } catch let error as StorageError {
                throw .storage(error)
            } catch let error as PersonalizationError {
                throw error
            } catch {
                preconditionFailure("an untyped error: \(error)")
            }
            if version.isRevoked { throw .fault(.revoked(version.code)) }
            versions.append((version, Int(entry.weight)))
        }
        return versions
    }

    private func versions(
        named codes: [WeightedCode], in space: Space
    ) throws(PersonalizationError) -> [(version: Version, weight: Int)] {
        var versions: [(version: Version, weight: Int)] = []
        for code in codes {
            let version = try usableVersion(code.code, in: space)
            version.prefetchDirection()
            versions.append((version, code.weight))
        }
        return versions
    }

    /// The version that a code names, if it may be used in a space.
    private func usableVersion(_ code: String, in space: Space) throws(PersonalizationError) -> Version {
        let version = try version(named: code)
        if version.isRevoked { throw .fault(.revoked(code)) }
        guard version.space.hasSameBytes(as: space.name) else {
            throw .fault(.otherSpace(code: code, space: version.space, expected: space.name))
        }
        return version
    }
}

extension Version {
    /// Asks for the direction's memory, which a blend reads when it has all of its versions.
    fileprivate func prefetchDirection() {
        taste.direction.withUnsafeBytes { if let start = $0.baseAddress { prefetch_range(start, $0.count) } }
    }
}
