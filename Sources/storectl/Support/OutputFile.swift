import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A file that a command makes: what is in it is personal or secret, so it is its owner's alone from the start, and never
/// replaces another.
///
/// A device or a named pipe that is there already is written to as it is, when it is the user's own or the system's:
/// somebody else may have put it there to read what is written.
final class OutputFile {
    private let path: String
    private let descriptor: Int32
    private let isNew: Bool
    private var isEmpty = true

    /// Makes the file; refuses when there is one.
    init(path: String) throws {
        self.path = path
        let new = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if new >= 0 {
            (descriptor, isNew) = (new, true)
            return
        }
        guard errno == EEXIST else { throw Self.failure(path, errno) }
        let exists = Failure(
            status: .failed, kind: "output",
            message: "\(path) exists already; choose another path, or move the file away first")
        var status = stat()
        guard stat(path, &status) == 0, Self.isTrustedStream(status) else { throw exists }
        descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
        isNew = false
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        // It may have been exchanged meanwhile.
        guard fstat(descriptor, &status) == 0, Self.isTrustedStream(status) else { throw exists }
    }

    deinit { close(descriptor) }

    /// Writes a whole file: all of it is on disk when this returns, and there is none when it throws.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try OutputFile(path: path)
        do {
            try file.append(bytes)
            try file.sync()
        } catch {
            file.remove()
            throw error
        }
    }

    /// Writes bytes at the end.
    func append(_ bytes: [UInt8]) throws {
        isEmpty = isEmpty && bytes.isEmpty
        let error = bytes.withUnsafeBytes { Descriptors.write($0, to: descriptor) }
        if error != 0 { throw Self.failure(path, error) }
    }

    /// Makes what was written durable; nothing is promised of it before.
    func sync() throws {
        guard isNew else { return }
        if fsync(descriptor) != 0 { throw Self.failure(path, errno) }
        // What some file systems say only when a file is closed, they say of a copy of the descriptor too.
        let copy = dup(descriptor)
        if copy < 0 || close(copy) != 0 { throw Self.failure(path, errno) }
        let name = (path as NSString).deletingLastPathComponent
        let folder = open(name.isEmpty ? "." : name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.failure(path, errno) }
        defer { close(folder) }
        // Not every file system can sync a folder.
        if fsync(folder) != 0, errno != EINVAL, errno != EROFS { throw Self.failure(path, errno) }
    }

    /// Takes the file away again.
    func remove() { if isNew { unlink(path) } }

    /// Takes the file away again when nothing was written to it.
    func removeIfEmpty() { if isEmpty { remove() } }

    private static func isTrustedStream(_ status: stat) -> Bool {
        [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT) && [0, geteuid()].contains(status.st_uid)
    }

    private static func failure(_ path: String, _ error: Int32) -> Failure {
        Failure(
            status: .failed, kind: "output",
            message:
                "cannot write \(path): \(Descriptors.Errno(number: error)); check the path, and the room on its disk"
        )
    }
}
