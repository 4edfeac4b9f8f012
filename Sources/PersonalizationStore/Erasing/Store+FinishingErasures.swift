internal import EventLog
internal import LMDB
internal import Projections

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What follows the event that has a person erased. Every step may be repeated, and the process may end after any.
extension Store {
    /// Does what the log's erasures ask for and is not done yet, once every derived row up to them has been flushed: who
    /// applied the events later would meet records that no longer say what they said.
    ///
    /// A rebuild or another erasure that begins meanwhile, in whichever process, stops the one here: then it begins again.
    func finishErasures(
        waitingAtMost limit: Duration?, onProgress: (OperationProgress) -> Void = { _ in }
    ) throws(StorageError) -> ErasureReport {
        var report = ErasureReport()
        var attempts = 0
        while true {
            do throws(StorageError) {
                try finishErasures(waitingAtMost: limit, report: &report, onProgress: onProgress)
                return report
            } catch {
                guard case .rebuildSuperseded = error, attempts < Self.largestAttemptCount else { throw error }
            }
            attempts += 1
            onProgress(OperationProgress(.beginningAgain))
            // Two that stop each other do not begin again at the same time.
            usleep(.random(in: 1_000...(100_000 << UInt32(min(attempts, 5)))))
        }
    }

    private static var largestAttemptCount: Int { 20 }

    private func finishErasures(
        waitingAtMost limit: Duration?, report: inout ErasureReport, onProgress: (OperationProgress) -> Void
    ) throws(StorageError) {
        let pending = try unfinishedErasures()
        report.positions = Set(report.positions).union(pending.map(\.position)).sorted()
        guard let last = pending.last else {
            report.finishedAt = clock()
            return
        }
        for (index, (position, erasure)) in pending.enumerated() {
            onProgress(OperationProgress(.replacingRecords, done: index, of: pending.count))
            try replaceRecords(of: erasure, before: position, report: &report)
        }
        onErasureStep(.replacedAll)
        dropMemory()
        try tables.rebuild { done, head in
            onProgress(OperationProgress(.rebuildingTables, done: Int(done.number), of: Int(head.number)))
        }
        onErasureStep(.rebuilt)
        try tables.clearIdleSlots()
        onErasureStep(.cleared)
        onProgress(OperationProgress(.overwritingFreePages))
        // What only the journal has would keep it from being overwritten.
        try committer.completeLog()
        let scrubbed: ScrubReport
        do throws(LMDBError) {
            scrubbed = try environment.scrub(waitingAtMost: limit) { (transaction) throws(LMDBError) in
                try meta.rewriteFormat(in: &transaction)
            } onWait: { readers in
                let names = readers.map { "\($0.holder), which reads a state of \($0.lag) commits ago" }
                onProgress(OperationProgress(.waitingForReaders(names)))
            }
        } catch {
            guard case .readersLinger(let holders) = error else { throw .database(error) }
            report.lingeringReaders = holders
            return
        }
        report.pageCount = scrubbed.pageCount
        report.partialPageCount = scrubbed.partialPageCount
        onErasureStep(.scrubbed)
        try noteFinished(through: last.position)
        onErasureStep(.noted)
        report.finishedAt = clock()
    }

    /// Goes on with erasures that an earlier process did not finish; waits a moment for readers, as long as other processes
    /// take to let go of a checkpoint, and leaves the rest to the next opening otherwise.
    func resumeErasures() throws(StorageError) {
        guard !isReadOnly, try !unfinishedErasures().isEmpty else { return }
        // Nothing else is at work yet on what was just opened.
        try tables.flushAll()
        _ = try finishErasures(waitingAtMost: .seconds(3))
    }

