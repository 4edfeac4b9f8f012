internal import Dispatch
internal import Glibc
internal import Synchronization

/// Keeps a checkpoint of an environment whose commits are not flushed, so that a power loss costs no more than going back
/// to it: the data file's pages as of that commit are on disk, pinned by a reader, and found by the saved meta page.
///
/// Among the processes that have the environment open, the owner of the checkpoint pins it and takes the next one. Who is
/// about to change something and is not the owner becomes it first: it flushes the file, pins the last commit and writes
/// the slot. While nothing changes the checkpoint is clean: nobody pins anything, and opening finds nothing to do.
///
/// What was committed after the checkpoint is its companion's matter (``CheckpointCompanion``).
package final class CheckpointKeeper: WriteGuardian {
    private unowned let environment: Environment
    /// The same, for who may come after it was closed.
    private weak let openEnvironment: Environment?
    /// The checkpoint file.
    package let file: CheckpointFile
    /// What makes commits durable.
    package let companion: any CheckpointCompanion
    private let storeID: UInt64
    private let owner = UInt64.random(in: 1 ... .max)
    private let now: @Sendable () -> Int64
    /// How long nothing must change before the checkpoint is made clean, in nanoseconds.
    private let restAfter: UInt64
    private let pins: Bool
    private let state = Mutex(State())
    /// Where checkpoints are taken that the writer does not wait for.
    private let takingQueue = DispatchQueue(label: "personalization-store.checkpoint", qos: .utility)
    /// Where it is looked after whether nothing changes any more, or another process has become the owner.
    private let lookingQueue = DispatchQueue(label: "personalization-store.checkpoint-look", qos: .utility)

    private struct State {
        var isOwner = false
        /// The slot that this process wrote last.
        var sequence: UInt64 = 0
        var pin: PinnedSnapshot?
        /// The pin of the checkpoint that is being taken.
        var nextPin: PinnedSnapshot?
        /// Whether a checkpoint is being taken.
        var isTaking = false
        /// Whether this process, the owner, writes its slot right now.
        var isWriting = false
        var isLookScheduled = false
        /// When something was last about to change.
        var changedAt: UInt64 = 0
        /// When a slot was last written by this process.
        var writtenAt: UInt64 = 0
        /// The number of scrubs since which this process has nothing in memory that was deleted before; nil when unknown.
        var scrubCount: UInt64?
        var failure: LMDBError?
    }

    /// A keeper that owns nothing yet. The environment was opened ``Environment/Options/Durability/checkpointed``.
    ///
    /// - Parameters:
    ///   - storeID: What the slots of this store's file carry.
    ///   - restAfter: How long after the last change the checkpoint is made clean, and a fifth of how old one becomes while
    ///     there are changes; nil: none is taken for its age.
    ///   - pins: False only to show that nothing else than the pin keeps a checkpoint whole.
    ///   - now: The time in microseconds since 1970, for people.
    package init(
        of environment: Environment, file: CheckpointFile, companion: any CheckpointCompanion, storeID: UInt64,
        restAfter: Duration? = .seconds(1), pins: Bool = true, now: @escaping @Sendable () -> Int64
    ) {
        self.environment = environment
        openEnvironment = environment
        self.file = file
        self.companion = companion
        self.storeID = storeID
        self.now = now
        self.pins = pins
        self.restAfter = restAfter.map { UInt64($0 / .nanoseconds(1)) } ?? .max
        // What cannot be read now is read, and reported, before the first change.
        let newest = try? file.newestSlot()
        state.withLock { $0.scrubCount = newest?.scrubCount }
    }

    /// Whether this process pins the checkpoint.
    package var isOwner: Bool { state.withLock { $0.isOwner } }

    /// Whether a checkpoint is being taken by this process, beside whoever writes.
    package var isTaking: Bool { state.withLock { $0.isTaking } }

    /// The commits that are pinned: those of this process, and that of another one that owns the checkpoint. Their readers
    /// are long on purpose.
    package func pinnedTransactionIDs() throws(LMDBError) -> Set<UInt64> {
        var pinned = Set(
            state.withLock { [$0.pin, $0.nextPin].compactMap { $0?.meta.transactionID } })
        if let slot = try file.newestSlot(), slot.state == .inUse { pinned.insert(slot.meta.transactionID) }
        return pinned
    }

    /// Why nothing may be changed any more, if that is so.
    package var failure: LMDBError? { state.withLock { $0.failure } }
}

// MARK: Owning

