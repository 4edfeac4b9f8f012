#define _GNU_SOURCE
#include "CFileStatus.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

// `STATX_SIZE` and no time; see the header.
static int look(int directory, const char *path, int flags, struct file_status *status) {
    struct statx found;
    if (statx(directory, path, flags, STATX_TYPE | STATX_MODE | STATX_INO | STATX_SIZE, &found) != 0) return -1;
    *status = (struct file_status){
        .device = makedev(found.stx_dev_major, found.stx_dev_minor),
        .inode = found.stx_ino,
        .byte_count = (int64_t)found.stx_size,
        .mode = found.stx_mode,
    };
    return 0;
}

int file_status_at(const char *path, struct file_status *status) { return look(AT_FDCWD, path, 0, status); }

int file_status_of(int descriptor, struct file_status *status) { return look(descriptor, "", AT_EMPTY_PATH, status); }
