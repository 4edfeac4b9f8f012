package import ByteCoding
package import EventLog

/// The last event of each stream: where reading a stream starts, and what an append links to.
package enum Heads: Projection {
    package static let name = "heads"
    package static let version: UInt16 = 2
    package static let kinds = RecordKinds.all
    /// A stream that is known has a row; one that is opened cannot have any.
    package static let isCounted = false

    /// An erased record of a person is in no stream any more.
    package static func keys(of record: borrowing RecordView) -> ProjectionKeys<Position> {
        record.isErased && record.header.isPersonal ? .none : .one(record.header.stream)
    }

    package static func apply(
        _ record: borrowing RecordView, at stream: Position, to row: StreamHead?
    ) throws(RecordError) -> StreamHead {
        let header = record.header
        guard header.previous == row?.last, header.revision == (row?.revision ?? 0) &+ 1 else {
            throw .outOfOrder(record.position, "does not follow the last event of stream \(stream)")
        }
        var head = row ?? StreamHead(last: record.position)
        head.last = record.position
        head.revision = header.revision
        if header.kind.changesTaste { head.lastTasteRevision = header.revision }
        if header.kind == .versionMinted || header.kind == .versionRecalled {
            guard let links = record.mintLinks, links.previousMint == head.lastMint else {
                throw .outOfOrder(record.position, "does not follow the last mint of stream \(stream)")
            }
            head.lastMint = record.position
            head.mintedThrough = links.foldedThrough
        }
        if header.kind == .profileChanged {
            guard case .profileChanged(let change) = try RecordBody(of: record) else { return head }
            head.note(change, at: record.position)
        }
        return head
    }
}

/// Where a stream stands.
package struct StreamHead: ProjectionRow {
    /// The stream's last event.
    package var last: Position
    /// The last event's place in the stream, which is the number of events in it.
    package var revision: UInt32 = 0
    /// The revision of the last event that can change the taste; 0 for none.
    package var lastTasteRevision: UInt32 = 0
    /// The revision that the last mint or recall covers; 0 for none.
    package var mintedThrough: UInt32 = 0
    /// The last mint or recall.
    package var lastMint: Position?
    /// The last `profile changed`, which says all that is said of a profile as a whole.
    package var lastChange: Position?
    /// Whether the stream is a board's.
    package var isBoard = false
    /// Whether the stream is an archived profile's.
    package var isArchived = false
    /// Whether the stream is of a profile that is shared.
    package var isShared = false

    init(last: Position) { self.last = last }

    /// What is said of the profile as a whole from here on.
    mutating func note(_ change: ProfileChange, at position: Position) {
        lastChange = position
        isBoard = change.isBoard
        isArchived = change.isArchived
        isShared = change.isShared
    }

    /// Whether the last mint or recall still says what the stream folds to.
    package var isMintCurrent: Bool { lastMint != nil && mintedThrough >= lastTasteRevision }

    package func encode(to writer: inout ByteWriter) {
        writer.write(last.number)
        writer.write(revision)
        writer.write(lastTasteRevision)
        writer.write(mintedThrough)
        writer.write(lastMint.stored)
        writer.write(lastChange.stored)
        writer.write(UInt8((isBoard ? 1 : 0) + (isArchived ? 2 : 0) + (isShared ? 4 : 0)))
    }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        guard let last = Position(stored: try reader.read(UInt64.self)) else {
            throw .truncated(needed: 8, available: 0)
        }
        self.last = last
        revision = try reader.read(UInt32.self)
        lastTasteRevision = try reader.read(UInt32.self)
        mintedThrough = try reader.read(UInt32.self)
        lastMint = Position(stored: try reader.read(UInt64.self))
        lastChange = Position(stored: try reader.read(UInt64.self))
        let flags = try reader.read(UInt8.self)
        isBoard = flags & 1 != 0
        isArchived = flags & 2 != 0
        isShared = flags & 4 != 0
    }
}
