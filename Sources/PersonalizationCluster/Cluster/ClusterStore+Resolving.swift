internal import ByteCoding
public import CodeRegistry
internal import EventLog
public import PersonalizationStore
internal import PromptLanguage
internal import Synchronization

extension ClusterStore {
    /// Says what a prompt means for a user; see ``Store/resolve(_:user:model:)``. Codes of other shards are found in the
    /// directory of codes, and refused while nothing is heard of the catalogue. Another user's reference is known where that
    /// user is in the same shard only.
    ///
    /// A code that is returned is durable, also when another node minted it.
    public func resolve(
        _ prompt: String, user: String, model: String? = nil
    ) async throws(StoreError) -> Resolution {
        let node = try node(of: user)
        try await syncSpacesIfMoved(of: node)
        var foreign = ForeignCodes()
        var isSynced = false
        while true {
            do throws(StoreError) {
                let resolution = try await write(to: node) { (store) async throws(StoreError) in
                    try await store.resolve(prompt, user: user, model: model, foreign: foreign)
                }
                try await check(resolution, node, isNew: resolution.prompt != prompt)
                return resolution
            } catch {
                switch error {
                case .fault(.unknown(let text)):
                    // A reference is no code, and means nothing outside of its shard.
                    guard let code = try? Code(text), foreign.versions[code] == nil else { throw error }
                    foreign.versions[code] = try await foreignVersion(code)
                case .prompt(let mistake, _) where mistake.kind == .foreignCode && foreign.aliases.isEmpty:
                    foreign.aliases = try meanings(of: mistake.token)
                    if foreign.aliases.isEmpty { throw error }
                case _ where error.isAboutCatalogue && !isSynced:
                    isSynced = true
                    let model = if case .fault(.unsupportedModel(let name)) = error { Optional(name) } else { model }
                    var wanted = try catalogue.spaceName(ofModel: model)
                    if wanted == nil {
                        try? await catalogueNode.complete()
                        wanted = try catalogue.spaceName(ofModel: model)
                    }
                    guard let wanted else { throw error }
                    try await syncSpaces(of: node, adding: [wanted])
                default: throw error
                }
            }
        }
    }

    /// Refuses versions that the catalogue says may not be used. Codes that the prompt did not name are answered when a
    /// standby has them, also when another node minted them.
    private func check(_ resolution: Resolution, _ node: ShardNode, isNew: Bool) async throws(StoreError) {
        guard let parts = resolution.personalization?.parts else { return }
        for part in parts {
            if try isTakenDown(part.hash) { throw .fault(.revoked(part.code)) }
            guard let version = try node.store.version(hash: part.hash) else { continue }
            // Settings may pin a version of another shard, whose owner may have revoked it.
            if version.mint.imported == version.mint.position { try requireFreshCatalogue() }
            if isNew, !node.isConfirmed(version.mint.position.number) {
                try await StoreError.storing { () async throws(StorageError) in try await node.confirm() }
            }
        }
    }

    /// What an alias means, in whichever space.
    private func meanings(of alias: String) throws(StoreError) -> [ForeignCode: Code] {
        guard let foreign = ForeignCode(alias.prefix { $0 != ":" }) else { return [:] }
        var meanings: [ForeignCode: Code] = [:]
        for entry in try catalogue.aliases() where entry.alias == foreign.spelling {
            meanings[foreign] = entry.version.code
        }
        return meanings
    }

    /// The newest version of a profile's taste, minted now if the profile has moved since the last mint.
    public func currentVersion(of profile: ProfileName) async throws(StoreError) -> Version {
        let node = try node(of: profile.user)
        let version = try await withShard(of: profile.user, naming: .space(of: profile)) {
            (store) async throws(StoreError) in try await store.currentVersion(of: profile)
        }
        if !node.isConfirmed(version.mint.position.number) {
            try await StoreError.storing { () async throws(StorageError) in try await node.confirm() }
        }
        return version
    }

    // MARK: Codes

    /// The version that a code names, of whichever shard.
    ///
    /// Its position is one of its own shard, where this node holds that; otherwise one that no log has.
    public func version(_ code: Code) async throws(StoreError) -> Version {
        if let version = try heldVersion(code) { return version }
        guard let entry = try await directory.find(code, limit: options.appendTimeout) else {
            // Versions of other services' clusters and stores are the catalogue's alone.
            return try catalogue.version(code)
        }
        // The directory has codes that were kept for a mint which then came to nothing.
        if let home = nodes[entry.shard] {
            try await StoreError.storing { () async throws(StorageError) in try await home.complete() }
            return try home.store.version(code)
        }
        return try catalogue.foreignVersion(
            entry.version, symbolCount: entry.symbolCount, isRevoked: try isTakenDown(entry.hash))
    }

    /// The version in the copies of user shards that this node holds, with what the catalogue says of it too.
    private func heldVersion(_ code: Code) throws(StoreError) -> Version? {
        let guess = state.withLock { $0.shardsOfCodes[code] }
        let candidates = guess.flatMap { nodes[$0] }.map { [$0] } ?? Array(nodes.values)
        for node in candidates {
            let found = try Self.known { () throws(StoreError) in try node.store.version(code) }
            // Where a version is only pinned, its owner has not the say.
            guard let version = found, version.mint.imported != version.mint.position else { continue }
            state.withLock { state in
                if state.shardsOfCodes.count > 1 << 16 { state.shardsOfCodes.removeAll() }
                state.shardsOfCodes[code] = node.shard
            }
            return try isTakenDown(version.hash) ? version.takenDown : version
        }
        // The person may have been erased, or the shard is not held any more.
        if guess != nil { state.withLock { _ = $0.shardsOfCodes.removeValue(forKey: code) } }
        return nil
    }

    /// What a look-up gives, or nil for an unknown code.
    private static func known(_ look: () throws(StoreError) -> Version) throws(StoreError) -> Version? {
        do throws(StoreError) { return try look() } catch {
            if case .fault(.unknown) = error { return nil }
            throw error
        }
    }

    /// A version of another shard, for a prompt.
    private func foreignVersion(_ code: Code) async throws(StoreError) -> Version {
        try requireFreshCatalogue()
        return try await version(code)
    }
}

extension StoreError {
    /// Runs an operation that may fail in the storage only.
    static func storing<Result>(
        _ operation: () async throws(StorageError) -> Result
    ) async throws(StoreError) -> Result {
        do { return try await operation() } catch { throw .storage(error) }
    }
}

extension CatalogueNames {
    /// A profile's space.
    static func space(of profile: ProfileName) -> CatalogueNames {
        var names = CatalogueNames()
        names.add([], of: profile.space)
        return names
    }
}
