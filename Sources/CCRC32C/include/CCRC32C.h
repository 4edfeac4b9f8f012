#ifndef CCRC32C_H
#define CCRC32C_H

#include <stddef.h>
#include <stdint.h>

/// Whether this processor has instructions for CRC-32C, so that `crc32c_update` may be called.
///
/// Asked for every record, so on x86-64 it is one test in the caller.
#if defined(__x86_64__)
static inline int crc32c_is_available(void) { return __builtin_cpu_supports("sse4.2") != 0; }
#else
int crc32c_is_available(void);
#endif

/// Adds bytes to the state of a CRC-32C: all ones before the first, complemented after the last.
uint32_t crc32c_update(uint32_t state, const void *bytes, size_t count);

/// The same for the eight bytes of a little-endian word and the bytes behind it, in one call.
uint32_t crc32c_update_word_and_bytes(uint32_t state, uint64_t word, const void *bytes, size_t count);

#endif