extension CheckpointKeeper {
    /// Sees to it that this process owns the checkpoint.
    ///
    /// Cost: one read of the checkpoint file when it does already; otherwise two flushes, or one after a clean checkpoint.
    package func willChange(_ transaction: borrowing WriteTransaction) throws(LMDBError) {
        let (failure, isWriting) = state.withLock { state in
            state.changedAt = monotonicNanoseconds()
            return (state.failure, state.isOwner && state.isWriting)
        }
        if let failure { throw failure }
        try file.requireOwnPlace()
        // Others become the owner with the slots' lock only, and with the writer's lock, which the caller holds.
        if !isWriting, !isOwnerByFile() { try becomeOwner(holding: transaction) }
        try replaceOldCheckpoint(holding: transaction)
        scheduleLook()
    }

    /// Whoever changes much without needing a new checkpoint for it, such as a rebuild, gets one all the same: the pages that
    /// it frees are not reused before.
    private func replaceOldCheckpoint(holding transaction: borrowing WriteTransaction) throws(LMDBError) {
        let isDue = state.withLock { $0.changedAt - min($0.writtenAt, $0.changedAt) > largestAge && !$0.isTaking }
        guard isDue, let note = try companion.noteAtRest(in: transaction) else { return }
        _ = try beginCheckpoint(note: note, holding: transaction)
    }

    /// Five times as long as nothing must change for a clean one, in nanoseconds.
    private var largestAge: UInt64 { restAfter.multipliedReportingOverflow(by: 5).overflow ? .max : 5 * restAfter }

    private func isOwnerByFile() -> Bool {
        guard isOwner else { return false }
        // What cannot be read is read again with the slots' lock.
        guard let slot = try? file.newestSlot() else { return false }
        return slot.owner == owner && slot.state == .inUse
    }

    private func becomeOwner(holding transaction: borrowing WriteTransaction) throws(LMDBError) {
        try file.withSlotLock { () throws(LMDBError) in
            let newest = try currentSlot()
            if newest.owner == owner, newest.state == .inUse, isOwner { return }
            // Who scrubs leaves a clean record, so that every other process comes by here before it changes anything.
            if state.withLock({ $0.scrubCount }) != newest.scrubCount {
                try environment.washRecycledPages(in: transaction)
                state.withLock { $0.scrubCount = newest.scrubCount }
            }
            let last = transaction.transactionID - 1
            if newest.state != .clean || newest.meta.transactionID != last {
                do throws(LMDBError) { try flush(environment) } catch {
                    markFailed()
                    throw error
                }
            }
            let pin = try makePin(holding: transaction)
            let note = try companion.takeOver(from: newest.note, in: transaction)
            try write(slot(after: newest, .inUse, pin.meta, note))
            state.withLock { state in
                state.isOwner = true
                state.pin?.release()
                state.pin = pin
            }
            companion.checkpointIsDurable(note)
        }
    }

    /// The newest slot, which must be of this store, and of no store whose flush failed.
    private func currentSlot() throws(LMDBError) -> CheckpointSlot {
        guard let newest = try file.newestSlot(), newest.storeID == storeID else {
            throw .unrecoverable("the checkpoint file in \(environment.path) was replaced")
        }
        if newest.state == .failed { throw Self.flushFailed(environment.path) }
        return newest
    }

    /// What everybody learns after a failed flush, until the store was closed by all and brought back.
    package static func flushFailed(_ path: String) -> LMDBError {
        .io(
            code: EIO,
            operation: "an earlier flush of \(path), which all processes must close before it is opened again,")
    }

    private func slot(
        after newest: CheckpointSlot, _ state: CheckpointSlot.State, _ meta: SavedMetaPage, _ note: [UInt8]
    ) -> CheckpointSlot {
        CheckpointSlot(
            sequence: newest.sequence + 1, storeID: storeID, owner: state == .inUse ? owner : 0,
            ownerProcess: state == .inUse ? UInt32(getpid()) : 0, state: state, takenAt: now(), meta: meta, note: note,
            scrubCount: newest.scrubCount)
    }

    private func write(_ slot: CheckpointSlot) throws(LMDBError) {
        do throws(LMDBError) { try file.write(slot) } catch {
            fail(error)
            throw error
        }
        state.withLock { ($0.sequence, $0.writtenAt) = (slot.sequence, monotonicNanoseconds()) }
    }

