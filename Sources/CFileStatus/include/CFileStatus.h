#ifndef CFILESTATUS_H
#define CFILESTATUS_H

#include <stdint.h>

/// Which file it is, of what kind and how long. Without its times: a Linux file system notes that somebody has asked for
/// them, gives the next write a time of its own, and has the next `fdatasync` write the inode too, half as long again.
struct file_status {
    uint64_t device;
    uint64_t inode;
    int64_t byte_count;
    /// Type and permissions, as in `st_mode`.
    uint32_t mode;
};

/// Looks at the file that a path leads to; returns 0, or -1 with `errno`.
int file_status_at(const char *path, struct file_status *status);

/// Looks at an open file; returns 0, or -1 with `errno`.
int file_status_of(int descriptor, struct file_status *status);

#endif
