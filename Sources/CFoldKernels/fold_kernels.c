// The compiler's attribute lets these functions alone use AVX2; whoever calls them asks first whether it is there.
#include "CFoldKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define KERNEL __attribute__((target("avx2,fma")))
#define INLINED static inline __attribute__((target("avx2,fma"), always_inline))

int fold_kernels_are_available(void) { return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0; }

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

// MARK: Steps

// A step waits for two divisions, each as long as all else in it. So quotients are estimated in floating point, and the
// remainder, an exact integer beside the way that the step waits on, says whether an estimate is right. It practically
// always is; otherwise the processor's division decides.

/// Added to a number of magnitude below 2^51, rounds it to an integer, which the lowest bits then hold.
#define ROUNDING 0x1.8p52

INLINED intptr_t rounded(double estimate) {
    int64_t bits;
    memcpy(&bits, &estimate, sizeof bits);
    return bits - 0x4338000000000000;
}

/// Whether a quotient is the dividend's by a positive divisor, rounded towards minus infinity.
INLINED int is_quotient(intptr_t quotient, intptr_t dividend, intptr_t divisor) {
    const uint64_t remainder = (uint64_t)dividend - (uint64_t)quotient * (uint64_t)divisor;
    return __builtin_expect(remainder < (uint64_t)divisor, 1);
}

INLINED intptr_t floor_divide(intptr_t dividend, intptr_t divisor) {
    return dividend / divisor - (dividend % divisor < 0);
}

/// The logistic function of the negated margin, from its knots.
INLINED intptr_t complement_of_margin(intptr_t margin, const uint16_t *knots) {
    if (margin < -32768) margin = -32768;
    if (margin > 32768) margin = 32768;
    const intptr_t offset = margin + 32768;
    const intptr_t index = offset >> 9 < 127 ? offset >> 9 : 127;
    const intptr_t fraction = offset - (index << 9);
    return (knots[index] * (512 - fraction) + knots[index + 1] * fraction + 256) >> 9;
}

KERNEL void fold_take_steps(fold_block block, intptr_t products[16], intptr_t *weights, intptr_t steps[16]) {
    double ratios[16];
    for (size_t index = 0; index < block.count; index += 1) {
        ratios[index] = (double)block.scale / (double)(block.scale + block.squared_lengths[index]);
    }
    const double reciprocal = 1.0 / (double)block.scale;
    // Half a divisor less, so that rounding to the nearest integer rounds down.
    const intptr_t half = block.scale / 2;
    intptr_t product = products[0];
    double lowered = (double)(product - half);
    for (size_t index = 0; index < block.count; index += 1) {
        const char *next_row = (const char *)block.next_rows + index * block.fetched_byte_count;
        for (size_t offset = 0; offset < block.fetched_byte_count; offset += 64) {
            _mm_prefetch(next_row + offset, _MM_HINT_T1);
        }
        intptr_t margin = rounded(lowered * reciprocal + ROUNDING);
        if (!is_quotient(margin, product, block.scale)) margin = floor_divide(product, block.scale);
        const intptr_t change = complement_of_margin(margin, block.knots) - weights[index];
        const intptr_t divisor = block.scale + block.squared_lengths[index];
        const double estimate = (double)change * ratios[index] + ROUNDING;
        double factor = estimate - ROUNDING;
        intptr_t step = rounded(estimate);
        const intptr_t dividend = 2 * change * block.scale + divisor;
        if (!is_quotient(step, dividend, 2 * divisor)) {
            step = floor_divide(dividend, 2 * divisor);
            factor = (double)step;
        }
        weights[index] += step;
        steps[index] = step;
        if (index + 1 == block.count) break;
        // The next step waits for its product only; the others are a vector's work beside it. Those of earlier rows are
        // computed with them and read no more.
        const int32_t *row = block.row_products + 16 * index;
        product = products[index + 1] + step * row[index + 1];
        lowered = (double)(products[index + 1] - half) + factor * (double)row[index + 1];
        const __m256i factors = _mm256_set1_epi64x(step);
        for (size_t later = (index + 2) & ~(size_t)3; later < 16; later += 4) {
            const __m256i others = _mm256_cvtepi32_epi64(_mm_loadu_si128((const __m128i *)(row + later)));
            _mm256_storeu_si256(
                (__m256i *)(products + later),
                _mm256_add_epi64(load(products + later), _mm256_mul_epi32(others, factors)));
        }
    }
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
    /// The largest magnitude, unsigned.
    __m256i largest;
    /// The sums modulo 2^32 of squares in this segment.
    __m256i squares;
    /// The sums of magnitudes in this segment.
    __m256i magnitudes;
} measure;

