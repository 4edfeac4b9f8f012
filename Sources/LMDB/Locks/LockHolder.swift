internal import Glibc

/// A process that holds a lock.
package struct LockHolder: Hashable, Sendable {
    /// The process, as numbered in this process's PID namespace.
    package let processID: Int32
    /// The name of its program, when it is known.
    package let name: String?
    /// Whether it is stopped, and will hold the lock until it is continued or killed.
    package let isStopped: Bool

    init(processID: Int32) {
        self.processID = processID
        name = ProcessTable.name(processID)
        isStopped = ProcessTable.isStopped(processID)
    }
}

extension LockHolder: CustomStringConvertible {
    /// The number, and in parentheses what else is known.
    package var description: String {
        let details = [name, isStopped ? "stopped" : nil].compactMap { $0 }
        return "process \(processID)" + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
    }
}

extension Environment {
    /// Whether some process has the write transaction, and which one if it can be told; nil when nothing can.
    ///
    /// Reads the owner of LMDB's mutex in this process's map of `lock.mdb`: opening the file once more would drop the
    /// process's locks on it.
    static func writerLock(
        ofLockFile identity: FileIdentity?
    ) -> (isHeld: Bool, holder: LockHolder?)? {
        guard let identity, let start = mappedAddress(ofInode: identity.inode),
            let memory = ownMemory(at: start, byteCount: MutexLayout.byteCount),
            memory[0..<4].elementsEqual([0xDE, 0xC0, 0xEF, 0xBE])
        else { return nil }
        // A robust mutex keeps its owner's thread twice; while it is being taken only in the lock word.
        let threads = [MutexLayout.owner, MutexLayout.word].map { offset in
            (0..<4).reduce(Int32(0)) { $0 | Int32(memory[offset + $1]) << (8 * Int32($1)) } & MutexLayout.threadMask
        }
        guard let thread = threads.first(where: { $0 > 0 }) else { return (false, nil) }
        return (true, ProcessTable.process(ofThread: thread).map { LockHolder(processID: $0) })
    }

    /// Where LMDB 0.9 keeps the writers' mutex: after the 64 bytes of magic number, readers' mutex and counters. In it,
    /// glibc has the lock word first and the owner after a counter.
    private enum MutexLayout {
        static let word = 64
        static let owner = 72
        static let byteCount = 80
        /// `FUTEX_TID_MASK`: the bits above say that others wait, and that the owner died.
        static let threadMask: Int32 = 0x3FFF_FFFF
    }

    /// Where this process has mapped a file for writing.
    private static func mappedAddress(ofInode inode: UInt64) -> UInt64? {
        for line in ProcessTable.text("/proc/self/maps")?.split(separator: "\n") ?? [] {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "rw-s", UInt64(fields[4]) == inode, fields[2] == "00000000" else {
                continue
            }
            return fields[0].split(separator: "-").first.flatMap { UInt64($0, radix: 16) }
        }
        return nil
    }

    /// Reads this process's memory as a file, which fails where a pointer would crash: the map may be gone by now.
    private static func ownMemory(at address: UInt64, byteCount: Int) -> [UInt8]? {
        let descriptor = Glibc.open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, byteCount, off_t(address)) }
        return count == byteCount ? bytes : nil
    }
}
