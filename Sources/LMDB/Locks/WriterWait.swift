internal import Glibc
internal import Synchronization

/// A thread of this process that waits for the write transaction of another process, or until that has opened the store.
package struct WriterWait: Sendable {
    /// The directory of the store.
    package let path: String
    /// How long it has been waiting.
    package let duration: Duration
    /// Who is waited for, when it can be told.
    package let holder: LockHolder?
}

/// The waits of this process.
private let waits = Mutex<[UInt64: PendingWait]>([:])
private let lastWait = Atomic<UInt64>(0)

private struct PendingWait: Sendable {
    let directory: String
    let lockFile: FileIdentity?
    let start: ContinuousClock.Instant
}

extension Environment {
    /// The threads of this process that wait now for another process's write transaction, longest first: for telling
    /// people whom a command waits for. LMDB itself waits for ever, and in silence.
    package static var writerWaits: [WriterWait] {
        let now = ContinuousClock.now
        return waits.withLock { Array($0.values) }.sorted { $0.start < $1.start }.map {
            WriterWait(
                path: $0.directory, duration: now - $0.start, holder: writerLock(ofLockFile: $0.lockFile)?.holder)
        }
    }

    /// Runs `body`, which waits for the write transaction, and shows that it does.
    func noteWait<Result>(_ body: () -> Result) -> Result {
        Self.noteWait(in: files.directory, lockFile: files.lock, body)
    }

    /// Runs `body`, which waits for another process, and shows that it does.
    static func noteWait<Result, Failure: Error>(
        in directory: String, lockFile: FileIdentity?, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let number = lastWait.wrappingAdd(1, ordering: .relaxed).newValue
        let wait = PendingWait(directory: directory, lockFile: lockFile, start: .now)
        waits.withLock { $0[number] = wait }
        defer { waits.withLock { _ = $0.removeValue(forKey: number) } }
        return try body()
    }

    /// Returns when no process has the write transaction, or one of those that had it has given it back, or nothing can
    /// be told of it; throws ``LMDBError/writerBusy(path:holder:)`` when that takes longer than `limit`.
    ///
    /// Another process may take it again at once, so this only tells of one that does not give it back.
    package func waitForWriter(atMost limit: Duration) throws(LMDBError) {
        let start = ContinuousClock.now
        let lastCommit = information.lastTransactionID
        while let lock = Self.writerLock(ofLockFile: files.lock), lock.isHeld,
            information.lastTransactionID == lastCommit
        {
            guard ContinuousClock.now - start < limit else {
                throw .writerBusy(path: path, holder: lock.holder?.description)
            }
            FileSystem.pause(milliseconds: 5)
        }
    }
}
