package import ByteCoding
package import EventLog

/// The profiles of each reference of which anything was ever said, and whether they are shared: what the references of
/// others are looked for in.
///
/// A profile that was never shared has no row, or one that says so: neither can be told from the other by looking.
package enum References: Projection {
    package static let name = "references"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.profileChanged)

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<HashPrefix> {
        guard case .profileChanged(let change) = try RecordBody(of: record) else { return .none }
        return .one(HashPrefix(bits: change.reference))
    }

    package static func apply(
        _ record: borrowing RecordView, at reference: HashPrefix, to row: ReferenceHolders?
    ) throws(RecordError) -> ReferenceHolders {
        var holders = row ?? ReferenceHolders()
        guard case .profileChanged(let change) = try RecordBody(of: record) else { return holders }
        let holder = ReferenceHolder(stream: record.header.stream, isShared: change.isShared)
        if let index = holders.holders.firstIndex(where: { $0.stream == holder.stream }) {
            holders.holders[index] = holder
        } else {
            holders.holders.append(holder)
        }
        return holders
    }

    /// Who is erased shares nothing any more.
    package static func erase(
        _ record: borrowing RecordView, at reference: HashPrefix, from row: ReferenceHolders
    ) -> ReferenceHolders? {
        var left = row
        left.holders.removeAll { $0.stream == record.header.stream }
        return left.holders.isEmpty ? nil : left
    }
}

/// A profile that has a reference.
package struct ReferenceHolder: Hashable, Sendable {
    /// The profile's stream.
    package let stream: Position
    /// Whether the reference works for others than the owner.
    package let isShared: Bool
}

/// The profiles that have the same reference; more than one only after a 60-bit collision.
package struct ReferenceHolders: ProjectionRow {
    /// In the order in which something was first said of them.
    package var holders: [ReferenceHolder] = []

    /// The profile that the reference means for others than the owner of any: the first that is shared.
    package var shared: Position? { holders.first { $0.isShared }?.stream }

    init() {}

    package func encode(to writer: inout ByteWriter) {
        writer.write(UInt16(holders.count))
        for holder in holders {
            writer.write(holder.stream.number)
            writer.write(UInt8(holder.isShared ? 1 : 0))
        }
    }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        let count = try reader.read(UInt16.self)
        for _ in 0..<count {
            guard let stream = Position(stored: try reader.read(UInt64.self)) else {
                throw .truncated(needed: 8, available: 0)
            }
            holders.append(ReferenceHolder(stream: stream, isShared: try reader.read(UInt8.self) != 0))
        }
    }
}
