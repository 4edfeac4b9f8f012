internal import Glibc

/// What `/proc` tells of processes and of the locks that they hold.
enum ProcessTable {
    /// The content of a file of `/proc`, or nil when it cannot be read: its process may have gone.
    static func text(_ path: String) -> String? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    /// Whether a process is stopped (SIGSTOP, a debugger): it runs no instruction until it is continued.
    static func isStopped(_ process: Int32) -> Bool {
        // The state follows the name, which may hold anything, parentheses too.
        guard let text = text("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return false }
        let state = text[end...].dropFirst().first { $0 != " " }
        return state == "T" || state == "t"
    }

    /// The process that a thread belongs to, or nil when there is no such thread.
    static func process(ofThread thread: Int32) -> Int32? {
        for line in text("/proc/\(thread)/status")?.split(separator: "\n") ?? [] where line.hasPrefix("Tgid:") {
            return line.split(separator: "\t").last.flatMap { Int32($0) }
        }
        return nil
    }

    /// The name of a process's program, or nil when there is no such process.
    static func name(_ process: Int32) -> String? {
        text("/proc/\(process)/comm").map { String($0.prefix { $0 != "\n" }) }
    }

    /// The other processes that hold a POSIX lock on the first byte of the file with this inode, or wait for one.
    ///
    /// Processes of other PID namespaces are not among them.
    static func lockers(ofInode inode: UInt64) -> Set<Int32> {
        var found: Set<Int32> = []
        for line in text("/proc/locks")?.split(separator: "\n") ?? [] {
            // "1: POSIX  ADVISORY  READ  4711 fe:01:1234 0 0", with "->" before the kind of one that waits.
            let fields = line.split(separator: " ").filter { $0 != "->" }
            guard fields.count == 8, fields[1] == "POSIX", let process = Int32(fields[4]),
                let file = fields[5].split(separator: ":").last, UInt64(file) == inode, fields[6] == "0"
            else { continue }
            found.insert(process)
        }
        found.remove(getpid())
        return found
    }
}
