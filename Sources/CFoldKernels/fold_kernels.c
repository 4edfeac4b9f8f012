// The compiler's attribute lets these functions alone use AVX2; whoever calls them asks first whether it is there.
#include "CFoldKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define KERNEL __attribute__((target("avx2")))
#define INLINED static inline __attribute__((target("avx2"), always_inline))

int fold_kernels_are_available(void) { return __builtin_cpu_supports("avx2") != 0; }

INLINED __m256i load(const void *components) { return _mm256_loadu_si256((const __m256i *)components); }

INLINED void store(int16_t *components, __m256i value) { _mm256_storeu_si256((__m256i *)components, value); }

// MARK: Products

/// Eight exact 32-bit lanes as four 64-bit ones, each the sum of two.
INLINED __m256i widen_lanes(__m256i lanes) {
    return _mm256_add_epi64(
        _mm256_cvtepi32_epi64(_mm256_castsi256_si128(lanes)), _mm256_cvtepi32_epi64(_mm256_extracti128_si256(lanes, 1)));
}

/// The sums of the lanes of four vectors.
INLINED __m256i sums_of_wide_lanes(__m256i a, __m256i b, __m256i c, __m256i d) {
    const __m256i ab = _mm256_add_epi64(_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
    const __m256i cd = _mm256_add_epi64(_mm256_unpacklo_epi64(c, d), _mm256_unpackhi_epi64(c, d));
    return _mm256_add_epi64(_mm256_permute2x128_si256(ab, cd, 0x20), _mm256_permute2x128_si256(ab, cd, 0x31));
}

/// The sums modulo 2^32 of the lanes of four vectors.
INLINED __m128i sums_of_lanes(__m256i a, __m256i b, __m256i c, __m256i d) {
    const __m256i both = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    return _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
}

/// The lanes of the products of four rows with two vectors, which share the loads of the rows.
typedef struct {
    __m256i x[4];
    __m256i y[4];
} two_products;

INLINED two_products multiply_two(
    const int16_t *rows, size_t stride, const int16_t *x, const int16_t *y, size_t count) {
    two_products sums;
    for (int row = 0; row < 4; row += 1) sums.x[row] = sums.y[row] = _mm256_setzero_si256();
    for (size_t index = 0; index < count; index += 16) {
        const __m256i left = load(x + index);
        const __m256i right = load(y + index);
        for (int row = 0; row < 4; row += 1) {
            const __m256i components = load(rows + row * stride + index);
            sums.x[row] = _mm256_add_epi32(sums.x[row], _mm256_madd_epi16(components, left));
            sums.y[row] = _mm256_add_epi32(sums.y[row], _mm256_madd_epi16(components, right));
        }
    }
    return sums;
}

KERNEL void fold_products(const int16_t *rows, fold_limbs limbs, int with_top, size_t segment, intptr_t products[4]) {
    __m256i wide[4];
    for (int row = 0; row < 4; row += 1) wide[row] = _mm256_setzero_si256();
    for (size_t start = 0; start < limbs.count; start += segment) {
        const size_t length = limbs.count - start < segment ? limbs.count - start : segment;
        const two_products sums =
            multiply_two(rows + start, limbs.count, limbs.low + start, limbs.middle + start, length);
        for (int row = 0; row < 4; row += 1) {
            const __m256i middle = _mm256_slli_epi64(widen_lanes(sums.y[row]), limbs.bits);
            wide[row] = _mm256_add_epi64(wide[row], _mm256_add_epi64(widen_lanes(sums.x[row]), middle));
        }
        if (!with_top) continue;
        for (int row = 0; row < 4; row += 1) {
            __m256i lanes = _mm256_setzero_si256();
            for (size_t index = start; index < start + length; index += 16) {
                const __m256i components = load(rows + row * limbs.count + index);
                lanes = _mm256_add_epi32(lanes, _mm256_madd_epi16(components, load(limbs.top + index)));
            }
            wide[row] = _mm256_add_epi64(wide[row], _mm256_slli_epi64(widen_lanes(lanes), 2 * limbs.bits));
        }
    }
    _mm256_storeu_si256((__m256i *)products, sums_of_wide_lanes(wide[0], wide[1], wide[2], wide[3]));
}

KERNEL void fold_pair_products(
    const int16_t *rows, const int16_t *left, const int16_t *right, size_t count, int32_t left_products[4],
    int32_t right_products[4]) {
    const two_products sums = multiply_two(rows, count, left, right, count);
    const __m128i x = sums_of_lanes(sums.x[0], sums.x[1], sums.x[2], sums.x[3]);
    const __m128i y = sums_of_lanes(sums.y[0], sums.y[1], sums.y[2], sums.y[3]);
    _mm_storeu_si128((__m128i *)left_products, x);
    _mm_storeu_si128((__m128i *)right_products, y);
}

// MARK: Adding rows

/// Sixteen components in 32 bits, in the order in which unpacking interleaves two rows; packing undoes it.
typedef struct {
    __m256i first;
    __m256i second;
} components32;

INLINED components32 unpack(__m256i components) {
    return (components32){
        _mm256_srai_epi32(_mm256_unpacklo_epi16(components, components), 16),
        _mm256_srai_epi32(_mm256_unpackhi_epi16(components, components), 16)};
}

INLINED __m256i pack(components32 value) { return _mm256_packs_epi32(value.first, value.second); }

/// The low `bits` bits as signed numbers.
INLINED components32 remainder_of(components32 value, int32_t bits) {
    return (components32){
        _mm256_srai_epi32(_mm256_slli_epi32(value.first, 32 - bits), 32 - bits),
        _mm256_srai_epi32(_mm256_slli_epi32(value.second, 32 - bits), 32 - bits)};
}

/// What is left of `value` without `remainder`, divided by 2^bits.
INLINED components32 quotient_of(components32 value, components32 remainder, int32_t bits) {
    return (components32){
        _mm256_srai_epi32(_mm256_sub_epi32(value.first, remainder.first), bits),
        _mm256_srai_epi32(_mm256_sub_epi32(value.second, remainder.second), bits)};
}

/// Adds to the low limb of sixteen components; returns what does not fit it, divided by 2^bits.
INLINED components32 add_to_low(
    const int16_t *rows, const uint32_t *factors, size_t pair_count, fold_limbs limbs, size_t index) {
    components32 sum = unpack(load(limbs.low + index));
    const int16_t *row = rows + index;
    for (size_t pair = 0; pair < pair_count; pair += 1) {
        const __m256i both = _mm256_set1_epi32((int32_t)factors[pair]);
        const __m256i first = load(row);
        const __m256i second = load(row + limbs.count);
        sum.first = _mm256_add_epi32(sum.first, _mm256_madd_epi16(_mm256_unpacklo_epi16(first, second), both));
        sum.second = _mm256_add_epi32(sum.second, _mm256_madd_epi16(_mm256_unpackhi_epi16(first, second), both));
        row += 2 * limbs.count;
    }
    const components32 remainder = remainder_of(sum, limbs.bits);
    store(limbs.low + index, pack(remainder));
    return quotient_of(sum, remainder, limbs.bits);
}

/// The largest magnitude of sixteen components; at most 32768.
INLINED int32_t largest_magnitude(__m256i largest, __m256i smallest) {
    int16_t above[16];
    int16_t below[16];
    store(above, largest);
    store(below, smallest);
    int32_t magnitude = 0;
    for (int lane = 0; lane < 16; lane += 1) {
        if (above[lane] > magnitude) magnitude = above[lane];
        if (-below[lane] > magnitude) magnitude = -below[lane];
    }
    return magnitude;
}

KERNEL int32_t fold_add_to_middle(
    const int16_t *rows, const uint32_t *factors, size_t pair_count, fold_limbs limbs) {
    __m256i largest = _mm256_setzero_si256();
    __m256i smallest = _mm256_setzero_si256();
    for (size_t index = 0; index < limbs.count; index += 16) {
        const components32 carry = add_to_low(rows, factors, pair_count, limbs, index);
        const __m256i middle = _mm256_add_epi16(load(limbs.middle + index), pack(carry));
        store(limbs.middle + index, middle);
        largest = _mm256_max_epi16(largest, middle);
        smallest = _mm256_min_epi16(smallest, middle);
    }
    return largest_magnitude(largest, smallest);
}

KERNEL int32_t fold_add_through_top(
    const int16_t *rows, const uint32_t *factors, size_t pair_count, fold_limbs limbs) {
    __m256i largest = _mm256_setzero_si256();
    __m256i smallest = _mm256_setzero_si256();
    for (size_t index = 0; index < limbs.count; index += 16) {
        const components32 carry = add_to_low(rows, factors, pair_count, limbs, index);
        components32 middle = unpack(load(limbs.middle + index));
        middle.first = _mm256_add_epi32(middle.first, carry.first);
        middle.second = _mm256_add_epi32(middle.second, carry.second);
        const components32 remainder = remainder_of(middle, limbs.bits);
        store(limbs.middle + index, pack(remainder));
        const __m256i top =
            _mm256_add_epi16(load(limbs.top + index), pack(quotient_of(middle, remainder, limbs.bits)));
        store(limbs.top + index, top);
        largest = _mm256_max_epi16(largest, top);
        smallest = _mm256_min_epi16(smallest, top);
    }
    return largest_magnitude(largest, smallest);
}

// MARK: Differences

/// What is known of a difference so far, lane by lane.
typedef struct {
    /// Not zero where a component did not fit.
    __m256i overflow;
    /// The largest magnitude, unsigned.
    __m256i largest;
    /// Four 64-bit sums of squares.
    __m256i squares;
    /// The sums of magnitudes in this segment, one less for each negative component.
    __m256i lane_sums;
} measure;

INLINED __m256i subtract(measure *so_far, __m256i x, __m256i y) {
    const __m256i difference = _mm256_sub_epi16(x, y);
    so_far->overflow =
        _mm256_or_si256(so_far->overflow, _mm256_xor_si256(difference, _mm256_subs_epi16(x, y)));
    so_far->largest = _mm256_max_epu16(so_far->largest, _mm256_abs_epi16(difference));
    // The squares of a pair sum to at most 2^31, an unsigned 32-bit integer.
    const __m256i squares = _mm256_madd_epi16(difference, difference);
    const __m256i odd = _mm256_srli_epi64(squares, 32);
    const __m256i even = _mm256_and_si256(squares, _mm256_set1_epi64x(0xFFFFFFFF));
    so_far->squares = _mm256_add_epi64(so_far->squares, _mm256_add_epi64(odd, even));
    const __m256i magnitude = _mm256_xor_si256(difference, _mm256_srai_epi16(difference, 15));
    so_far->lane_sums = _mm256_add_epi32(so_far->lane_sums, _mm256_madd_epi16(magnitude, _mm256_set1_epi16(1)));
    return difference;
}

/// The largest sum of a lane of four, which is two of these, given that each step added up to one too few a component.
INLINED int32_t largest_lane_sum(__m256i lane_sums, int32_t steps) {
    int32_t lanes[4];
    _mm_storeu_si128(
        (__m128i *)lanes,
        _mm_add_epi32(_mm256_castsi256_si128(lane_sums), _mm256_extracti128_si256(lane_sums, 1)));
    int32_t largest = 0;
    for (int lane = 0; lane < 4; lane += 1) {
        if (lanes[lane] > largest) largest = lanes[lane];
    }
    return largest + 4 * steps;
}

INLINED fold_difference summary(measure measured, int32_t lane_sum) {
    uint16_t magnitudes[16];
    int64_t squares[4];
    store((int16_t *)magnitudes, measured.largest);
    _mm256_storeu_si256((__m256i *)squares, measured.squares);
    fold_difference difference = {
        .fits = _mm256_testz_si256(measured.overflow, measured.overflow),
        .squared_length = squares[0] + squares[1] + squares[2] + squares[3],
        .lane_sum = lane_sum};
    for (int lane = 0; lane < 16; lane += 1) {
        if (magnitudes[lane] > difference.largest) difference.largest = magnitudes[lane];
    }
    return difference;
}

KERNEL fold_difference
fold_subtract(const void *left, const void *right, size_t count, size_t segment, int16_t *difference) {
    const char *x = left;
    const char *y = right;
    measure so_far = {
        _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
    int32_t lane_sum = 0;
    for (size_t start = 0; start < count; start += segment) {
        const size_t end = count - start < segment ? count : start + segment;
        so_far.lane_sums = _mm256_setzero_si256();
        size_t index = start;
        for (; index + 16 <= end; index += 16) {
            const __m256i components = subtract(
                &so_far, load(x + 2 * index), load(y + 2 * index));
            store(difference + index, components);
        }
        if (index < end) {
            int16_t last_x[16] = {0};
            int16_t last_y[16] = {0};
            int16_t last[16];
            memcpy(last_x, x + 2 * index, 2 * (end - index));
            memcpy(last_y, y + 2 * index, 2 * (end - index));
            store(last, subtract(&so_far, load(last_x), load(last_y)));
            memcpy(difference + index, last, 2 * (end - index));
        }
        const int32_t sum = largest_lane_sum(so_far.lane_sums, (int32_t)((end - start + 15) / 16));
        if (sum > lane_sum) lane_sum = sum;
    }
    return summary(so_far, lane_sum);
}

#else

// Elsewhere TasteFold's Swift kernels are all there is.
int fold_kernels_are_available(void) { return 0; }

#endif
