#include <lmdb.h>
// statfs, which tells network file systems apart, and which Swift's Glibc module leaves out.
#include <sys/vfs.h>
// What Linux has beyond POSIX, and Swift's Glibc module leaves out with it (`_GNU_SOURCE`).
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// fallocate(2) with FALLOC_FL_KEEP_SIZE: space beyond the end of the file, whose length stays.
static inline int clmdb_allocate(int descriptor, off_t offset, off_t length) {
    return (int)syscall(SYS_fallocate, descriptor, 0x01, offset, length);
}

/// An open-file-description lock (fcntl(2), F_OFD_SETLK and F_OFD_SETLKW) on one byte of a file: F_RDLCK, F_WRLCK or
/// F_UNLCK; 0, or -1 with errno.
static inline int clmdb_lock_byte(int descriptor, short type, off_t offset, int waits) {
    struct flock lock = {0};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = offset;
    lock.l_len = 1;
    return fcntl(descriptor, waits ? 38 : 37, &lock);
}

/// Whether another open file description holds a lock on one byte of a file that an exclusive one would meet; -1 with
/// errno on failure (F_OFD_GETLK).
static inline int clmdb_byte_is_locked(int descriptor, off_t offset) {
    struct flock lock = {0};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = offset;
    lock.l_len = 1;
    if (fcntl(descriptor, 36, &lock)) return -1;
    return lock.l_type != F_UNLCK;
}
