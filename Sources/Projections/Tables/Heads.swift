package import ByteCoding
package import EventLog

/// The last event of each stream: where reading a stream starts, and what an append links to.
package enum Heads: Projection {
    package static let name = "heads"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds.all
    /// A stream that is known has a row; one that is opened cannot have any.
    package static let isCounted = false

    package static func keys(of record: borrowing RecordView) -> ProjectionKeys<Position> {
        .one(record.header.stream)
    }

    package static func apply(
        _ record: borrowing RecordView, at stream: Position, to row: StreamHead?
    ) throws(RecordError) -> StreamHead {
        let header = record.header
        guard header.previous == row?.last, header.streamVersion == (row?.version ?? 0) &+ 1 else {
            throw .outOfOrder(record.position, "does not follow the last event of stream \(stream)")
        }
        var head = row ?? StreamHead(last: record.position)
        head.last = record.position
        head.version = header.streamVersion
        if header.kind.changesTaste { head.tasteVersion = header.streamVersion }
        if header.kind == .versionMinted || header.kind == .versionRecalled {
            guard let links = record.mintLinks, links.previousMint == head.lastMint else {
                throw .outOfOrder(record.position, "does not follow the last mint of stream \(stream)")
            }
            head.lastMint = record.position
            head.mintedVersion = links.coversStreamVersion
        }
        return head
    }
}

/// Where a stream stands.
package struct StreamHead: ProjectionRow {
    /// The stream's last event.
    package var last: Position
    /// The last event's place in the stream, which is the number of events in it.
    package var version: UInt32 = 0
    /// The stream version of the last event that can change the taste; 0 for none.
    package var tasteVersion: UInt32 = 0
    /// The stream version that the last mint or recall covers; 0 for none.
    package var mintedVersion: UInt32 = 0
    /// The last mint or recall.
    package var lastMint: Position?

    init(last: Position) { self.last = last }

    /// Whether the last mint or recall still says what the stream folds to.
    package var isMintCurrent: Bool { lastMint != nil && mintedVersion >= tasteVersion }

    package func encode(to writer: inout ByteWriter) {
        writer.write(last.number)
        writer.write(version)
        writer.write(tasteVersion)
        writer.write(mintedVersion)
        writer.write(lastMint.stored)
    }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        guard let last = Position(stored: try reader.read(UInt64.self)) else {
            throw .truncated(needed: 8, available: 0)
        }
        self.last = last
        version = try reader.read(UInt32.self)
        tasteVersion = try reader.read(UInt32.self)
        mintedVersion = try reader.read(UInt32.self)
        lastMint = Position(stored: try reader.read(UInt64.self))
    }
}
