#ifndef CFOLDKERNELS_H
#define CFOLDKERNELS_H

#include "CAdviceLoops.h"

#include <stddef.h>
#include <stdint.h>

// First, loops for any processor that Swift would not make vector instructions of: its checks of ranges are in the way.

/// Writes ⌊x⌋ − 2^15 for x = (2·2^14·v + length)/(2·length) + 2^15, where v = value >> shift with |v| <= length < 2^32 and
/// |v| <= 2^24.
void fold_scale(const intptr_t *values, size_t count, int32_t shift, intptr_t length, int16_t *scaled);

/// Adds weight·component to each sum, for |weight·component| < 2^31.
void fold_add_weighted(const int16_t *components, size_t count, int32_t weight, intptr_t *sums);

// The inner loops of the fold for processors with AVX2, which Swift cannot ask for function by function. Each computes
// what TasteFold's Swift kernel of the same purpose does, sixteen components at a time instead of eight. Counts of
// components are multiples of sixteen; all sums are exact integers under the bounds that the Swift side proves, and a
// lane here sums a part of what a lane sums there.

/// A vector in limbs: low + 2^bits·middle + 2^(2·bits)·top, component by component.
typedef struct {
    int16_t *low;
    int16_t *middle;
    int16_t *top;
    size_t count;
    int32_t bits;
} fold_limbs;

/// Whether this processor has AVX2, so that the other functions may be called.
int fold_kernels_are_available(void);

/// The products of four neighbouring rows with the vector; `with_top` says whether its top limb has to be read.
///
/// Lanes are widened after every `segment` components.
void fold_products(const int16_t *rows, fold_limbs limbs, int with_top, size_t segment, intptr_t products[4]);

/// Adds `factor·row` for pairs of neighbouring rows when middle has room for it.
///
/// A pair of factors is two signed 16-bit numbers, the first row's in the low half. Returns the largest magnitude in
/// middle.
int32_t fold_add_to_middle(const int16_t *rows, const uint32_t *factors, size_t pair_count, fold_limbs limbs);

/// The same, leaving `bits` bits in middle and the rest in top. Returns the largest magnitude in top.
int32_t fold_add_through_top(const int16_t *rows, const uint32_t *factors, size_t pair_count, fold_limbs limbs);

/// The products modulo 2^32 of a row and one of its next: two columns for each of four rows.
void fold_pair_products(
    const int16_t *rows, const int16_t *left, const int16_t *right, size_t count, int32_t left_products[4],
    int32_t right_products[4]);

/// The rows of a block, at most sixteen, as the scalar steps of a sweep see them.
typedef struct {
    /// The products of rows with each other, at 16·earlier + later.
    const int32_t *row_products;
    /// The rows' sums of squares.
    const intptr_t *squared_lengths;
    /// c of the fold.
    intptr_t scale;
    /// The logistic function's 129 knots.
    const uint16_t *knots;
    size_t count;
    /// Rows that will be read soon, and how many bytes of them to fetch for each row of this block.
    const void *next_rows;
    size_t fetched_byte_count;
} fold_block;

/// Takes a block's steps in order. Both pointers name sixteen places: the rows' products with the vector as it was before
/// the block, which are used up, and the steps, which are written.
void fold_take_steps(fold_block block, intptr_t products[16], intptr_t *weights, intptr_t steps[16]);

/// What is known of a difference once it is written.
typedef struct {
    /// Whether the components are so small that all of this is exact; otherwise nothing of it holds.
    int is_exact;
    /// The sum of squares.
    intptr_t squared_length;
    /// The largest magnitude.
    int32_t largest;
    /// No lane of four sums to more over the magnitudes of one segment.
    int32_t lane_sum;
} fold_difference;

/// Writes `left - right` and measures it. The components may stand at any address, and there may be any number of them.
fold_difference fold_subtract(const void *left, const void *right, size_t count, size_t segment, int16_t *difference);

#endif