    /// Flushes the data file. After a failure the kernel may have dropped pages, so nobody may go on (``markFailed()``).
    private func flush(_ environment: Environment) throws(LMDBError) {
        do throws(LMDBError) { try environment.sync() } catch {
            fail(error)
            throw error
        }
    }

    /// Flushes the data file without the slots' lock.
    private func flushUnlocked(_ environment: Environment) throws(LMDBError) {
        do throws(LMDBError) { try flush(environment) } catch {
            // A failed commit poisons the environment; that is the committer's matter, not a failed flush.
            if error != .poisoned { try? file.withSlotLock { () throws(LMDBError) in markFailed() } }
            throw error
        }
    }

    /// Tells all processes that a flush failed. The caller has the slots' lock.
    ///
    /// Nothing is lost when this fails too: whoever opens the store next goes back to the checkpoint.
    private func markFailed() {
        guard let newest = try? currentSlot() else { return }
        try? file.write(slot(after: newest, .failed, newest.meta, newest.note))
    }

    private func fail(_ error: LMDBError) { state.withLock { $0.failure = $0.failure ?? error } }

    private func makePin(holding transaction: borrowing WriteTransaction) throws(LMDBError) -> PinnedSnapshot {
        let pin = try PinnedSnapshot(of: environment, holding: transaction)
        if !pins { pin.release() }
        return pin
    }

    /// Ends the pin of a process that another one has relieved.
    private func giveUp() {
        state.withLock { state in
            state.isOwner = false
            state.pin?.release()
            state.pin = nil
        }
    }

    /// The environment closes: what it was pinned by ends without a clean checkpoint.
    package func environmentWillClose() { giveUp() }
}

// MARK: Taking checkpoints

extension CheckpointKeeper {
    /// Begins to take a checkpoint of the last commit, which nobody waits for; false when one is being taken already.
    ///
    /// The file is flushed on another thread, then the slot is written, then the old pin ends.
    ///
    /// - Parameter note: The companion's note for the last commit.
    package func beginCheckpoint(
        note: [UInt8], holding transaction: borrowing WriteTransaction
    ) throws(LMDBError) -> Bool {
        let (failure, mayTake, sequence) = state.withLock { state in
            (state.failure, state.isOwner && !state.isTaking, state.sequence)
        }
        if let failure { throw failure }
        guard mayTake else { return false }
        let pin = try makePin(holding: transaction)
        state.withLock { ($0.isTaking, $0.nextPin) = (true, pin) }
        let environment = environment
        takingQueue.async { self.take(pin, note: note, after: sequence, environment) }
        return true
    }

    /// Waits until no checkpoint is being taken.
    package func awaitCheckpoint() { takingQueue.sync {} }

    private func take(_ pin: PinnedSnapshot, note: [UInt8], after sequence: UInt64, _ environment: Environment) {
        var isTaken = false
        do throws(LMDBError) {
            if !environment.isPoisoned { isTaken = try replacePin(by: pin, note: note, after: sequence, environment) }
        } catch {
            fail(error)
        }
        if !isTaken { pin.release() }
        state.withLock { ($0.isTaking, $0.nextPin) = (false, nil) }
    }

    /// False when another process has become the owner meanwhile.
    private func replacePin(
        by pin: PinnedSnapshot, note: [UInt8], after sequence: UInt64, _ environment: Environment
    ) throws(LMDBError) -> Bool {
        try flushUnlocked(environment)
        return try file.withSlotLock { () throws(LMDBError) in
            let newest = try currentSlot()
            guard newest.owner == owner, newest.sequence == sequence else { return false }
            state.withLock { $0.isWriting = true }
            defer { state.withLock { $0.isWriting = false } }
            try write(slot(after: newest, .inUse, pin.meta, note))
            state.withLock { state in
                state.pin?.release()
                state.pin = pin
            }
            // With the lock, so that this is not said of a checkpoint that another owner has replaced since.
            companion.checkpointIsDurable(note)
            return true
        }
    }

    /// Makes the checkpoint clean: the last commit, flushed, without a pin, so that opening has nothing to do.
    ///
    /// Does nothing when this process is not the owner, or when something is durable that is not committed yet.
    package func rest() throws(LMDBError) { try rest(unlessChangedSince: nil) }

