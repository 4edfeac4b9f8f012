package import ByteCoding
package import EventLog

/// The profiles of each user, over all spaces: what lists them, and what a user's own references are looked for in.
package enum UserProfiles: Projection {
    package static let name = "userprofiles"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.profileOpened)

    /// Houses are nobody's.
    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .profileOpened(_, let user, _) = try RecordBody(of: record), !user.isEmpty else { return .none }
        return .one(ScopedName(space: nil, user))
    }

    package static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: PositionList?
    ) -> PositionList {
        var list = row ?? PositionList()
        list.positions.append(record.position)
        return list
    }
}

/// Some positions, in the order of the log.
package struct PositionList: ProjectionRow {
    /// The positions.
    package var positions: [Position] = []

    /// No positions.
    package init() {}

    package func encode(to writer: inout ByteWriter) {
        writer.write(UInt32(positions.count))
        for position in positions { writer.write(position.number) }
    }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        let count = try reader.read(UInt32.self)
        for _ in 0..<count {
            guard let position = Position(stored: try reader.read(UInt64.self)) else {
                throw .truncated(needed: 8, available: 0)
            }
            positions.append(position)
        }
    }
}