    /// The last erasure that is finished, with all before it.
    func finishedErasure(
        in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Position? {
        guard let position = try meta.finishedErasure(in: transaction) else { return nil }
        guard let head = try tables.log.headPosition(in: transaction), position <= head,
            try tables.log.record(at: position, in: transaction).header.kind == .personErased
        else { throw MetaTable.damaged("position \(position) erases nobody") }
        return position
    }

    private func unfinishedErasures() throws(StorageError) -> [(position: Position, erasure: PersonErasure)] {
        try read { (view) throws(StorageError) in
            let finished = try finishedErasure(in: view.snapshot.transaction)
            var pending: [(position: Position, erasure: PersonErasure)] = []
            for position in try view.snapshot.rows(Erasures.self).sorted() where position.number > finished.stored {
                let record = try view.snapshot.record(at: position)
                let body = try StorageError.wrapRecord { () throws(RecordError) in try RecordBody(of: record) }
                guard case .personErased(let erasure) = body else {
                    throw .record(.unexpectedKind(position, record.header.kind))
                }
                pending.append((position, erasure))
            }
            return pending
        }
    }

    private func noteFinished(through position: Position) throws(StorageError) {
        var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite() }
        let before = try finishedErasure(in: transaction)
        guard before.stored < position.number else { return }
        do throws(LMDBError) {
            try meta.noteFinishedErasure(position, in: &transaction)
            try transaction.commit()
            // Who reads that it is finished may rely on it after a power loss.
            try environment.settle()
        } catch {
            throw .database(error)
        }
    }

    /// Drops what is kept in memory of people; it is read anew.
    func dropMemory() {
        versions.removeAll()
        streams.removeAll()
    }

    // MARK: Replacing

    /// Replaces the private parts of a person's records, the newest first: what is left of a stream at any moment is its
    /// beginning, and the salt that the commitments need goes last.
    private func replaceRecords(
        of erasure: PersonErasure, before event: Position, report: inout ErasureReport
    ) throws(StorageError) {
        let streams = Set(erasure.streams)
        let records = Set(erasure.records)
        let first = min(erasure.streams.first ?? event, erasure.records.first ?? event)
        guard var last = event.previous else { return }
        var salts = TreeEntries(log: tables.log)
        while first <= last {
            let start = max(first, Position(last.number - min(last.number - 1, Self.stretch)))
            let replacements = try read { (view) throws(StorageError) in
                var found: [Replacement] = []
                try view.log.scan(start...last, in: view.snapshot.transaction) { (record) throws(StorageError) in
                    let isOwn =
                        record.header.isPersonal
                        ? streams.contains(record.header.stream) : records.contains(record.position)
                    guard isOwn, let salt = try salts.salt(of: record, in: view.snapshot.transaction) else {
                        return true
                    }
                    found.append(
                        Replacement(
                            position: record.position, byteCount: record.bytes.byteCount,
                            bytes: record.erased(leaving: RecordCommitment.commitment(to: record, salt: salt))))
                    return true
                }
                return found
            }
            try write(replacements.reversed(), report: &report)
            guard let next = start.previous else { return }
            last = next
        }
    }

    /// How many records are looked at in one snapshot.
    private static var stretch: UInt64 { 49_999 }
    /// How many records are replaced in one transaction.
    private static var replacementsPerTransaction: Int { 1_000 }

    /// What takes a record's place.
    private struct Replacement {
        let position: Position
        /// The size of the record that it replaces.
        let byteCount: Int
        let bytes: [UInt8]
    }

    private func write(_ replacements: [Replacement], report: inout ErasureReport) throws(StorageError) {
        for start in stride(from: 0, to: replacements.count, by: Self.replacementsPerTransaction) {
            let chunk = replacements[start..<min(replacements.count, start + Self.replacementsPerTransaction)]
            do throws(LMDBError) {
                var transaction = try environment.beginWrite()
                var cursor = try transaction.makeWriteCursor(tables.log.table)
                for replacement in chunk {
                    try cursor.put(integerKey: replacement.position.number, value: replacement.bytes.span.bytes)
                }
                _ = consume cursor
                try transaction.commit()
            } catch {
                throw .database(error)
            }
            report.recordCount += chunk.count
            report.privateByteCount += chunk.reduce(0) { $0 + $1.byteCount - $1.bytes.count + 32 }
            onErasureStep(.replaced)
        }
    }
}
