internal import EventLog
internal import LMDB
internal import Synchronization

/// Telling that a row is missing from one that never was.
extension DerivedTables {
    /// Counts the rows of a table, each with its checksum, before the first time that an absent one is believed.
    ///
    /// What is missing would otherwise become permanent: a profile whose row is gone would be opened again, a revoked
    /// code would resolve. Once for each table and process: what the process flushes after that it has seen itself.
    ///
    /// Cost: the first time, a look at every row of the table, some 50 ns each; then one load.
    func requireWhole(
        _ index: Int, _ table: Table, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        let slot: UInt8 = slotTables[index][0] == table ? 0 : 1
        let bit = UInt64(1) << UInt64(index)
        if hasCounted(slot, bit) { return }
        let projector = projectors[index]
        let expected = try checkpoints.readTally(of: projector, slot: slot, in: transaction)
        let found = try tally(of: projector, table, in: transaction)
        guard found == expected else {
            throw .damagedRow(
                table: projector.name,
                found.count == expected.count
                    ? "its rows are not those that were written"
                    : "it has \(found.count) rows, and \(expected.count) were written")
        }
        if slot == 0 {
            countedFirstTables.bitwiseOr(bit, ordering: .relaxed)
        } else {
            countedSecondTables.bitwiseOr(bit, ordering: .relaxed)
        }
    }

    /// Has every table counted again, as after a rebuild.
    func forgetCounts() {
        countedFirstTables.store(0, ordering: .relaxed)
        countedSecondTables.store(0, ordering: .relaxed)
    }

    @inline(__always)
    private func hasCounted(_ slot: UInt8, _ bit: UInt64) -> Bool {
        let counted =
            slot == 0 ? countedFirstTables.load(ordering: .relaxed) : countedSecondTables.load(ordering: .relaxed)
        return counted & bit != 0
    }

    /// What is wrong with checkpoints and tallies of tables that are in use; damaged rows are found by comparing them.
    func flaws(
        of tables: [Table?], in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [String] {
        // Rows that are all in memory have none of these.
        guard tables.contains(where: { $0 != nil }) else { return [] }
        var flaws = try checkpointFlaws(in: transaction)
        for case (let index, let table?) in tables.enumerated() {
            flaws += try tallyFlaws(index, table, in: transaction)
        }
        return flaws
    }

    /// What is wrong with a table's tally.
    private func tallyFlaws(
        _ index: Int, _ table: Table, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [String] {
        let slot: UInt8 = slotTables[index][0] == table ? 0 : 1
        do throws(StorageError) {
            let expected = try checkpoints.readTally(of: projectors[index], slot: slot, in: transaction)
            let found = try tally(of: projectors[index], table, in: transaction)
            return found == expected
                ? [] : ["the derived table '\(projectors[index].name)' has rows that were not counted, or lacks some"]
        } catch {
            guard case .damagedRow = error else { throw error }
            return [error.description]
        }
    }

    /// What is wrong with checkpoints, of whichever projections.
    private func checkpointFlaws(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [String] {
        var flaws: [String] = []
        try transaction.forEachEntry(of: checkpoints.table) { (key, value) throws(StorageError) in
            if !CheckpointTable.seal.isIntact(key: key, value: value) {
                flaws.append(StorageError.damagedRow(table: CheckpointTable.name, StoredRow.checksumFlaw).description)
            }
        }
        return flaws
    }

    /// Counts the rows of a table and checks each.
    private func tally(
        of projector: Projector, _ table: Table, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> RowTally {
        var tally = RowTally()
        try transaction.forEachEntry(of: table) { (key, value) throws(StorageError) in
            guard projector.seal.isIntact(key: key, value: value) else {
                throw .damagedRow(table: projector.name, StoredRow.checksumFlaw)
            }
            tally.add(value)
        }
        return tally
    }
}
