internal import CLMDB
internal import Glibc
internal import Synchronization

extension Environment {
    /// Sees to it that the next commits find room for so many more bytes, in the map and on the disk.
    ///
    /// Throws ``LMDBError/mapFull(byteCount:)`` or ``LMDBError/diskFull(path:)`` when they would not; nothing has been
    /// written then. The space is allocated beyond the end of the file, whose length stays. File systems that cannot do
    /// that are not asked for more than the map.
    ///
    /// Cost: one look at the last meta page; a system call when what was reserved before is used up.
    package func reserve(byteCount: Int) throws(LMDBError) {
        let information = self.information
        let end = information.usedByteCount + byteCount
        guard end <= information.mapByteCount else { throw .mapFull(byteCount: information.mapByteCount) }
        guard end > reservedEnd.load(ordering: .relaxed) else { return }
        // Rarely and in large steps; on an almost full disk as little as is needed.
        let step = max(byteCount, min(Self.largestStep, information.usedByteCount / 4))
        let wanted = min(information.usedByteCount + byteCount + step, information.mapByteCount)
        if try !allocate(to: wanted), try !allocate(to: end) { throw .diskFull(path: path) }
    }

    private static var largestStep: Int { 64 << 20 }

    /// False when there is no room.
    private func allocate(to end: Int) throws(LMDBError) -> Bool {
        var descriptor: Int32 = -1
        mdb_env_get_fd(handle, &descriptor)
        let start = information.usedByteCount
        while true {
            if clmdb_allocate(descriptor, off_t(start), off_t(end - start)) == 0 { break }
            switch errno {
            case EINTR: continue
            case ENOSPC, EDQUOT, EFBIG: return false
            case EOPNOTSUPP, ENOSYS: break
            default: throw LMDBError(errorNumber: errno, "allocating space for \(path)", path: path)
            }
            break
        }
        reservedEnd.store(end, ordering: .relaxed)
        return true
    }
}
