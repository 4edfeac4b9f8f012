// The scalar integer operations in which folds round. Everything else in a fold is an exact integer sum.

#if _endian(big)
    #error("Embeddings are read in place as little-endian integers, so a big-endian host would misread them.")
#endif

/// The quotient rounded towards minus infinity; Swift's `/` rounds towards zero.
///
/// - Precondition: `divisor` is positive.
@inline(__always)
func floorDivide(_ dividend: Int, by divisor: Int) -> Int {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    // The remainder has the dividend's sign, so its sign bit alone says whether truncation went up.
    return quotient &+ (remainder >> (Int.bitWidth - 1))
}

/// The quotient rounded to the nearest integer, halves up.
///
/// - Precondition: `divisor` is positive, and twice each argument fits an `Int`.
@inline(__always)
func roundDivide(_ dividend: Int, by divisor: Int) -> Int {
    floorDivide(2 * dividend + divisor, by: 2 * divisor)
}

/// The largest integer whose square is not above `value`.
func squareRoot(_ value: UInt64) -> UInt64 {
    // The Double is within one of the root; near 2^64 it can round up to 2^32, whose square would overflow.
    var root = min(UInt64(Double(value).squareRoot()), UInt64(UInt32.max))
    while root * root > value { root -= 1 }
    while value - root * root > 2 * root { root += 1 }
    return root
}

/// The number of bits of a magnitude: 0 for 0, 1 for 1, 24 for 2^24 − 1.
@inline(__always)
func bitLength(_ magnitude: UInt) -> Int {
    UInt.bitWidth - magnitude.leadingZeroBitCount
}

/// `factor * other / 2^shift` rounded towards minus infinity, the product in 128 bits.
///
/// - Precondition: The result fits an `Int`, and `shift` is between 1 and 63.
@inline(__always)
func floorShift(_ factor: Int, times other: Int, by shift: Int) -> Int {
    let (high, low) = factor.multipliedFullWidth(by: other)
    return high << (Int.bitWidth - shift) | Int(truncatingIfNeeded: low >> UInt(shift))
}
