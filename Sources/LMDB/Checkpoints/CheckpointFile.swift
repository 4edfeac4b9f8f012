internal import CLMDB
internal import Glibc
internal import Synchronization

/// The file with two checkpoint slots, written in turn, and the locks by which processes come to terms.
///
/// A slot is four kilobytes, with its record in the first sector and once more in the last: a write cut short leaves one
/// copy whole, and so does a flipped bit. Locks are open-file-description locks, which end with the process or the file
/// that holds them.
package final class CheckpointFile: Sendable {
    private let file: RawFile
    /// Excludes this process's own threads, which share the lock on the file.
    private let slotLock = Mutex(())
    /// What was last read, so that what has not changed need not be decoded again.
    private let lastRead = Mutex<(bytes: [UInt8], slot: CheckpointSlot)?>(nil)

    /// The name of the file in the store's folder.
    package static let name = "checkpoint"
    private static let slotByteCount = 4096
    private static var secondCopy: Int { slotByteCount - CheckpointSlot.byteCount }

    /// Bytes of the file that stand for locks; nothing is stored there.
    private enum LockByte {
        static let opening: off_t = 1 << 30
        static let presence: off_t = opening + 1
        /// Next to the one before: who is alone has both.
        static let reading: off_t = presence + 1
        static let slots: off_t = reading + 1
    }

    private init(_ file: RawFile) { self.file = file }

    /// Opens the file of a store's folder, making an empty one if asked.
    package static func open(directory: String, create: Bool) throws(LMDBError) -> CheckpointFile {
        CheckpointFile(try RawFile.open(directory + "/" + name, create: create))
    }

    /// Whether a store's folder has the file. Throws ``LMDBError/notFound(path:)`` when there is no folder.
    package static func exists(directory: String) throws(LMDBError) -> Bool {
        guard try FileSystem.identity(of: directory) != nil else { throw .notFound(path: directory) }
        return try FileSystem.identity(of: directory + "/" + name) != nil
    }

    /// Throws ``LMDBError/filesReplaced(path:_:)`` when the file's path leads to another file, or to none: other processes
    /// would not see its locks. Cost: one system call.
    package func requireOwnPlace() throws(LMDBError) { try file.requireOwnPlace() }

    // MARK: Slots

    /// The newest slot, or nil when the file has never had one.
    ///
    /// Throws ``LMDBError/unrecoverable(_:)`` when a slot has no copy that checks: it may have been the newest.
    ///
    /// Cost: one read of eight kilobytes.
    package func newestSlot() throws(LMDBError) -> CheckpointSlot? {
        let bytes = try file.read(byteCount: 2 * Self.slotByteCount, at: 0)
        if bytes.isEmpty { return nil }
        guard bytes.count == 2 * Self.slotByteCount else {
            throw .unrecoverable("\(file.path) has \(bytes.count) bytes instead of \(2 * Self.slotByteCount)")
        }
        if let last = lastRead.withLock({ $0 }), last.bytes == bytes { return last.slot }
        let slots = try (0..<2).map { index throws(LMDBError) in try Self.slot(index, of: bytes, path: file.path) }
        let newest = slots.compactMap { $0 }.max { $0.sequence < $1.sequence }
        lastRead.withLock { $0 = newest.map { (bytes, $0) } }
        return newest
    }

    /// What is wrong with the file, copies that nothing needs included: for verifying.
    package func findings() throws(LMDBError) -> [String] {
        let bytes = try file.read(byteCount: 2 * Self.slotByteCount, at: 0)
        return (0..<2).flatMap { index in
            let copies = Self.copies(index, of: bytes)
            guard copies.contains(where: { !$0.allSatisfy { $0 == 0 } }) else { return [String]() }
            return copies.enumerated().compactMap { copy, record in
                CheckpointSlot(record) == nil ? "copy \(copy + 1) of slot \(index + 1) of \(file.path) is damaged" : nil
            }
        }
    }

    private static func copies(_ index: Int, of bytes: [UInt8]) -> [[UInt8]] {
        [0, secondCopy].map { offset in
            Array(bytes.dropFirst(index * slotByteCount + offset).prefix(CheckpointSlot.byteCount))
        }
    }

    private static func slot(_ index: Int, of bytes: [UInt8], path: String) throws(LMDBError) -> CheckpointSlot? {
        let copies = copies(index, of: bytes)
        let slots = copies.compactMap { CheckpointSlot($0) }
        if let newest = slots.max(by: { $0.sequence < $1.sequence }) { return newest }
        // A slot that has never been written.
        if copies.allSatisfy({ $0.allSatisfy { $0 == 0 } }) { return nil }
        throw .unrecoverable("both copies of slot \(index + 1) of \(path) are damaged")
    }

    /// Writes a slot in its turn and flushes it. The caller holds the slots' lock, or is alone.
    package func write(_ slot: CheckpointSlot) throws(LMDBError) {
        let record = slot.encode()
        let gap = [UInt8](repeating: 0, count: Self.slotByteCount - 2 * record.count)
        let offset = Int(slot.sequence & 1) * Self.slotByteCount
        try file.write(
            first: record.span.bytes, second: gap.span.bytes, third: record.span.bytes, at: offset)
        try file.syncData()
    }

    /// Gives a new file its length, durably.
    package func initialize() throws(LMDBError) { try file.fillWithZeros(to: 2 * Self.slotByteCount) }

    /// Writes the first slot of a store: clean, at the last commit, which is flushed.
    package func writeFirst(
        storeID: UInt64, of environment: Environment, holding transaction: borrowing WriteTransaction, note: [UInt8],
        now: Int64
    ) throws(LMDBError) {
        let meta = try SavedMetaPage(of: transaction.transactionID - 1, in: environment.path)
        // A file that a store had before goes on from there.
        let newest = try newestSlot()
        let sequence = (newest?.sequence ?? 0) + 1
        try write(
            CheckpointSlot(
                sequence: sequence, storeID: storeID, owner: 0, ownerProcess: 0, state: .clean, takenAt: now,
                meta: meta, note: note, scrubCount: newest?.scrubCount ?? 0))
    }

    /// Writes a clean slot at the last commit, which is flushed, by whoever is alone with the store.
    package func writeClean(
        after slot: CheckpointSlot, of environment: Environment, note: [UInt8], now: Int64
    ) throws(LMDBError) {
        let transaction = try environment.beginWrite(changes: false)
        let meta = try SavedMetaPage(of: transaction.transactionID - 1, in: environment.path)
        try write(
            CheckpointSlot(
                sequence: slot.sequence + 1, storeID: slot.storeID, owner: 0, ownerProcess: 0, state: .clean,
                takenAt: now, meta: meta, note: note, scrubCount: slot.scrubCount))
    }

    /// Runs `body` while no other thread or process writes a slot.
    func withSlotLock<Result: ~Copyable>(_ body: () throws(LMDBError) -> Result) throws(LMDBError) -> Result {
        slotLock._unsafeLock()
        defer { slotLock._unsafeUnlock() }
        try lock(LockByte.slots, F_WRLCK)
        defer { unlock(LockByte.slots) }
        return try body()
    }

    // MARK: Opening

    /// Runs `body` while no other process is opening the store.
    ///
    /// Throws ``LMDBError/writerBusy(path:holder:)`` when another one takes longer than `limit`; nil waits for ever.
    package func whileOpening<Result: ~Copyable>(
        atMost limit: Duration?, _ body: () throws(LMDBError) -> Result
    ) throws(LMDBError) -> Result {
        let isLocked = try Environment.noteWait(in: directory, lockFile: nil) { () throws(LMDBError) in
            try lock(LockByte.opening, F_WRLCK, atMost: limit)
        }
        guard isLocked else { throw .writerBusy(path: directory, holder: nil) }
        defer { unlock(LockByte.opening) }
        return try body()
    }

    /// Takes the store for this process alone, if nobody has it open, for reading or writing; until ``share()``.
    package func takeAlone() throws(LMDBError) -> Bool {
        for byte in [LockByte.presence, LockByte.reading] {
            if try tryLock(byte, F_WRLCK) { continue }
            unlock(LockByte.presence)
            return false
        }
        return true
    }

    /// Has the store open for writing from now on, beside others, until the file is closed.
    package func share() throws(LMDBError) {
        try lock(LockByte.presence, F_RDLCK)
        unlock(LockByte.reading)
    }

    /// Opens the file of a store that is to be read only, and keeps others from bringing the store back meanwhile, until the
    /// file is closed; nil when the folder has no such file.
    ///
    /// Throws ``LMDBError/needsRecovery(path:)`` when the store was not closed and nobody has it open for writing: after a
    /// power loss its data file may be torn, and nothing in it tells. While somebody has, the data file is whole in memory.
    /// Waits for a few seconds at most while another process opens the store for writing and may be bringing it back; then
    /// throws ``LMDBError/writerBusy(path:holder:)``.
    package static func openForReading(directory: String) throws(LMDBError) -> CheckpointFile? {
        let file: CheckpointFile
        do throws(LMDBError) {
            file = CheckpointFile(try RawFile.open(directory + "/" + name, writes: false))
        } catch {
            if case .notFound = error { return nil }
            throw error
        }
        guard try file.lock(LockByte.reading, F_RDLCK, atMost: longestWaitForReading) else {
            throw .writerBusy(path: directory, holder: nil)
        }
        let isWritten = clmdb_byte_is_locked(file.file.descriptor, LockByte.presence)
        guard isWritten >= 0 else { throw file.lockError() }
        // A file without a slot is that of a store which has never been written to with a journal.
        if isWritten == 0, let slot = try file.newestSlot(), slot.state != .clean {
            throw .needsRecovery(path: directory)
        }
        return file
    }

    private static var longestWaitForReading: Duration { .seconds(10) }

    private func lock(_ byte: off_t, _ kind: Int32) throws(LMDBError) {
        while clmdb_lock_byte(file.descriptor, Int16(kind), byte, 1) != 0 {
            guard errno == EINTR else { throw lockError() }
        }
    }

    /// False when others have held the lock all the time; nil waits for ever.
    private func lock(_ byte: off_t, _ kind: Int32, atMost limit: Duration?) throws(LMDBError) -> Bool {
        if try tryLock(byte, kind) { return true }
        guard let limit else {
            try lock(byte, kind)
            return true
        }
        let start = ContinuousClock.now
        while ContinuousClock.now - start < limit {
            FileSystem.pause(milliseconds: 5)
            if try tryLock(byte, kind) { return true }
        }
        return false
    }

    /// False when others hold the lock.
    private func tryLock(_ byte: off_t, _ kind: Int32) throws(LMDBError) -> Bool {
        while clmdb_lock_byte(file.descriptor, Int16(kind), byte, 0) != 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN, EACCES: return false
            default: throw lockError()
            }
        }
        return true
    }

    private func unlock(_ byte: off_t) { _ = clmdb_lock_byte(file.descriptor, Int16(F_UNLCK), byte, 0) }

    /// The folder that the file is in.
    private var directory: String { FileSystem.parent(of: file.path) }

    private func lockError() -> LMDBError { .system(code: errno, operation: "locking \(file.path)") }
}
