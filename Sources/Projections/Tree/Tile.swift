internal import ByteCoding
internal import EventLog
internal import TransparencyLog

/// Where a full tile of the log's tree stands, as C2SP's tlog-tiles counts: hash i of tile n on level L is the root over
/// 256^L records, the first of which has the index (256·n + i)·256^L.
struct TileKey: Hashable {
    /// 1 or more: hashes of single records are not stored.
    let level: Int
    /// Which of the level's tiles, from 0.
    let index: UInt64

    /// The number of records below one of the tile's hashes.
    var recordsPerHash: UInt64 { 1 << UInt64(8 * level) }

    /// The number of records that the log has when the tile is full.
    var end: UInt64 { (index + 1) << UInt64(8 * (level + 1)) }

    /// The tiles of a level that are full when the log has so many records.
    static func fullCount(level: Int, size: UInt64) -> UInt64 {
        let bits = 8 * (level + 1)
        return bits < 64 ? size >> UInt64(bits) : 0
    }

    /// The level, then the index, big-endian: tiles of one level stand together, in their order.
    func encode() -> ByteWriter {
        var writer = ByteWriter(capacity: 9)
        writer.write(UInt8(level))
        writer.write(index.bigEndian)
        return writer
    }
}

/// The 256 hashes of a full tile, as a row of the derived table `tree`.
enum Tile {
    static let hashCount = 256

    /// The stored form: checksum, the position of the tile's last record, the hashes.
    static func encode(_ hashes: some Collection<SHA256Digest>, key: TileKey, _ seal: RowSeal) -> ByteWriter {
        precondition(hashes.count == hashCount, "a full tile has 256 hashes")
        var row = ByteWriter(capacity: RowSeal.byteCount + 8 + hashCount * SHA256Digest.byteCount)
        row.write(UInt32(0))
        row.write(key.end)
        for hash in hashes { row.write(bytes: hash.bytes) }
        seal.seal(&row, key: key.encode().span())
        return row
    }

    static func decode(_ bytes: RawSpan, key: TileKey, _ seal: RowSeal) throws(StorageError) -> [SHA256Digest] {
        guard seal.isIntact(key: key.encode().span(), value: bytes) else {
            throw .damagedRow(table: TreeProjector.name, StoredRow.checksumFlaw)
        }
        do throws(ByteCodingError) {
            var reader = ByteReader(bytes.extracting(RowSeal.byteCount..<bytes.byteCount))
            let end = try reader.read(UInt64.self)
            var hashes: [SHA256Digest] = []
            hashes.reserveCapacity(hashCount)
            for _ in 0..<hashCount {
                hashes.append(try SHA256Digest(bytes: try reader.readBytes(SHA256Digest.byteCount)))
            }
            try reader.finish()
            if end == key.end { return hashes }
        } catch {
            throw .damagedRow(table: TreeProjector.name, error.description)
        }
        throw .damagedRow(table: TreeProjector.name, "the tile ends elsewhere")
    }
}

/// The name of the derived table of tiles; its rows are made of stretches of the log, not of single records.
enum TreeProjector {
    static let name = "tree"
    static let version: UInt16 = 1
}
