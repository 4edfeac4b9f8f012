package import ByteCoding
package import EventLog

/// Where the bytes of minted and imported versions are, by the part of the hash that the shortest codes show: the table
/// behind every code.
package enum Versions: Projection {
    package static let name = "codes"
    package static let version: UInt16 = 2
    package static let kinds = RecordKinds(.versionMinted, .versionImported)

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<HashPrefix> {
        .one(HashPrefix(SHA256Digest(hashing: try record.versionBytes())))
    }

    /// Every mint and import of a person's version goes with the person, and so does the version's place.
    package static func erase(
        _ record: borrowing RecordView, at prefix: HashPrefix, from row: VersionLocations
    ) throws(RecordError) -> VersionLocations? {
        let hash = SHA256Digest(hashing: try record.versionBytes())
        var left = row
        left.places.removeAll { $0.hash == hash }
        return left.places.isEmpty ? nil : left
    }

    /// The first mint or import of a version is where it stays.
    package static func apply(
        _ record: borrowing RecordView, at prefix: HashPrefix, to row: VersionLocations?
    ) throws(RecordError) -> VersionLocations {
        var places = row ?? VersionLocations()
        let hash = SHA256Digest(hashing: try record.versionBytes())
        if let index = places.places.firstIndex(where: { $0.hash == hash }) {
            // Only its own profile can mint a version, and does so once, or after an import: then it becomes the owner.
            if record.header.kind == .versionImported {
                places.places[index].imported = places.places[index].imported ?? record.position
            } else if places.places[index].mint == places.places[index].imported {
                places.places[index].mint = record.position
                places.places[index].stream = record.header.stream
            }
            return places
        }
        guard let symbolCount = record.mintLinks?.symbolCount else {
            throw .notCanonical(record.position, "no symbol count")
        }
        places.places.append(
            VersionLocation(
                hash: hash, mint: record.position, stream: record.header.stream,
                imported: record.header.kind == .versionImported ? record.position : nil, symbolCount: symbolCount))
        return places
    }
}

/// The first 60 bits of a version's hash.
package struct HashPrefix: ProjectionKey {
    /// The bits, as a number below 2^60.
    package let bits: UInt64

    /// The prefix of a hash.
    package init(_ hash: SHA256Digest) { bits = hash.words.0 >> 4 }

    /// The prefix with these bits.
    package init(bits: UInt64) { self.bits = bits }

    package func encode(to writer: inout ByteWriter) { writer.write(bits.bigEndian) }

    package static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}

/// The versions whose hashes begin alike; more than one only after a 60-bit collision.
package struct VersionLocations: ProjectionRow {
    /// In the order in which they were minted.
    package var places: [VersionLocation] = []

    package init() {}

    package func encode(to writer: inout ByteWriter) {
        writer.write(UInt16(places.count))
        for place in places {
            writer.write(bytes: place.hash.bytes)
            writer.write(place.mint.number)
            writer.write(place.stream.number)
            writer.write(place.imported.stored)
            writer.write(place.symbolCount)
        }
    }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        let count = try reader.read(UInt16.self)
        for _ in 0..<count {
            let hash = try SHA256Digest(bytes: try reader.readBytes(SHA256Digest.byteCount))
            let mint = Position(stored: try reader.read(UInt64.self))
            let stream = Position(stored: try reader.read(UInt64.self))
            guard let mint, let stream else { throw .truncated(needed: 16, available: 0) }
            let imported = Position(stored: try reader.read(UInt64.self))
            places.append(
                VersionLocation(
                    hash: hash, mint: mint, stream: stream, imported: imported,
                    symbolCount: try reader.read(UInt8.self)))
        }
    }
}

/// Where a version is.
package struct VersionLocation: Hashable, Sendable {
    /// The hash of the version's bytes.
    package var hash: SHA256Digest
    /// The mint that holds the bytes, or the import when it was not minted here.
    package var mint: Position
    /// The profile that minted it, or the space that imported it.
    package var stream: Position
    /// The import that holds the bytes, also when the version was minted here later; nil when there is none.
    package var imported: Position?
    /// How many symbols of the hash its code shows.
    package var symbolCount: UInt8

    package init(
        hash: SHA256Digest, mint: Position, stream: Position, imported: Position? = nil, symbolCount: UInt8
    ) {
        self.hash = hash
        self.mint = mint
        self.stream = stream
        self.imported = imported
        self.symbolCount = symbolCount
    }
}

/// What has been said of versions: label and revocation, by the record that it was said of: by the owner of the version's
/// mint, by an operator of its import.
package enum CodeStatuses: Projection {
    package static let name = "codestatus"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.codeLabeled, .codeRevoked, .codeRestored)

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<Position> {
        switch try RecordBody(of: record) {
        case .codeLabeled(let mint, _), .codeRevoked(let mint), .codeRestored(let mint): .one(mint)
        default: .none
        }
    }

    package static func apply(
        _ record: borrowing RecordView, at mint: Position, to row: CodeStatus?
    ) throws(RecordError) -> CodeStatus {
        var status = row ?? CodeStatus()
        switch try RecordBody(of: record) {
        case .codeLabeled(_, let label): status.label = label.isEmpty ? nil : label
        case .codeRevoked: status.revokedAt = record.position
        case .codeRestored: status.revokedAt = nil
        default: break
        }
        return status
    }

    /// What else was said of the code stays: of an import that is erased, that an operator took it down.
    package static func erase(
        _ record: borrowing RecordView, at mint: Position, from row: CodeStatus
    ) throws(RecordError) -> CodeStatus? {
        var status = row
        switch record.header.kind {
        case .codeLabeled: status.label = nil
        default: status.revokedAt = nil
        }
        return status == CodeStatus() ? nil : status
    }
}

/// What has been said of a code.
package struct CodeStatus: ProjectionRow {
    /// The owner's name for it.
    package var label: String?
    /// The event that revoked it; nil while it may be used.
    package var revokedAt: Position?

    init() {}

    /// The same with another label.
    package func with(label: String?) -> CodeStatus {
        var status = self
        status.label = label
        return status
    }

    package func encode(to writer: inout ByteWriter) {
        writer.write(revokedAt.stored)
        writer.writeShortString(label ?? "")
    }

    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        revokedAt = Position(stored: try reader.read(UInt64.self))
        let text = try reader.readShortString()
        label = text.isEmpty ? nil : text
    }
}
