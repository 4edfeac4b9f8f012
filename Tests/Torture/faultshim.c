/*
 * Records, and on request fails, what a process writes to a data file and syncs of it.
 *
 * Loaded with LD_PRELOAD. It keeps no table of descriptors: each call asks the kernel which file the descriptor is
 * (/proc/self/fd) and whether it was opened with O_DSYNC, so that dup, close and renamed folders need no care.
 * README.md describes the environment variables and the trace format; Sources/storetorture/Trace.swift reads it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { KIND_WRITE = 1, KIND_SYNC = 2, KIND_TRUNCATE = 3, KIND_MSYNC = 4, KIND_MARK = 5, KIND_NAME = 6 };

struct record {
    char magic[4];
    uint16_t kind;
    uint16_t synced;
    int32_t error;
    uint32_t process;
    uint64_t inode;
    uint64_t offset;
    uint64_t length;
};
_Static_assert(sizeof(struct record) == 40, "the trace format has records of 40 bytes and their payload");

enum fault {
    FAULT_NONE, FULL_BYTES, FULL_GROWTH, SHORT_WRITE, SYNC_ONCE, SYNC_FOREVER, META_ONCE, META_FOREVER
};

static const struct { const char *name; enum fault fault; } fault_names[] = {
    {"enospc-bytes", FULL_BYTES},      {"enospc-growth", FULL_GROWTH},
    {"short-write", SHORT_WRITE},      {"eio-sync", SYNC_ONCE},
    {"eio-sync-forever", SYNC_FOREVER}, {"eio-meta", META_ONCE},
    {"eio-meta-forever", META_FOREVER},
};

static struct {
    const char *suffix, *trace, *marks, *fault_text;
    enum fault fault;
    uint64_t limit;
} settings;

/* Held during each call on the data file, so that the order of the trace is the order of the effects. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int trace_descriptor = -1;
static bool has_fired;
static uint64_t data_writes, meta_writes, syncs, bytes_written;

/* The files that were written to or synced, and how long each was at first. */
static struct seen_file { uint64_t inode; int64_t length; } seen_files[16];
static size_t seen_count;

static void say(const char *text, const char *detail) {
    char line[512];
    int length = snprintf(line, sizeof line, "faultshim: %s%s\n", text, detail);
    syscall(SYS_write, 2, line, length);
}

static void stop(const char *text, const char *detail) {
    say(text, detail);
    _exit(2);
}

__attribute__((constructor)) static void read_settings(void) {
    const char *suffix = getenv("FAULTSHIM_FILE");
    settings.suffix = suffix && *suffix ? suffix : "data.mdb";
    settings.trace = getenv("FAULTSHIM_TRACE");
    settings.marks = getenv("FAULTSHIM_MARKS");
    const char *text = settings.fault_text = getenv("FAULTSHIM_FAIL");
    if (!text || !*text) return;
    const char *equals = strchr(text, '=');
    char *end = NULL;
    if (equals) settings.limit = strtoull(equals + 1, &end, 10);
    for (size_t i = 0; end && end != equals + 1 && !*end && i < sizeof fault_names / sizeof *fault_names; i++) {
        if (strlen(fault_names[i].name) == (size_t)(equals - text) &&
            !strncmp(text, fault_names[i].name, equals - text))
            settings.fault = fault_names[i].fault;
    }
    if (settings.fault == FAULT_NONE) stop("unknown fault in FAULTSHIM_FAIL: ", text);
}

static bool descriptor_path(int descriptor, char path[PATH_MAX]) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return false;
    path[length] = 0;
    return true;
}

static bool is_data_file(int descriptor) {
    char path[PATH_MAX];
    int saved = errno;
    bool found = descriptor_path(descriptor, path);
    errno = saved;
    size_t length = found ? strlen(path) : 0;
    /* Several ends may be given, with commas between them. */
    for (const char *suffix = settings.suffix; found && suffix; ) {
        const char *comma = strchr(suffix, ',');
        size_t count = comma ? (size_t)(comma - suffix) : strlen(suffix);
        if (count > 0 && length >= count && !memcmp(path + length - count, suffix, count)) return true;
        suffix = comma ? comma + 1 : NULL;
    }
    return false;
}

