package import ByteCoding
package import EventLog
package import LMDB
internal import TransparencyLog

/// The tree over a log, computed from its records alone as they are read one after the other, and the tiles that a store
/// should have of it.
///
/// Nothing stored is believed: somebody who rewrites the log can leave the tiles of the old one in place.
package struct TreeVerifier {
    private var entries: TreeEntries
    private var frontier = MerkleFrontier()
    /// The hashes of each level's tile that is not full yet; the level is the index, and level 0 are leaves.
    private var growing: [[SHA256Digest]] = [[]]
    private(set) var tiles: [TileKey: [SHA256Digest]] = [:]
    private var sizes: Set<UInt64>
    /// The roots over the first records, of the sizes that were asked for.
    package private(set) var roots: [UInt64: SHA256Digest] = [:]

    /// A verifier that has seen no record.
    ///
    /// - Parameter sizes: Of which sizes the roots are kept.
    package init(log: LogTable, keepingRootsOf sizes: Set<UInt64> = []) {
        entries = TreeEntries(log: log)
        self.sizes = sizes
        if sizes.contains(0) { roots[0] = frontier.root }
    }

    /// The number of records seen.
    package var size: UInt64 { frontier.leafCount }

    /// Adds the log's next record.
    package mutating func apply(
        _ record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        let leaf = try entries.leaf(of: record, in: transaction)
        frontier.append(leaf)
        if sizes.contains(frontier.leafCount) { roots[frontier.leafCount] = frontier.root }
        add(leaf, level: 0)
    }

    private mutating func add(_ hash: SHA256Digest, level: Int) {
        if growing.count == level { growing.append([]) }
        growing[level].append(hash)
        guard growing[level].count == Tile.hashCount else { return }
        let hashes = growing[level]
        growing[level].removeAll(keepingCapacity: true)
        if level > 0 {
            let span = UInt64(8 * (level + 1))
            tiles[TileKey(level: level, index: frontier.leafCount >> span - 1)] = hashes
        }
        add(MerkleHash.root(overPerfect: hashes), level: level + 1)
    }

    /// The rows that a table of tiles of the first `size` records has, in their stored form.
    func rows(upTo size: UInt64, _ seal: RowSeal) -> [[UInt8]: [UInt8]] {
        var rows: [[UInt8]: [UInt8]] = [:]
        for (key, hashes) in tiles where key.end <= size {
            rows[key.encode().bytes] = Tile.encode(hashes, key: key, seal).bytes
        }
        return rows
    }
}