/// Sixteen components less sixteen others, cut off where they do not fit; then `largest` shows it.
INLINED __m256i subtract(measure *so_far, __m256i x, __m256i y) {
    const __m256i difference = _mm256_subs_epi16(x, y);
    const __m256i magnitude = _mm256_abs_epi16(difference);
    so_far->largest = _mm256_max_epu16(so_far->largest, magnitude);
    so_far->squares = _mm256_add_epi32(so_far->squares, _mm256_madd_epi16(difference, difference));
    so_far->magnitudes =
        _mm256_add_epi32(so_far->magnitudes, _mm256_madd_epi16(magnitude, _mm256_set1_epi16(1)));
    return difference;
}

INLINED uint32_t largest_of_16(__m256i magnitudes) {
    const __m128i eight =
        _mm_max_epu16(_mm256_castsi256_si128(magnitudes), _mm256_extracti128_si256(magnitudes, 1));
    // The processor knows only the minimum of eight.
    const __m128i least = _mm_minpos_epu16(_mm_xor_si128(eight, _mm_set1_epi16(-1)));
    return 0xFFFF - (uint32_t)_mm_extract_epi16(least, 0);
}

/// The largest sum of a lane of four, which is two of these.
INLINED int32_t largest_lane_sum(__m256i sums) {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    four = _mm_max_epi32(four, _mm_shuffle_epi32(four, _MM_SHUFFLE(1, 0, 3, 2)));
    four = _mm_max_epi32(four, _mm_shuffle_epi32(four, _MM_SHUFFLE(2, 3, 0, 1)));
    return _mm_cvtsi128_si32(four);
}

/// The sum of eight unsigned lanes.
INLINED uint64_t sum_of_unsigned_lanes(__m256i lanes) {
    const __m256i odd = _mm256_srli_epi64(lanes, 32);
    const __m256i even = _mm256_and_si256(lanes, _mm256_set1_epi64x(0xFFFFFFFF));
    const __m256i four = _mm256_add_epi64(odd, even);
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
    return (uint64_t)_mm_cvtsi128_si64(two) + (uint64_t)_mm_extract_epi64(two, 1);
}

KERNEL fold_difference
fold_subtract(const void *left, const void *right, size_t count, size_t segment, int16_t *difference) {
    const char *x = left;
    const char *y = right;
    measure so_far = {.largest = _mm256_setzero_si256()};
    fold_difference result = {0};
    uint64_t largest_steps = 0;
    for (size_t start = 0; start < count; start += segment) {
        const size_t end = count - start < segment ? count : start + segment;
        so_far.squares = so_far.magnitudes = _mm256_setzero_si256();
        size_t index = start;
        for (; index + 16 <= end; index += 16) {
            store(difference + index, subtract(&so_far, load(x + 2 * index), load(y + 2 * index)));
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
        const uint64_t steps = (end - start + 15) / 16;
        if (steps > largest_steps) largest_steps = steps;
        result.squared_length += (intptr_t)sum_of_unsigned_lanes(so_far.squares);
        const int32_t lane_sum = largest_lane_sum(so_far.magnitudes);
        if (lane_sum > result.lane_sum) result.lane_sum = lane_sum;
    }
    const uint64_t largest = largest_of_16(so_far.largest);
    result.largest = (int32_t)largest;
    // Nothing was cut off, and no lane of squares, to each of which a step adds two, left 32 bits.
    result.is_exact = largest < INT16_MAX && 2 * largest_steps * largest * largest <= UINT32_MAX;
    return result;
}

#else

// Elsewhere TasteFold's Swift kernels are all there is.
int fold_kernels_are_available(void) { return 0; }

#endif