static bool is_marks(int descriptor) {
    if (!settings.marks) return false;
    if (!strcmp(settings.marks, "stdout")) return descriptor == STDOUT_FILENO;
    char path[PATH_MAX];
    int saved = errno;
    bool found = descriptor_path(descriptor, path) && !strcmp(path, settings.marks);
    errno = saved;
    return found;
}

static bool is_synced(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && (flags & O_DSYNC);
}

/* One appending write per record, so that processes sharing a trace do not tear each other's records. */
static void trace(enum kind kind, int descriptor, bool synced, int error, uint64_t offset, struct iovec payload) {
    if (!settings.trace || !*settings.trace) return;
    int saved = errno;
    if (trace_descriptor < 0)
        trace_descriptor = open(settings.trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat status = {0};
    if (descriptor >= 0) fstat(descriptor, &status);
    struct record record = {
        "FST1", kind, synced, error, getpid(), status.st_ino, offset, payload.iov_len,
    };
    struct iovec parts[2] = {{&record, sizeof record}, payload};
    ssize_t total = sizeof record + payload.iov_len;
    if (trace_descriptor < 0 || syscall(SYS_writev, trace_descriptor, parts, 2) != total)
        stop("cannot write the trace ", settings.trace);
    errno = saved;
}

/* What is known of a file since it was first met; then its name goes into the trace. */
static struct seen_file *seen(int descriptor) {
    struct stat status = {0};
    fstat(descriptor, &status);
    for (size_t i = 0; i < seen_count; i++)
        if (seen_files[i].inode == status.st_ino) return &seen_files[i];
    if (seen_count == sizeof seen_files / sizeof *seen_files) stop("too many data files", "");
    struct seen_file *file = &seen_files[seen_count++];
    *file = (struct seen_file){status.st_ino, status.st_size};
    char path[PATH_MAX];
    if (!descriptor_path(descriptor, path)) stop("a data file has no path", "");
    char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    trace(KIND_NAME, descriptor, false, 0, 0, (struct iovec){name, strlen(name)});
    return file;
}

/* The order of the trace is the order of the effects, also where several processes share it. */
static void lock(void) {
    pthread_mutex_lock(&guard);
    if (settings.trace && *settings.trace) {
        if (trace_descriptor < 0)
            trace_descriptor = open(settings.trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        flock(trace_descriptor, LOCK_EX);
    }
}

static void unlock(void) {
    if (trace_descriptor >= 0) flock(trace_descriptor, LOCK_UN);
    pthread_mutex_unlock(&guard);
}

static void note_fired(void) {
    if (!has_fired) say("fired ", settings.fault_text);
    has_fired = true;
}

/* How many bytes of a write the disk takes, and the error when it takes none. */
static size_t admit(int descriptor, bool synced, size_t length, int64_t offset, int *error) {
    uint64_t room = length;
    *error = ENOSPC;
    switch (settings.fault) {
    case FULL_BYTES:
        room = settings.limit > bytes_written ? settings.limit - bytes_written : 0;
        break;
    case FULL_GROWTH:
        room = seen(descriptor)->length + (int64_t)settings.limit > offset
            ? seen(descriptor)->length + settings.limit - offset : 0;
        break;
    case SHORT_WRITE:
        if (synced) break;
        data_writes++;
        if (data_writes == settings.limit) room = length / 2 / 512 * 512;
        if (data_writes > settings.limit) room = 0;
        break;
    default: break;
    }
    if (room < length) note_fired();
    return room < length ? room : length;
}

static bool meta_write_fails(bool synced) {
    if (!synced || (settings.fault != META_ONCE && settings.fault != META_FOREVER)) return false;
    meta_writes++;
    bool fails = settings.fault == META_ONCE ? meta_writes == settings.limit : meta_writes >= settings.limit;
    if (fails) note_fired();
    return fails;
}

static bool sync_fails(void) {
    if (settings.fault != SYNC_ONCE && settings.fault != SYNC_FOREVER) return false;
    syncs++;
    bool fails = settings.fault == SYNC_ONCE ? syncs == settings.limit : syncs >= settings.limit;
    if (fails) note_fired();
    return fails;
}

/* Writes to the data file; at the file's own position when the offset is negative. */
static ssize_t write_data(int descriptor, const struct iovec *parts, int count, off_t offset) {
    size_t length = 0, filled = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    char *bytes = malloc(length ? length : 1);
    if (!bytes) stop("out of memory", "");
    for (int i = 0; i < count; filled += parts[i++].iov_len)
        memcpy(bytes + filled, parts[i].iov_base, parts[i].iov_len);

    lock();
    seen(descriptor);
    bool synced = is_synced(descriptor), moves = offset < 0;
    off_t start = moves ? lseek(descriptor, 0, SEEK_CUR) : offset;
    int refusal;
    size_t admitted = admit(descriptor, synced, length, start, &refusal);
    ssize_t written;
    if (admitted == 0 && length > 0) {
        errno = refusal;
        written = -1;
    } else if (moves) {
        written = syscall(SYS_write, descriptor, bytes, admitted);
    } else {
        written = syscall(SYS_pwrite64, descriptor, bytes, admitted, offset);
    }
    if (written > 0) bytes_written += written;
    int error = written < 0 ? errno : 0;
    /* A failed synced write has reached the page cache, and maybe the disk: it is done, and reported as failed. */
    if (written >= 0 && meta_write_fails(synced)) error = EIO;
    trace(KIND_WRITE, descriptor, synced, error, start, (struct iovec){bytes, written < 0 ? 0 : written});
    unlock();

    free(bytes);
    if (error) errno = error;
    return error ? -1 : written;
}

static int sync_data(int descriptor, long number) {
    lock();
    seen(descriptor);
    int error = 0;
    if (sync_fails()) error = EIO;
    else if (syscall(number, descriptor)) error = errno;
    trace(KIND_SYNC, descriptor, true, error, 0, (struct iovec){0});
    unlock();
    if (error) errno = error;
    return error ? -1 : 0;
}

/* The interposed functions. */

ssize_t write(int descriptor, const void *bytes, size_t length) {
    struct iovec part = {(void *)bytes, length};
    if (is_data_file(descriptor)) return write_data(descriptor, &part, 1, -1);
    if (is_marks(descriptor)) trace(KIND_MARK, -1, false, 0, 0, part);
    return syscall(SYS_write, descriptor, bytes, length);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    if (is_data_file(descriptor)) return write_data(descriptor, parts, count, -1);
    return syscall(SYS_writev, descriptor, parts, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    struct iovec part = {(void *)bytes, length};
    if (offset >= 0 && is_data_file(descriptor)) return write_data(descriptor, &part, 1, offset);
    return syscall(SYS_pwrite64, descriptor, bytes, length, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
    if (offset >= 0 && is_data_file(descriptor)) return write_data(descriptor, parts, count, offset);
    return syscall(SYS_pwritev, descriptor, parts, count, offset, 0L);
}

ssize_t pwrite64(int, const void *, size_t, off64_t) __attribute__((alias("pwrite")));
ssize_t pwritev64(int, const struct iovec *, int, off64_t) __attribute__((alias("pwritev")));

int fdatasync(int descriptor) {
    return is_data_file(descriptor) ? sync_data(descriptor, SYS_fdatasync) : (int)syscall(SYS_fdatasync, descriptor);
}

int fsync(int descriptor) {
    return is_data_file(descriptor) ? sync_data(descriptor, SYS_fsync) : (int)syscall(SYS_fsync, descriptor);
}

int ftruncate(int descriptor, off_t length) {
    if (is_data_file(descriptor)) trace(KIND_TRUNCATE, descriptor, false, 0, length, (struct iovec){0});
    return syscall(SYS_ftruncate, descriptor, length);
}

int ftruncate64(int, off64_t) __attribute__((alias("ftruncate")));

/* Only MDB_WRITEMAP syncs through the map; whose map it is is not asked, since the simulation refuses such a trace. */
int msync(void *address, size_t length, int flags) {
    trace(KIND_MSYNC, -1, false, 0, 0, (struct iovec){0});
    return syscall(SYS_msync, address, length, flags);
}