    private func rest(unlessChangedSince moment: UInt64?) throws(LMDBError) {
        awaitCheckpoint()
        guard isOwner, failure == nil, !environment.isPoisoned else { return }
        // Most of the work, which nobody waits for.
        let last = environment.information.lastTransactionID
        try flushUnlocked(environment)
        let transaction = try environment.beginWrite(changes: false)
        try file.withSlotLock { () throws(LMDBError) in
            let newest = try currentSlot()
            let changedAt = state.withLock { $0.changedAt }
            guard newest.owner == owner else {
                // Somebody else may be waiting for the pin to end.
                if newest.state != .failed { giveUp() }
                return
            }
            guard isOwner, moment == nil || moment == changedAt,
                let note = try companion.noteAtRest(in: transaction)
            else { return }
            if transaction.transactionID - 1 != last {
                do throws(LMDBError) { try flush(environment) } catch {
                    markFailed()
                    throw error
                }
            }
            let meta = try SavedMetaPage(of: transaction.transactionID - 1, in: environment.files.directory)
            try write(slot(after: newest, .clean, meta, note))
            giveUp()
            companion.checkpointIsDurable(note)
        }
    }
}

// MARK: Settling

extension CheckpointKeeper {
    /// Makes the last commit the checkpoint, a clean one, whoever owned the last.
    package func settle(holding transaction: borrowing WriteTransaction) throws(LMDBError) -> Bool {
        awaitCheckpoint()
        if let failure { throw failure }
        let last = transaction.transactionID - 1
        if let newest = try file.newestSlot(), newest.state == .clean, newest.meta.transactionID == last { return true }
        if !isOwnerByFile() { try becomeOwner(holding: transaction) }
        return try file.withSlotLock { () throws(LMDBError) in
            let newest = try currentSlot()
            guard newest.owner == owner, let note = try companion.noteAtRest(in: transaction) else { return false }
            do throws(LMDBError) { try flush(environment) } catch {
                markFailed()
                throw error
            }
            try write(slot(after: newest, .clean, try SavedMetaPage(of: last, in: environment.files.directory), note))
            giveUp()
            companion.checkpointIsDurable(note)
            return true
        }
    }

    /// Counts the scrub in the checkpoint file, so that other processes notice, and has the companion overwrite what the
    /// checkpoint has.
    package func scrub(holding transaction: borrowing WriteTransaction) throws(LMDBError) {
        try file.withSlotLock { () throws(LMDBError) in
            var counted = try currentSlot()
            guard counted.state == .clean, counted.meta.transactionID == transaction.transactionID - 1 else {
                throw .unrecoverable("the checkpoint of \(environment.path) changed without the writer's lock")
            }
            counted.sequence += 1
            counted.scrubCount += 1
            try write(counted)
            // This process has cleared its memory.
            state.withLock { $0.scrubCount = counted.scrubCount }
        }
        try companion.scrub()
    }
}

// MARK: Looking

extension CheckpointKeeper {
    private func scheduleLook() {
        let isDue = state.withLock { state in
            defer { state.isLookScheduled = true }
            return !state.isLookScheduled
        }
        if isDue { scheduleLook(after: min(restAfter, 1_000_000_000)) }
    }

    private func scheduleLook(after nanoseconds: UInt64) {
        lookingQueue.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [weak self] in self?.look() }
    }

    /// Notices another owner, and that nothing changes any more.
    private func look() {
        guard let environment = openEnvironment else { return }
        let changedAt = state.withLock { $0.changedAt }
        // A failure is remembered, and the next change meets it.
        do throws(LMDBError) { try noticeAnotherOwner() } catch { fail(error) }
        let idle = monotonicNanoseconds() - changedAt
        if self.isOwner, idle >= restAfter, failure == nil, !environment.isPoisoned {
            do throws(LMDBError) { try rest(unlessChangedSince: changedAt) } catch { fail(error) }
        }
        let goesOn = state.withLock { state in
            state.isLookScheduled = state.isOwner && state.failure == nil
            return state.isLookScheduled
        }
        let wait = idle < restAfter ? min(restAfter - idle, 1_000_000_000) : 1_000_000_000
        if goesOn { scheduleLook(after: max(wait, 10_000_000)) }
    }
}

extension CheckpointKeeper {
    /// With the slots' lock, so that this does not end the pin of an ownership that begins meanwhile.
    private func noticeAnotherOwner() throws(LMDBError) {
        guard isOwner, !state.withLock({ $0.isWriting }), !isOwnerByFile() else { return }
        try file.withSlotLock { () throws(LMDBError) in
            // After a failed flush nobody changes anything any more, but somebody may still be at it.
            if let slot = try file.newestSlot(), slot.owner != owner, slot.state != .failed { giveUp() }
        }
    }
}

/// The time since some fixed moment.
private func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
