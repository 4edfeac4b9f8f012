internal import EventLog
internal import LMDB
internal import Projections

extension StoreRequest {
    /// What a foreign code means in a space from here on.
    struct Alias: Sendable {
        /// The foreign code in lower case.
        let alias: String
        /// The version's mint or import; nil when the alias means nothing any more.
        let mint: Position?
        let space: Position
        /// The space's name, for messages.
        let spaceName: String
    }
}

extension StorePlanner {
    /// Changes what an alias means; what holds already is not written again.
    func plan(
        _ change: StoreRequest.Alias, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let body = RecordBody.codeAliased(alias: change.alias, mint: change.mint)
        let key = ScopedName(space: change.space, change.alias)
        if let position = try latest(Aliases.self, key, in: transaction, group: group) {
            let receipt = try withRecord(at: position, in: transaction, group: group) { record in
                record.holds(body) ? Receipt(repeating: record.header, at: position) : nil
            }
            if let receipt { return receipt }
        } else if change.mint == nil {
            throw .event(.unknownAlias(change.alias, space: change.spaceName))
        }
        return try add(body, to: change.space, in: transaction, into: &group)
    }
}
