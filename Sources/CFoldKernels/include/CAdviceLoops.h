#ifndef CADVICELOOPS_H
#define CADVICELOOPS_H

#include <stddef.h>

// Loops of advice over single-precision matrices, row after row. They decide nothing that is hashed, so their rounding may
// differ between machines; on one machine they give the same numbers for the same input.

/// Replaces a symmetric positive definite matrix by the U with A = UᵀU in its upper half; the lower half is not read.
void advice_factor(float *matrix, size_t count);

/// Solves UᵀY = B for the columns of B, in place.
void advice_substitute(const float *upper, size_t count, float *sides, size_t column_count);

/// Subtracts LᵀR from a matrix; L and R have `count` rows, and `left_stride` and `right_stride` numbers from row to row.
void advice_subtract_products(
    float *matrix, size_t row_count, size_t column_count, const float *left, size_t left_stride, const float *right,
    size_t right_stride, size_t count);

/// Subtracts the product of a column and a row from a matrix.
void advice_subtract_outer(
    float *matrix, size_t row_count, size_t column_count, const float *column, const float *row);

/// How open choices are whose margin is believed to be normal: its density at zero, times √2π.
void advice_openness(const float *margins, const float *variances, size_t count, float *openness);

/// The sum of squares of each row, each square times the weight of its column.
void advice_weighted_square_sums(
    const float *matrix, size_t row_count, size_t column_count, const float *weights, float *sums);

#endif
