internal import ByteCoding
public import CodeRegistry
public import EventLog
internal import Projections
internal import PromptLanguage

/// Codes of other services that operators have given a meaning.
extension Store {
    /// Makes a code of another service mean a version in prompts of the version's space, from now on.
    ///
    /// What the alias meant before it means no more; prompts that were expanded before name the version's own code and
    /// are not projectorsByKind. Saying again what holds already appends nothing. The version's revocation applies.
    ///
    /// - Parameters:
    ///   - alias: The foreign code in any case (`ForeignCode`); a text that is one of this store's codes is refused.
    ///   - code: The code or full hash of the version.
    @discardableResult
    public func alias(_ alias: String, to code: Code) async throws(StoreError) -> Receipt {
        try await self.alias(alias, to: code, in: nil, at: nil)
    }

    /// Makes an alias mean nothing any more: prompts of the space that name it are refused from now on.
    ///
    /// - Throws: ``EventFault/unknownAlias(_:space:)`` where the space never had the alias. Removing what was removed
    ///   appends nothing.
    @discardableResult
    public func removeAlias(_ alias: String, in space: String) async throws(StoreError) -> Receipt {
        try await removeAlias(alias, in: space, at: nil)
    }

    /// The aliases of a space, or of all, in the order of their names.
    ///
    /// - Parameters:
    ///   - space: The space; nil for every one.
    ///   - position: Lists them as they were right after this event, labels and revocations as they are now. Costs a
    ///     walk back through each space's stream, images included.
    public func aliases(
        in space: String? = nil, asOf position: Position? = nil
    ) throws(StoreError) -> [CodeAlias] {
        try read { (view) throws(StoreError) in
            guard let space else {
                var aliases: [CodeAlias] = []
                for opening in try view.rows(Spaces.self).sorted() {
                    aliases += try view.aliases(in: try view.space(at: opening), asOf: position)
                }
                return aliases
            }
            if let found = try view.space(named: space) { return try view.aliases(in: found, asOf: position) }
            throw .fault(.unknownSpace(space))
        }
    }

    @discardableResult
    func alias(
        _ alias: String, to code: Code, in space: String?, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        let foreign = try Self.foreignCode(alias)
        let (version, position) = try read { (view) throws(StoreError) in
            let version = try view.version(named: code)
            return (version, try view.space(named: version.space)?.position)
        }
        guard let position else { throw .fault(.unknownSpace(version.space)) }
        if let space, !space.hasSameBytes(as: version.space) {
            throw .fault(.otherSpace(code: code.description, space: version.space, expected: space))
        }
        return try await submitAlias(foreign, mint: version.mint.position, space: version.space, position, at: time)
    }

    @discardableResult
    func removeAlias(
        _ alias: String, in space: String, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        let foreign = try Self.foreignCode(alias)
        let position = try read { (view) throws(StoreError) in try view.space(named: space)?.position }
        guard let position else { throw .fault(.unknownSpace(space)) }
        return try await submitAlias(foreign, mint: nil, space: space, position, at: time)
    }

    private func submitAlias(
        _ alias: ForeignCode, mint: Position?, space: String, _ position: Position, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        let change = StoreRequest.Alias(alias: alias.spelling, mint: mint, space: position, spaceName: space)
        return try await submit(.alias(change), at: time)[0]
    }

    /// The foreign code that a text is; an alias never hides a code of the store's own.
    private static func foreignCode(_ text: String) throws(StoreError) -> ForeignCode {
        if (try? Code(text)) != nil { throw .fault(.aliasIsCode(text)) }
        guard let code = ForeignCode(text) else { throw .fault(.notForeignCode(text)) }
        return code
    }
}

extension StoreView {
    /// A request whose foreign codes are replaced by what they mean in a space.
    func resolvingAliases(
        _ request: ResolutionRequest, in space: Space
    ) throws(StoreError) -> ResolutionRequest {
        guard request.prompt.hasForeignCodes else { return request }
        var meanings: [ForeignCode: Code] = request.foreign.aliases
        for code in request.prompt.foreignCodes where meanings[code] == nil {
            guard
                let position = try StoreError.wrap({ () throws(StorageError) in
                    try snapshot.alias(code.spelling, space: space.position)
                })
            else { continue }
            let event = try aliasEvent(at: position, in: space)
            guard event.alias == code.spelling else {
                throw .record(.outOfOrder(position, "is not the alias '\(code)' that a derived row takes it for"))
            }
            if let mint = event.mint { meanings[code] = try version(at: mint).code }
        }
        do throws(PromptError) {
            let prompt = try request.prompt.resolvingForeignCodes(meanings)
            return ResolutionRequest(
                prompt: prompt, user: request.user, model: request.model, foreign: request.foreign)
        } catch {
            // Who asks may have meant an own code that begins so, which the caller looks up.
            throw .prompt(error, suggestions: [])
        }
    }

    /// What an alias event of a space says, and when.
    private func aliasEvent(
        at position: Position, in space: Space
    ) throws(StoreError) -> (alias: String, mint: Position?, recordedAt: Timestamp) {
        let record = try record(at: position)
        guard case .codeAliased(let alias, let mint) = try body(of: record) else {
            throw .record(.unexpectedKind(position, record.header.kind))
        }
        guard record.header.stream == space.position else {
            throw .record(.outOfOrder(position, "is an alias of another space than a derived row takes it for"))
        }
        // What meant a version of a person who was erased means nothing any more.
        let meaning = try mint.flatMap { (mint) throws(StoreError) in try isErased(mint) ? nil : mint }
        return (alias, meaning, record.header.recordedAt)
    }

    /// The aliases of a space, now or right after an event, in the order of their names.
    func aliases(in space: Space, asOf limit: Position?) throws(StoreError) -> [CodeAlias] {
        let events = if let limit { try aliasEvents(of: space, upTo: limit) } else { try aliasEvents(of: space) }
        var aliases: [CodeAlias] = []
        for position in events {
            let event = try aliasEvent(at: position, in: space)
            guard let mint = event.mint else { continue }
            // By its hash, since a version that was minted after an import is now where its owner minted it.
            let version = try version(at: mint)
            aliases.append(
                CodeAlias(
                    alias: event.alias, space: space.name, version: try self.version(hash: version.hash) ?? version,
                    position: position, recordedAt: event.recordedAt))
        }
        return aliases.sorted { $0.alias < $1.alias }
    }

    /// The last event of each alias of a space.
    private func aliasEvents(of space: Space) throws(StoreError) -> [Position] {
        var positions: [Position] = []
        for position in try rows(Aliases.self) {
            if try record(at: position).header.stream == space.position { positions.append(position) }
        }
        return positions
    }

    /// The last event of each alias of a space up to a position.
    private func aliasEvents(of space: Space, upTo limit: Position) throws(StoreError) -> [Position] {
        guard let head = try streamHead(of: space.position) else {
            throw .record(.missing(space.position))
        }
        var seen: Set<String> = []
        var positions: [Position] = []
        try walkBack(from: head.last) { (record) throws(StoreError) in
            if record.header.kind == .codeAliased, record.position <= limit,
                case .codeAliased(let alias, _) = try body(of: record), seen.insert(alias).inserted
            {
                positions.append(record.position)
            }
            return record.header.previous
        }
        return positions
    }
}

extension RecordBody {
    /// What is wrong with an alias that a prompt could not name, if the body is one.
    var aliasFlaw: String? {
        guard case .codeAliased(let alias, _) = self, ForeignCode(alias)?.spelling != alias else { return nil }
        return "has the alias '\(alias)', which no prompt can name"
    }
}
