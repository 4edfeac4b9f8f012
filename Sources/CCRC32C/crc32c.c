// CRC-32C with the processor's own instructions, which Swift cannot ask for function by function.
// The compiler's attribute lets this one function use them; whoever calls it asks first whether they are there.
#include "CCRC32C.h"

#include <string.h>

#if defined(__x86_64__)

#include <nmmintrin.h>

__attribute__((target("sse4.2"), always_inline)) static inline uint32_t update(uint32_t state, const void *bytes, size_t count) {
    const unsigned char *next = bytes;
    uint64_t wide = state;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        wide = _mm_crc32_u64(wide, word);
    }
    state = (uint32_t)wide;
    if (count & 4) {
        uint32_t word;
        memcpy(&word, next, 4);
        state = _mm_crc32_u32(state, word);
        next += 4;
    }
    if (count & 2) {
        uint16_t word;
        memcpy(&word, next, 2);
        state = _mm_crc32_u16(state, word);
        next += 2;
    }
    return count & 1 ? _mm_crc32_u8(state, *next) : state;
}

__attribute__((target("sse4.2"))) uint32_t crc32c_update(uint32_t state, const void *bytes, size_t count) {
    return update(state, bytes, count);
}

__attribute__((target("sse4.2"))) uint32_t
crc32c_update_word_and_bytes(uint32_t state, uint64_t word, const void *bytes, size_t count) {
    return update((uint32_t)_mm_crc32_u64(state, word), bytes, count);
}

#elif defined(__aarch64__) && defined(__linux__)

#include <arm_acle.h>
#include <sys/auxv.h>

// HWCAP_CRC32 of the kernel's interface, which every C library passes on.
int crc32c_is_available(void) { return (getauxval(AT_HWCAP) >> 7 & 1) != 0; }

__attribute__((target("crc"), always_inline)) static inline uint32_t update(uint32_t state, const void *bytes, size_t count) {
    const unsigned char *next = bytes;
    for (; count >= 8; count -= 8, next += 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        state = __crc32cd(state, word);
    }
    if (count & 4) {
        uint32_t word;
        memcpy(&word, next, 4);
        state = __crc32cw(state, word);
        next += 4;
    }
    if (count & 2) {
        uint16_t word;
        memcpy(&word, next, 2);
        state = __crc32ch(state, word);
        next += 2;
    }
    return count & 1 ? __crc32cb(state, *next) : state;
}

__attribute__((target("crc"))) uint32_t crc32c_update(uint32_t state, const void *bytes, size_t count) {
    return update(state, bytes, count);
}

__attribute__((target("crc"))) uint32_t
crc32c_update_word_and_bytes(uint32_t state, uint64_t word, const void *bytes, size_t count) {
    return update(__crc32cd(state, word), bytes, count);
}

#else

int crc32c_is_available(void) { return 0; }

uint32_t crc32c_update(uint32_t state, const void *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return state;
}

uint32_t crc32c_update_word_and_bytes(uint32_t state, uint64_t word, const void *bytes, size_t count) {
    (void)word;
    return crc32c_update(state, bytes, count);
}

#endif
