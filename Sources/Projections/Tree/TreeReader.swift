package import ByteCoding
package import EventLog
package import LMDB
internal import TransparencyLog

/// The RFC 9162 tree over a log's records in the order of their positions, as one transaction has it: the leaf of the
/// record at position p has the index p − 1.
///
/// Hashes come from stored tiles, where there are, and from the records otherwise. Cost of a root or a proof: the records
/// after the last full tile are hashed, 65,535 at most, unless this process has done so before; and one tile is read for
/// each 65,536 records, for each 16,777,216 in larger logs.
package struct TreeReader {
    private let tables: DerivedTables
    private let tiles: (index: Int, table: Table, size: UInt64)?
    private var entries: TreeEntries
    /// Tiles and leaves that were read; nil for a tile that is not stored.
    private var read: [TileKey: [SHA256Digest]] = [:]
    private var leaves: (stretch: UInt64, leaves: [SHA256Digest])?
    /// The number of records.
    package let size: UInt64

    init(
        _ tables: DerivedTables, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        self.tables = tables
        entries = TreeEntries(log: tables.log)
        size = try tables.log.headPosition(in: transaction).stored
        do throws(StorageError) { tiles = try tables.tiles(in: transaction) } catch {
            guard tables.isReadOnly, error.isFlawOfTables else { throw error }
            tiles = nil
        }
    }

    /// The root over the first `count` records.
    ///
    /// - Precondition: The log has so many.
    package mutating func root(
        over count: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> SHA256Digest {
        precondition(count <= size, "the tree has not so many leaves")
        return try root(0..<count, in: transaction)
    }

    /// What is hashed of a record: its public part without the checksum, and the commitment to the private one.
    package mutating func entry(
        of record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [UInt8] {
        try entries.entry(of: record, in: transaction).bytes
    }

    /// What opens the record's commitment, and no other; nil when it is erased, or has nothing private.
    package mutating func positionSalt(
        of record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> RecordSalt? {
        try entries.salt(of: record, in: transaction).map { RecordCommitment.salt(of: record.position, in: $0) }
    }

    /// The hashes that prove that a record is in the tree over all records.
    package mutating func inclusionProof(
        of index: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [SHA256Digest] {
        try roots(MerkleProof.inclusionRanges(of: index, treeSize: size), in: transaction)
    }

    /// The hashes that prove that the tree over all records extends the one over the first `earlierSize`.
    package mutating func consistencyProof(
        from earlierSize: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [SHA256Digest] {
        try roots(MerkleProof.consistencyRanges(from: earlierSize, to: size), in: transaction)
    }

    private mutating func roots(
        _ ranges: [Range<UInt64>], in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [SHA256Digest] {
        var roots: [SHA256Digest] = []
        for range in ranges { roots.append(try root(range, in: transaction)) }
        return roots
    }

    private mutating func root(
        _ range: Range<UInt64>, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> SHA256Digest {
        try MerkleProof.root(over: range) { (height, index) throws(StorageError) in
            try subtree(height: height, index, in: transaction)
        }
    }

    /// The root of the perfect subtree of 2^`height` records whose first has the index `index` · 2^`height`.
    private mutating func subtree(
        height: Int, _ index: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> SHA256Digest {
        // A subtree lies in one tile of its level.
        let level = height / 8
        let count = 1 << (height % 8)
        let first = index << UInt64(height % 8)
        if level == 0 {
            let leaves = try leaves(of: first / TreeStretches.recordCount, in: transaction)
            let start = Int(first % TreeStretches.recordCount)
            return MerkleHash.root(overPerfect: leaves[start..<(start + count)])
        }
        var hashes: [SHA256Digest] = []
        for offset in 0..<UInt64(count) { hashes.append(try hash(level: level, first + offset, in: transaction)) }
        return MerkleHash.root(overPerfect: hashes)
    }

    /// The hash with a number on a level: the root over 256^`level` records.
    private mutating func hash(
        level: Int, _ number: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> SHA256Digest {
        let tile = TileKey(level: level, index: number / UInt64(Tile.hashCount))
        if let hashes = try stored(tile, in: transaction) { return hashes[Int(number % UInt64(Tile.hashCount))] }
        if level == 1 { return try tables.stretches.root(of: number, &entries, in: tables.log, transaction) }
        let below = TileKey(level: level - 1, index: number)
        if let hashes = try stored(below, in: transaction) { return MerkleHash.root(overPerfect: hashes) }
        var hashes: [SHA256Digest] = []
        for offset in 0..<UInt64(Tile.hashCount) {
            hashes.append(try hash(level: level - 1, number * UInt64(Tile.hashCount) + offset, in: transaction))
        }
        return MerkleHash.root(overPerfect: hashes)
    }

    /// The hashes of a tile that should be stored; nil when it need not be yet.
    private mutating func stored(
        _ tile: TileKey, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [SHA256Digest]? {
        guard let tiles, tile.index < TileKey.fullCount(level: tile.level, size: tiles.size) else { return nil }
        if let known = read[tile] { return known }
        do throws(StorageError) {
            guard let hashes = try tables.storedTile(tile, ofTable: tiles.index, tiles.table, in: transaction) else {
                throw .damagedRow(table: TreeProjector.name, "the tile \(tile.level)/\(tile.index) is missing")
            }
            read[tile] = hashes
            return hashes
        } catch {
            // Who only reads does without the table, as without any other.
            guard tables.isReadOnly, error.isFlawOfTables else { throw error }
            return nil
        }
    }

    private mutating func leaves(
        of stretch: UInt64, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [SHA256Digest] {
        if let leaves, leaves.stretch == stretch { return leaves.leaves }
        let found = try TreeStretches.leaves(of: stretch, &entries, in: tables.log, transaction)
        leaves = (stretch, found)
        return found
    }
}

extension Snapshot {
    /// The tree over the snapshot's records.
    package func makeTreeReader() throws(StorageError) -> TreeReader { try TreeReader(tables, in: transaction) }
}
