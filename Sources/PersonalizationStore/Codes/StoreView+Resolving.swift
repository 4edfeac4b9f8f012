internal import ByteCoding
internal import CPrefetch
internal import CodeRegistry
internal import EventLog
internal import Projections
internal import PromptLanguage
internal import TasteFold

extension StoreView {
    func resolve(_ request: ResolutionRequest) throws(StoreError) -> ResolutionStep {
        let isAbsent = request.prompt.personalization == .absent
        guard let (model, space) = try modelAndSpace(request, isOptional: isAbsent) else {
            return .resolved(request.plainResolution(model: request.prompt.model?.name ?? request.model))
        }
        if !isAbsent { try requireStaying(request.user) }
        // Codes say all there is to say; only without them do the user's settings matter.
        if case .codes = request.prompt.personalization {
            let request = try resolvingAliases(request, in: space)
            if request.prompt.hasReferences, case .codes(let tokens) = request.prompt.personalization {
                return try resolveReferences(of: request, tokens, model: model, space)
            }
            let versions = try versions(named: request.prompt.codes, in: space, request.foreign)
            return .resolved(try request.resolution(versions, model: model))
        }
        let change = try settings(of: request.user, in: space)
        if isAbsent, !(change?.personalizesAlways ?? false) {
            return .resolved(request.plainResolution(model: model))
        }
        try requireStaying(request.user)
        if let pinned = change?.pinned, !pinned.isEmpty {
            return .resolved(try request.resolution(try versions(pinned), model: model))
        }
        let standard = [SettingsChange.WeightedProfile(profile: ProfileName.defaultProfile)]
        return try newest(request, change?.profiles ?? standard, model: model, space)
    }

    /// The answer for the newest versions of a user's profiles, as settings name them.
    private func newest(
        _ request: ResolutionRequest, _ profiles: [SettingsChange.WeightedProfile], model: String, _ space: Space
    ) throws(StoreError) -> ResolutionStep {
        var parts: [ResolutionPart] = []
        for entry in profiles {
            let name = ProfileName(user: request.user, space: space.name, profile: entry.profile)
            let state = try profile(user: name.user, profile: name.profile, in: space)
            parts.append(
                try newest(of: name, state, weight: profiles.count == 1 ? 1 : Int(entry.weight), foreignReference: nil))
        }
        return try step(for: parts, request, model: model)
    }

    /// The part of a blend that a profile's newest version is.
    private func newest(
        of name: ProfileName, _ state: ProfileState?, weight: Int, foreignReference: String?
    ) throws(StoreError) -> ResolutionPart {
        if let state, state.head.isArchived { throw .fault(.archived(foreignReference ?? name.description)) }
        let current: Version? = if let state { try currentMint(of: state) } else { nil }
        // An expanded prompt must resolve again, so a revoked code is no answer even for its owner.
        if let current, current.isRevoked { throw .fault(.revoked(current.code)) }
        return ResolutionPart(
            source: current.map { .version($0) } ?? .profile(name), weight: weight, foreignReference: foreignReference)
    }

    /// The answer for some parts, if none must be minted.
    private func step(
        for parts: [ResolutionPart], _ request: ResolutionRequest, model: String
    ) throws(StoreError) -> ResolutionStep {
        var versions: [(version: Version, weight: Int)] = []
        for part in parts {
            guard case .version(let version) = part.source else {
                return .mint(PendingResolution(request: request, model: model, parts: parts))
            }
            versions.append((version, part.weight))
        }
        return .resolved(try request.resolution(versions, model: model))
    }

    /// The answer for a prompt that names references, and codes perhaps.
    private func resolveReferences(
        of request: ResolutionRequest, _ tokens: [CodeToken], model: String, _ space: Space
    ) throws(StoreError) -> ResolutionStep {
        var parts: [ResolutionPart] = []
        for token in tokens {
            if let reference = token.reference {
                parts.append(try part(of: reference, weight: token.weight, for: request.user, in: space))
            } else if let code = token.code {
                let version = try usableVersion(code.code, in: space, request.foreign)
                parts.append(ResolutionPart(source: .version(version), weight: code.weight, foreignReference: nil))
            }
        }
        return try step(for: parts, request, model: model)
    }

    /// The part of a blend that a reference means for a user.
    private func part(
        of reference: ProfileReference, weight: Int, for user: String, in space: Space
    ) throws(StoreError) -> ResolutionPart {
        guard let found = try profile(referredTo: reference, by: user) else {
            throw .fault(.unknown(reference.description))
        }
        guard found.name.space.hasSameBytes(as: space.name) else {
            throw .fault(.otherSpace(code: reference.description, space: found.name.space, expected: space.name))
        }
        // Somebody who is about to be forgotten is not asked for more; nobody else learns why.
        do { try requireStaying(found.name.user) } catch {
            guard !found.isOwn, case .fault(.erasureScheduled) = error else { throw error }
            throw .fault(.notReady(reference.description))
        }
        return try newest(
            of: found.name, found.state, weight: weight,
            foreignReference: found.isOwn ? nil : reference.description)
    }

    /// The profile's last minted version if nothing has happened since that could change it.
    private func currentMint(of state: ProfileState) throws(StoreError) -> Version? {
        guard state.head.isMintCurrent, let mint = state.head.lastMint else { return nil }
        return try version(atMintOrRecall: mint)
    }

    /// The model and its space; nil when nobody named a model or it has no space, and no taste was asked for.
    private func modelAndSpace(
        _ request: ResolutionRequest, isOptional: Bool
    ) throws(StoreError) -> (model: String, space: Space)? {
        if let model = request.prompt.model?.name ?? request.model {
            if let space = try space(ofModel: model) { return (model, space) }
        } else if let standard = try defaultModel() {
            return standard
        }
        if isOptional { return nil }
        if let model = request.prompt.model?.name ?? request.model { throw .fault(.unsupportedModel(model)) }
        throw .fault(.noDefaultModel)
    }

    private func versions(
        _ pinned: [SettingsChange.PinnedVersion]
    ) throws(StoreError) -> [(version: Version, weight: Int)] {
        var versions: [(version: Version, weight: Int)] = []
        for entry in pinned {
            if try isErased(entry.mint) { throw .fault(.pinErased) }
            let version = try self.version(at: entry.mint)
            if version.isRevoked { throw .fault(.revoked(version.code)) }
            versions.append((version, Int(entry.weight)))
        }
        return versions
    }

    private func versions(
        named codes: [WeightedCode], in space: Space, _ foreign: ForeignCodes
    ) throws(StoreError) -> [(version: Version, weight: Int)] {
        var versions: [(version: Version, weight: Int)] = []
        for code in codes {
            let version = try usableVersion(code.code, in: space, foreign)
            version.prefetchDirection()
            versions.append((version, code.weight))
        }
        return versions
    }

    /// The version that a code names, if it may be used in a space.
    private func usableVersion(
        _ code: Code, in space: Space, _ foreign: ForeignCodes
    ) throws(StoreError) -> Version {
        let version = if let known = foreign.versions[code] { known } else { try version(named: code) }
        if version.isRevoked { throw .fault(.revoked(code)) }
        guard version.space.hasSameBytes(as: space.name) else {
            throw .fault(.otherSpace(code: code.description, space: version.space, expected: space.name))
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
