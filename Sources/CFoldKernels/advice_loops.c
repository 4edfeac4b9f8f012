// Loops that the compiler makes vector instructions of on any processor.
#include "CAdviceLoops.h"

#include <math.h>

/// How many columns are worked on at once, so that what is read again and again stays in the processor's first cache.
#define PANEL 32

static void subtract_multiple(float *restrict target, const float *restrict source, float factor, size_t count) {
    for (size_t index = 0; index < count; index++) target[index] -= factor * source[index];
}

void advice_factor(float *matrix, size_t count) {
    for (size_t pivot = 0; pivot < count; pivot++) {
        float *row = matrix + pivot * count;
        // The matrices of advice have at least 4 on the diagonal beside a positive semidefinite rest; rounding cannot use
        // that up, but a number that is not one must not come out of anything.
        const float root = sqrtf(row[pivot] > 1e-6f ? row[pivot] : 1e-6f);
        for (size_t index = pivot; index < count; index++) row[index] /= root;
        row[pivot] = root;
        for (size_t later = pivot + 1; later < count; later++) {
            subtract_multiple(matrix + later * count + later, row + later, row[later], count - later);
        }
    }
}

void advice_substitute(const float *upper, size_t count, float *sides, size_t column_count) {
    for (size_t start = 0; start < column_count; start += PANEL) {
        const size_t width = column_count - start < PANEL ? column_count - start : PANEL;
        for (size_t pivot = 0; pivot < count; pivot++) {
            const float *row = upper + pivot * count;
            float *side = sides + pivot * column_count + start;
            for (size_t index = 0; index < width; index++) side[index] /= row[pivot];
            for (size_t later = pivot + 1; later < count; later++) {
                subtract_multiple(sides + later * column_count + start, side, row[later], width);
            }
        }
    }
}

void advice_subtract_products(
    float *matrix, size_t row_count, size_t column_count, const float *left, size_t left_stride, const float *right,
    size_t right_stride, size_t count) {
    for (size_t start = 0; start < column_count; start += PANEL) {
        const size_t width = column_count - start < PANEL ? column_count - start : PANEL;
        for (size_t row = 0; row < row_count; row++) {
            float *target = matrix + row * column_count + start;
            for (size_t index = 0; index < count; index++) {
                subtract_multiple(target, right + index * right_stride + start, left[index * left_stride + row], width);
            }
        }
    }
}

void advice_subtract_outer(
    float *matrix, size_t row_count, size_t column_count, const float *column, const float *row) {
    for (size_t index = 0; index < row_count; index++) {
        subtract_multiple(matrix + index * column_count, row, column[index], column_count);
    }
}

void advice_openness(const float *margins, const float *variances, size_t count, float *openness) {
    for (size_t index = 0; index < count; index++) {
        // A choice that is settled altogether is as open as one that all but is.
        const float variance = variances[index] > 1e-6f ? variances[index] : 1e-6f;
        openness[index] = expf(-margins[index] * margins[index] / (2 * variance)) / sqrtf(variance);
    }
}

void advice_weighted_square_sums(
    const float *matrix, size_t row_count, size_t column_count, const float *weights, float *sums) {
    for (size_t row = 0; row < row_count; row++) {
        const float *values = matrix + row * column_count;
        float lanes[8] = {0};
        size_t index = 0;
        for (; index + 8 <= column_count; index += 8) {
            for (size_t lane = 0; lane < 8; lane++) {
                lanes[lane] += weights[index + lane] * values[index + lane] * values[index + lane];
            }
        }
        for (; index < column_count; index++) lanes[0] += weights[index] * values[index] * values[index];
        float sum = 0;
        for (size_t lane = 0; lane < 8; lane++) sum += lanes[lane];
        sums[row] = sum;
    }
}
