// The physical limits of the machine: memory bandwidth, flushes to the disk, and checksum rates on one core.
#define _GNU_SOURCE
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_LIBCRYPTO
#include <openssl/sha.h>
#endif
#ifdef __x86_64__
#include <nmmintrin.h>
#endif

static void report(const struct arguments *arguments, const char *unit, double value,
                   const struct histogram *latency) {
    struct result result = {.side = "machine", .unit = unit, .values = &value, .value_count = 1, .latency = latency};
    print_result(arguments, &result);
}

static unsigned char *filled_buffer(size_t byte_count) {
    unsigned char *buffer = aligned_alloc(4096, byte_count);
    if (buffer == NULL) fail("out of memory");
    for (size_t offset = 0; offset < byte_count; offset++) buffer[offset] = (unsigned char)(offset * 31 + offset / 251);
    return buffer;
}

// MARK: memory

static void measure_copy(const struct arguments *arguments) {
    size_t byte_count = argument_number(arguments, "--megabytes", 256) << 20;
    unsigned char *from = filled_buffer(byte_count), *to = filled_buffer(byte_count);
    enum { rounds = 8 };
    uint64_t start = now_nanoseconds();
    for (int round = 0; round < rounds; round++) {
        memcpy(to, from, byte_count);
        __asm__ volatile("" : : "r"(to) : "memory");  // each copy counts: none may be dropped as unused
    }
    report(arguments, "bytes/s", rounds * (double)byte_count / seconds_since(start), NULL);
    free(from);
    free(to);
}

typedef uint64_t words __attribute__((vector_size(32)));

static uint64_t sum_of(const unsigned char *bytes, size_t byte_count) {
    const words *at = (const words *)bytes, *end = (const words *)(bytes + byte_count);
    words sums[4] = {{0}, {0}, {0}, {0}};
    for (; at < end; at += 4) {
        for (int lane = 0; lane < 4; lane++) sums[lane] += at[lane];
    }
    words sum = sums[0] + sums[1] + sums[2] + sums[3];
    return sum[0] + sum[1] + sum[2] + sum[3];
}

static void measure_read(const struct arguments *arguments) {
    size_t byte_count = argument_number(arguments, "--megabytes", 1024) << 20;
    unsigned char *buffer = filled_buffer(byte_count);
    volatile uint64_t sink = sum_of(buffer, byte_count);
    uint64_t start = now_nanoseconds();
    for (int round = 0; round < 4; round++) sink += sum_of(buffer, byte_count);
    report(arguments, "bytes/s", 4 * (double)byte_count / seconds_since(start), NULL);
    free(buffer);
}

// MARK: disk

// Flushes after each write of `byte_count`, over and over at the start of the file or at its end.
static void measure_flush(const struct arguments *arguments, bool appending, size_t byte_count, int flags) {
    const char *directory = argument_text(arguments, "--store", NULL);
    char path[4096];
    mkdir(directory, 0755);
    snprintf(path, sizeof path, "%s/flush", directory);
    int file = open(path, O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC | flags, 0644);
    unsigned char *buffer = filled_buffer(4096);
    if (file < 0 || pwrite(file, buffer, 4096, 0) != 4096 || fsync(file) != 0) fail("%s: %s", path, strerror(errno));
    struct histogram *latency = calloc(1, sizeof *latency);
    if (latency == NULL) fail("out of memory");
    uint64_t count = argument_number(arguments, "--count", 2000);
    double limit = argument_real(arguments, "--seconds", 5);
    off_t offset = 0;
    uint64_t start = now_nanoseconds();
    for (uint64_t index = 0; index < count && seconds_since(start) < limit; index++) {
        uint64_t begin = now_nanoseconds();
        buffer[0] = (unsigned char)index;
        if (pwrite(file, buffer, byte_count, offset) != (ssize_t)byte_count) fail("write: %s", strerror(errno));
        if (!(flags & O_DSYNC) && fdatasync(file) != 0) fail("fdatasync: %s", strerror(errno));
        histogram_record(latency, now_nanoseconds() - begin);
        if (appending) offset += (off_t)byte_count;
    }
    report(arguments, "flushes/s", (double)latency->total / seconds_since(start), latency);
    close(file);
    unlink(path);
    free(latency);
    free(buffer);
}

static void measure_overwrite(const struct arguments *arguments) { measure_flush(arguments, false, 4096, 0); }
static void measure_append(const struct arguments *arguments) { measure_flush(arguments, true, 4096, 0); }
static void measure_small_write(const struct arguments *arguments) { measure_flush(arguments, false, 120, O_DSYNC); }

// MARK: checksums

static void measure_sha256(const struct arguments *arguments) {
#ifdef HAVE_LIBCRYPTO
    size_t byte_count = argument_number(arguments, "--megabytes", 64) << 20;
    unsigned char *buffer = filled_buffer(byte_count), digest[SHA256_DIGEST_LENGTH];
    uint64_t start = now_nanoseconds();
    for (int round = 0; round < 4; round++) SHA256(buffer, byte_count, digest);
    report(arguments, "bytes/s", 4 * (double)byte_count / seconds_since(start), NULL);
    free(buffer);
#else
    (void)arguments;
    unsupported("built without libcrypto: install libssl-dev and build again");
#endif
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t crc32c(const unsigned char *bytes, size_t byte_count) {
    uint64_t remainder = 0xFFFFFFFF;
    for (size_t offset = 0; offset + 8 <= byte_count; offset += 8) {
        uint64_t word;
        memcpy(&word, bytes + offset, sizeof word);
        remainder = _mm_crc32_u64(remainder, word);
    }
    return ~(uint32_t)remainder;
}
#endif

static void measure_crc32c(const struct arguments *arguments) {
#ifdef __x86_64__
    if (!__builtin_cpu_supports("sse4.2")) unsupported("the processor has no CRC32C instruction");
    size_t byte_count = argument_number(arguments, "--megabytes", 64) << 20;
    unsigned char *buffer = filled_buffer(byte_count);
    volatile uint32_t sink = 0;
    uint64_t start = now_nanoseconds();
    for (int round = 0; round < 4; round++) sink += crc32c(buffer, byte_count);
    report(arguments, "bytes/s", 4 * (double)byte_count / seconds_since(start), NULL);
    free(buffer);
#else
    (void)arguments;
    unsupported("written for x86-64 only");
#endif
}

int main(int argc, char **argv) {
    struct arguments arguments = arguments_parse(argc, argv);
    const struct {
        const char *name;
        void (*run)(const struct arguments *);
    } workloads[] = {{"memory-copy", measure_copy},   {"memory-read", measure_read},
                     {"overwrite-flush", measure_overwrite}, {"append-flush", measure_append},
                     {"small-write", measure_small_write},   {"sha256", measure_sha256},
                     {"crc32c", measure_crc32c}};
    for (size_t index = 0; index < sizeof workloads / sizeof *workloads; index++) {
        if (strcmp(arguments.workload, workloads[index].name) != 0) continue;
        workloads[index].run(&arguments);
        return 0;
    }
    unsupported("no such workload");
}
