internal import CFoldKernels

/// The scale of embeddings, directions and dual weights: 1 is 2^14.
enum Q14 {
    static let fractionBits = 14
    static let one = 1 << fractionBits
}

/// A vector of integers scaled to length 1 in Q14, and what it was scaled by.
struct NormalizedVector {
    /// The Q14 components; all zero when the integers were.
    let components: [Int16]
    /// The integer square root of the sum of squares of the integers after the shift.
    let length: Int
    /// How many low bits were dropped before squaring, so that 24-bit components remain.
    let shift: Int

    /// Normalizes integers as fold.md, section 3, does for embeddings and directions alike.
    ///
    /// With u = integers >> shift: |u_k| <= 2^24, so for the at most 65,535 components of an embedding the sum of
    /// squares is below 2^64; and |u_k| <= length, so that every component is within ±2^14 and fits an `Int16`.
    init(_ integers: [Int]) {
        precondition(integers.count <= Embedding.largestDimension, "too many components")
        // Has the bit length of the largest magnitude, which is all that is asked.
        var largest: UInt = 0
        for value in integers { largest |= value.magnitude }
        let shift = max(0, bitLength(largest) - 24)
        var sum: UInt64 = 0
        for value in integers {
            let component = UInt64(bitPattern: Int64(value >> shift))
            sum &+= component &* component
        }
        let length = Int(squareRoot(sum))
        self.length = length
        self.shift = shift
        guard length > 0 else {
            components = [Int16](repeating: 0, count: integers.count)
            return
        }
        components = Self.scaled(integers, shift: shift, by: length)
    }

    /// `roundDivide((integer >> shift) << 14, by: length)` for each integer, with divisions of doubles, which take a
    /// third of the time of integer ones.
    ///
    /// ⌊x⌋ for x = (2·2^14·value + length)/(2·length) + 2^15. Numerator and denominator are below 2^50, hence exact, and x
    /// is positive and below 2^17. The quotient is x rounded to the nearest double, at most 2^-37 away. It could be cut off
    /// to another integer than x only if x were that close below an integer n; but then n − x >= 1/(2·length) > 2^-34.
    private static func scaled(_ integers: [Int], shift: Int, by length: Int) -> [Int16] {
        [Int16](unsafeUninitializedCapacity: integers.count) { scaled, count in
            integers.withUnsafeBufferPointer {
                fold_scale($0.baseAddress, $0.count, Int32(shift), length, scaled.baseAddress)
            }
            count = integers.count
        }
    }
}

/// The sum of squares of components; exact for up to 65,535 of them.
func squaredLength(_ components: [Int16]) -> Int {
    var sum = 0
    for component in components { sum &+= Int(component) &* Int(component) }
    return sum
}

/// Whether a nonzero vector can be what ``NormalizedVector`` makes of integers whose own length is `source` or more.
///
/// Each component is the exact u_k·2^14/s rounded by at most ½, where s = ⌊|u|⌋. So the vector's length is within √d/2 of
/// 2^14·|u|/s, and 1 <= |u|/s < (s+1)/s.
func isPlausiblyNormalized(_ components: [Int16], sourceLength source: Int) -> Bool {
    let slack = Int(squareRoot(UInt64(components.count))) / 2 + 2
    let shortest = max(0, Q14.one - slack)
    let longest = Q14.one + Q14.one / source + slack
    let length = squaredLength(components)
    return (shortest * shortest...longest * longest).contains(length)
        && components.allSatisfy { $0.magnitude <= Q14.one }
}
