#ifndef CCRC32C_H
#define CCRC32C_H

#include <stddef.h>
#include <stdint.h>

/// Whether this processor has instructions for CRC-32C, so that `crc32c_update` may be called.
int crc32c_is_available(void);

/// Adds bytes to the state of a CRC-32C: all ones before the first, complemented after the last.
uint32_t crc32c_update(uint32_t state, const void *bytes, size_t count);

#endif
