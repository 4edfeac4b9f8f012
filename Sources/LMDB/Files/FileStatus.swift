internal import CFileStatus
internal import Glibc

/// Which file it is, whether it is a regular one, and how long; without its times, which cost the next flush dear
/// (`CFileStatus.h`).
struct FileStatus {
    let identity: FileIdentity
    let byteCount: Int
    let isRegularFile: Bool

    /// The file that a path leads to, or nil when there is none.
    ///
    /// Cost: one system call.
    init?(at path: String) throws(LMDBError) {
        var status = file_status()
        guard unsafe file_status_at(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw LMDBError(errorNumber: errno, "looking up \(path)", path: path)
        }
        self.init(status)
    }

    /// The file that a descriptor is open on.
    ///
    /// Cost: one system call.
    init(of descriptor: Int32, path: String) throws(LMDBError) {
        var status = file_status()
        guard unsafe file_status_of(descriptor, &status) == 0 else {
            throw LMDBError(errorNumber: errno, "looking at \(path)", path: path)
        }
        self.init(status)
    }

    private init(_ status: file_status) {
        identity = FileIdentity(device: status.device, inode: status.inode)
        byteCount = Int(status.byte_count)
        isRegularFile = status.mode & S_IFMT == S_IFREG
    }
}
