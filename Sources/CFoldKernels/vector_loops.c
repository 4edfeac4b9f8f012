// Loops that the compiler makes vector instructions of on any processor.
#include "CFoldKernels.h"

void fold_scale(const intptr_t *values, size_t count, int32_t shift, intptr_t length, int16_t *scaled) {
    // Numerator and denominator are integers below 2^50, so they are exact in doubles.
    const double half = (double)length * (1 + 65536);
    const double denominator = (double)(2 * length);
    for (size_t index = 0; index < count; index++) {
        const int32_t value = (int32_t)(values[index] >> shift);
        const double quotient = ((double)value * 32768 + half) / denominator;
        scaled[index] = (int16_t)((int32_t)quotient - 32768);
    }
}

void fold_add_weighted(const int16_t *components, size_t count, int32_t weight, intptr_t *sums) {
    for (size_t index = 0; index < count; index++) sums[index] += weight * (int32_t)components[index];
}
