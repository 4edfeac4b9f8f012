internal import CodeRegistry
internal import EventLog
internal import PromptLanguage

extension Store {
    /// Says what a prompt means for a user: expands `--p`, finds the versions, blends them.
    ///
    /// With nothing new to mint this is a pure read of some microseconds. A bare `--p`, or a reference, of a profile with new
    /// events folds them and mints a version first, durably (``currentVersion(of:)``). A reference that is not the user's
    /// own, nor shared, is unknown, whether its profile exists or not; of one that is shared, no error tells more than that
    /// it has no taste yet or is archived.
    ///
    /// - Parameters:
    ///   - prompt: The prompt as it was typed.
    ///   - user: Who typed it.
    ///   - model: The model of prompts that name none themselves; nil for the store's default.
    public func resolve(
        _ prompt: String, user: String, model: String? = nil
    ) async throws(StoreError) -> Resolution {
        try await resolve(prompt, user: user, model: model, foreign: ForeignCodes())
    }

    /// The same, where some codes mean versions that the store does not have.
    package func resolve(
        _ prompt: String, user: String, model: String?, foreign: ForeignCodes
    ) async throws(StoreError) -> Resolution {
        let parsed: ParsedPrompt
        do throws(PromptError) { parsed = try ParsedPrompt(parsing: prompt) } catch {
            throw .prompt(error, suggestions: suggestions(for: error, user: user))
        }
        let request = ResolutionRequest(prompt: parsed, user: user, model: model, foreign: foreign)
        let step: ResolutionStep
        do throws(StoreError) {
            step = try read { (view) throws(StoreError) in
                try view.resolve(request)
            }
        } catch {
            guard case .prompt(let mistake, _) = error else { throw error }
            throw .prompt(mistake, suggestions: suggestions(for: mistake, user: user))
        }
        switch step {
        case .resolved(let resolution): return resolution
        case .mint(let pending):
            let (versions, didAppend) = try await newestVersions(of: pending.parts)
            var resolution = try pending.request.resolution(versions, model: pending.model)
            resolution.didAppend = didAppend
            return resolution
        }
    }

    /// The versions of parts, some of which must be minted; none is when one cannot be.
    private func newestVersions(
        of parts: [ResolutionPart]
    ) async throws(StoreError) -> (versions: [(version: Version, weight: Int)], didAppend: Bool) {
        if parts.count > 1 {
            try read { (view) throws(StoreError) in
                for part in parts {
                    guard case .profile(let profile) = part.source else { continue }
                    do throws(StoreError) { _ = try view.mintingStep(for: profile) } catch {
                        throw part.concealing(error)
                    }
                }
            }
        }
        var versions: [(version: Version, weight: Int)] = []
        var didAppend = false
        for part in parts {
            switch part.source {
            case .version(let version): versions.append((version, part.weight))
            case .profile(let profile):
                let (version, isNew): (Version, Bool)
                do { (version, isNew) = try await currentOrNewVersion(of: profile) } catch {
                    throw part.concealing(error)
                }
                if version.isRevoked { throw .fault(.revoked(version.code)) }
                versions.append((version, part.weight))
                didAppend = didAppend || isNew
            }
        }
        return (versions, didAppend)
    }

    /// The user's own codes that are one edit away from a mistyped one, or that a word begins.
    private func suggestions(for error: PromptError, user: String) -> [String] {
        let isBeginning = error.kind == .foreignCode
        guard isBeginning || error.kind == .mistypedCode || error.kind == .malformedCode else { return [] }
        let text = error.token.prefix { $0 != ":" }
        var candidates: [Code] = []
        var references: [ProfileReference] = []
        do {
            for (index, profile) in try profileNames(of: user).enumerated() {
                references.append(ProfileReference(secret: secret, profile))
                if index >= Self.suggestingProfileLimit { continue }
                for entry in try codes(of: profile) { candidates.append(entry.version.code) }
            }
        } catch {
            // A suggestion is a courtesy: the mistake itself is reported in any case.
            return []
        }
        if ProfileReference.isBegun(by: text) {
            return Set(ProfileReference.corrections(of: text, among: references)).map(\.description).sorted()
        }
        let found =
            isBeginning
            ? candidates.filter { $0.description.hasPrefix(text.lowercased()) }
            : Code.corrections(of: text, among: candidates)
        return Set(found).map(\.description).sorted()
    }

    /// How many profiles' codes are looked at for a suggestion: a mistake must not cost much more than a right prompt.
    private static let suggestingProfileLimit = 20

    private func profileNames(of user: String) throws(StoreError) -> [ProfileName] {
        try read { (view) throws(StoreError) in try view.profileNames(of: user) }
    }
}
