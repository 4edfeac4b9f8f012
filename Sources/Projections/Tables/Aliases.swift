package import EventLog

/// The last event that said what a foreign code means, by space and code. The event says which version, or none.
package enum Aliases: Projection {
    package static let name = "aliases"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.codeAliased)

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .codeAliased(let alias, _) = try RecordBody(of: record) else { return .none }
        return .one(ScopedName(space: record.header.stream, alias))
    }

    package static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}
