internal import CLMDB
internal import Glibc

/// Which file a path names: the same through any link or mount.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

/// The few system calls that opening and copying need.
///
/// None of them ever opens `lock.mdb`: closing any descriptor of it would drop this process's locks on it. Only
/// ``LockFile`` does, while this process has none.
package enum FileSystem {
    /// Which file is at a path, or nil when none is.
    static func identity(of path: String) throws(LMDBError) -> FileIdentity? {
        try FileStatus(at: path)?.identity
    }

    /// Makes a directory that only its owner can use, durably.
    static func makeDirectory(_ path: String, mayExist: Bool) throws(LMDBError) {
        if mkdir(path, 0o700) == 0 { return try syncDirectory(parent(of: path)) }
        if mayExist, errno == EEXIST { return }
        throw LMDBError(errorNumber: errno, "making the directory \(path)", path: path)
    }

    /// Makes the names in a directory durable.
    static func syncDirectory(_ path: String) throws(LMDBError) {
        try withDescriptor(path, flags: O_RDONLY | O_DIRECTORY) { descriptor in fsync(descriptor) }
    }

    /// Makes a file its owner's alone, and its content durable.
    static func restrictAndSync(_ path: String) throws(LMDBError) {
        try withDescriptor(path, flags: O_RDWR) { descriptor in
            fchmod(descriptor, 0o600) == 0 ? fsync(descriptor) : -1
        }
    }

    /// The path from the root of the file system, as the working directory is now; links stay.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
        defer { Glibc.free(current) }
        return String(cString: current) + "/" + path
    }

    /// The directory that holds a path.
    static func parent(of path: String) -> String {
        let trimmed = path.reversed().drop { $0 == "/" }
        let parent = trimmed.drop { $0 != "/" }.drop { $0 == "/" }
        if parent.isEmpty { return path.hasPrefix("/") ? "/" : "." }
        return String(parent.reversed())
    }

    /// The kind of network file system that a path lies on, or nil when it is on none that is known.
    static func networkKind(of path: String) throws(LMDBError) -> String? {
        var figures = statfs()
        guard statfs(path, &figures) == 0 else {
            throw LMDBError(errorNumber: errno, "looking up the file system of \(path)", path: path)
        }
        return networkKind(ofType: UInt32(truncatingIfNeeded: figures.f_type))
    }

    /// The kind of network file system that has this number in `statfs` (the kernel's `magic.h`), or nil for others.
    package static func networkKind(ofType type: UInt32) -> String? {
        switch type {
        case 0x6969: "NFS"
        case 0x517B, 0xFF53_4D42, 0xFE53_4D42: "SMB"
        case 0x0102_1997: "9p"
        case 0x5346_414F, 0x6B41_4653: "AFS"
        case 0x00C3_6400: "Ceph"
        case 0x564C: "NCP"
        case 0x7375_7245: "Coda"
        default: nil
        }
    }

    /// Lets the thread wait.
    static func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    private static func withDescriptor(
        _ path: String, flags: Int32, _ body: (Int32) -> Int32
    ) throws(LMDBError) {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw LMDBError(errorNumber: errno, "opening \(path)", path: path) }
        let code = body(descriptor) == 0 ? 0 : errno
        close(descriptor)
        guard code == 0 else { throw LMDBError(errorNumber: code, "syncing \(path)", path: path) }
    }
}
