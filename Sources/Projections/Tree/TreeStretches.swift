internal import ByteCoding
internal import Dispatch
internal import EventLog
internal import LMDB
internal import Synchronization
internal import TransparencyLog

/// The roots over each 256 records in a row that no stored tile holds yet, as far as they have been computed.
///
/// What is committed never changes, and an erasure changes no leaf, so a root once computed stays right. Memory: 32 bytes
/// for 256 records, until the tiles are stored.
final class TreeStretches: Sendable {
    /// The number of records in a stretch.
    static let recordCount: UInt64 = 256

    private struct State {
        /// The stretch that the first root is of.
        var first: UInt64 = 0
        var roots: [SHA256Digest] = []
        var end: UInt64 { first + UInt64(roots.count) }
    }

    private let state = Mutex(State())

    /// The root over a stretch, if it has been computed.
    func root(of stretch: UInt64) -> SHA256Digest? {
        state.withLock { state in
            stretch >= state.first && stretch < state.end ? state.roots[Int(stretch - state.first)] : nil
        }
    }

    /// The first stretch whose root has not been computed.
    var end: UInt64 { state.withLock { $0.end } }

    /// Keeps a root that was computed, if it follows those that are there.
    func keep(_ root: SHA256Digest, of stretch: UInt64) {
        state.withLock { if $0.end == stretch { $0.roots.append(root) } }
    }

    /// Forgets the roots of stretches that stored tiles hold.
    func forget(before stretch: UInt64) {
        state.withLock { state in
            guard stretch > state.first else { return }
            state.roots.removeFirst(min(state.roots.count, Int(clamping: stretch - state.first)))
            state.first = stretch
        }
    }

    /// The leaves of a stretch, computed from its records.
    static func leaves(
        of stretch: UInt64, _ entries: inout TreeEntries, in log: LogTable,
        _ transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [SHA256Digest] {
        let start = Position(stretch * recordCount + 1)
        let end = Position((stretch + 1) * recordCount)
        var leaves: [SHA256Digest] = []
        leaves.reserveCapacity(Int(recordCount))
        try log.scan(start...end, in: transaction) { (record) throws(StorageError) in
            leaves.append(try entries.leaf(of: record, in: transaction))
            return true
        }
        return leaves
    }

    /// The root over a stretch that is complete: computed from its records unless it is known.
    func root(
        of stretch: UInt64, _ entries: inout TreeEntries, in log: LogTable,
        _ transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> SHA256Digest {
        if let known = root(of: stretch) { return known }
        let leaves = try Self.leaves(of: stretch, &entries, in: log, transaction)
        guard leaves.count == Self.recordCount else {
            throw .record(.missing(Position(stretch * Self.recordCount + UInt64(leaves.count) + 1)))
        }
        let root = MerkleHash.root(overPerfect: leaves)
        keep(root, of: stretch)
        return root
    }
}
