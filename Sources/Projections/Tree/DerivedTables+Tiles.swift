internal import ByteCoding
internal import Dispatch
package import EventLog
internal import LMDB
internal import Synchronization
internal import TransparencyLog

/// Storing the tiles of the log's tree, in slices, when the generation of their last records is flushed.
extension DerivedTables {
    /// Stores the full tiles of a log that ends at a position, as far as a budget of records to hash goes; true when all
    /// are stored. Called with the lock held.
    ///
    /// Mostly the hashes are there already (``hashAhead(to:)``).
    func flushTiles(
        _ index: Int, through last: Position?, budget: inout Int, in transaction: inout WriteTransaction
    ) throws(StorageError) -> Bool {
        let projector = projectors[index]
        let stored = isLive ? try checkpoints.read(projector, in: transaction)?.position : state.flushed
        let start = TileKey.fullCount(level: 1, size: stored.stored)
        let end = TileKey.fullCount(level: 1, size: last.stored)
        stretches.forget(before: start * UInt64(Tile.hashCount))
        var entries = TreeEntries(log: log)
        while start + UInt64(state.plannedFlush.key) < end {
            let tile = TileKey(level: 1, index: start + UInt64(state.plannedFlush.key))
            var hashes: [SHA256Digest] = []
            for offset in 0..<UInt64(Tile.hashCount) {
                let stretch = tile.index * UInt64(Tile.hashCount) + offset
                if stretches.root(of: stretch) == nil {
                    guard budget > 0 else { return false }
                    budget -= Int(TreeStretches.recordCount)
                }
                hashes.append(try stretches.root(of: stretch, &entries, in: log, transaction))
            }
            try write(hashes, tile, ofTable: index, in: &transaction)
            state.plannedFlush.key += 1
        }
        return true
    }

    /// Stores a tile, and those above it that it completes.
    private func write(
        _ hashes: [SHA256Digest], _ tile: TileKey, ofTable index: Int, in transaction: inout WriteTransaction
    ) throws(StorageError) {
        try write(
            key: tile.encode(), row: Tile.encode(hashes, key: tile, projectors[index].seal), ofTable: index,
            &transaction)
        guard (tile.index + 1) % UInt64(Tile.hashCount) == 0 else { return }
        let above = TileKey(level: tile.level + 1, index: tile.index / UInt64(Tile.hashCount))
        var roots: [SHA256Digest] = []
        for offset in 0..<UInt64(Tile.hashCount) {
            let below = TileKey(level: tile.level, index: above.index * UInt64(Tile.hashCount) + offset)
            guard let hashes = try storedTile(below, ofTable: index, state.tables[index], in: transaction) else {
                throw .damagedRow(table: projectors[index].name, "the tile \(below.level)/\(below.index) is missing")
            }
            roots.append(MerkleHash.root(overPerfect: hashes))
        }
        try write(roots, above, ofTable: index, in: &transaction)
    }

    private func write(
        key: ByteWriter, row: ByteWriter, ofTable index: Int, _ transaction: inout WriteTransaction
    ) throws(StorageError) {
        try changeTable(index, in: &transaction) { (projector, tally, cursor) throws(StorageError) in
            try StoredRow.write(key: key.span(), row: row.span(), of: projector, &tally, with: &cursor)
        }
    }

    /// The hashes of a tile, or nil when a table does not have it.
    func storedTile(
        _ tile: TileKey, ofTable index: Int, _ table: Table?, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> [SHA256Digest]? {
        guard let table else { return nil }
        let key = tile.encode()
        let found: RawSpan?
        do throws(LMDBError) { found = try transaction.get(table, key: key.span()) } catch { throw .database(error) }
        guard let bytes = found else { return nil }
        return try Tile.decode(bytes, key: tile, projectors[index].seal)
    }

    /// The table of tiles as a transaction has it, and for how many records its tiles are complete.
    ///
    /// Read from the transaction itself, so that no other table has to be caught up with. Nil when the tables are not used.
    func tiles(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> (index: Int, table: Table, size: UInt64)? {
        guard !slotTables.isEmpty, withLock({ state.reading.usesTables }),
            let index = projectors.firstIndex(where: { $0.isOfTree }),
            let checkpoint = try checkpoints.read(projectors[index], in: transaction)
        else { return nil }
        return (index, slotTables[index][Int(checkpoint.slot)], checkpoint.position.stored)
    }
}

/// Hashing records soon after they were appended, beside the writer, so that storing a tile need not.
extension DerivedTables {
    /// Begins to hash the records up to a head, unless few of them are new or that is being done already. Returns at once.
    package func hashAhead(to head: Position?) {
        let complete = head.stored / TreeStretches.recordCount
        guard complete >= stretches.end + Self.hashAheadStretchCount,
            !isHashing.exchange(true, ordering: .acquiring)
        else { return }
        hasher.async { [weak self] in
            while let self, self.hashChunk() {}
            self?.isHashing.store(false, ordering: .releasing)
        }
    }

    /// Stops hashing ahead and returns when it has ended.
    package func stopHashing() {
        isHashing.store(true, ordering: .relaxed)
        hashesAhead.store(false, ordering: .relaxed)
        hasher.sync {}
    }

    /// Hashes some stretches in a short read transaction; true when there are more.
    private func hashChunk() -> Bool {
        guard hashesAhead.load(ordering: .relaxed) else { return false }
        do throws(StorageError) {
            let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
            let stored = try tiles(in: transaction)?.size ?? 0
            stretches.forget(before: TileKey.fullCount(level: 1, size: stored) * UInt64(Tile.hashCount))
            let complete = try log.headPosition(in: transaction).stored / TreeStretches.recordCount
            let start = stretches.end
            guard start < complete else { return false }
            var entries = TreeEntries(log: log)
            for stretch in start..<min(complete, start + Self.hashAheadStretchCount) {
                _ = try stretches.root(of: stretch, &entries, in: log, transaction)
            }
            return start + Self.hashAheadStretchCount < complete
        } catch {
            // Whoever needs the hashes meets the same failure, and reports it.
            return false
        }
    }

    /// So many stretches are hashed at once: some milliseconds.
    private static var hashAheadStretchCount: UInt64 { 16 }
}
