package import LMDB

/// A journal with checkpoints of LMDB: the durability of a store on one machine.
package final class JournaledCommits: GroupDurability {
    private let keeper: CheckpointKeeper
    /// The journal.
    package let journal: Journal

    /// Guards an environment, or goes on with what guards it already: a process has one journal for a store.
    package init(keeper: CheckpointKeeper, journal: Journal) {
        self.keeper = keeper
        self.journal = journal
    }

    package func missing(
        after head: UInt64, for purpose: CompletionPurpose, holding transaction: borrowing WriteTransaction
    ) throws(StorageError) -> [DurableGroup] {
        try journal.missing(after: head)
    }

    package func persist(
        _ group: borrowing RecordGroup, in transaction: inout WriteTransaction
    ) throws(StorageError) -> GroupPersistence {
        let byteCount = JournalGroup.byteCount(of: group)
        do throws(LMDBError) {
            // Once for a checkpoint under way, and once for the one that then frees the other segment.
            for _ in 0..<3 {
                if try makeRoom(for: byteCount, holding: transaction) { break }
                keeper.awaitCheckpoint()
            }
        } catch {
            throw .database(error)
        }
        try journal.append(group)
        return .durable
    }

    /// Begins a checkpoint when one is due. False when the group fits nowhere before the one under way is done.
    private func makeRoom(
        for byteCount: Int, holding transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> Bool {
        switch try journal.room(for: byteCount) {
        case .here: return true
        case .beyond(let cursor, let fitsHere):
            guard try keeper.beginCheckpoint(note: cursor.note, holding: transaction) else { return fitsHere }
            journal.go(on: cursor)
            return true
        case .afterCheckpoint(let end, let fitsHere):
            // As a rule it is being taken already; not after another process has, or when the last one came to nothing.
            _ = try keeper.beginCheckpoint(note: end.note, holding: transaction)
            return fitsHere
        }
    }

    package func rest() {
        // What is not at rest is recovered at the next opening.
        try? keeper.rest()
    }
}
