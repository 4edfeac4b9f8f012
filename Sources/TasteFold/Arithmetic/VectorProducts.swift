/// The products of two vectors of `Int16`, added in neighbouring pairs, modulo 2^32: lane l is a[2l]·b[2l] + a[2l+1]·b[2l+1].
///
/// One instruction where the processor has it (`pmaddwd` of SSE2, `smull` and `addp` of arm64); the compiler recognizes
/// the shape. A pair's sum is at most 2^31 in magnitude and only (−32768)²·2 reaches it, so sums of pairs are exact
/// modulo 2^32, and exact as such wherever the caller's bound says that the true sum fits 32 bits.
@inline(__always)
func pairwiseProducts(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
    let products = widen(a) &* widen(b)
    return products.evenHalf &+ products.oddHalf
}

/// The same numbers in 32 bits.
///
/// Lane by lane, because the compiler may decide not to inline the generic conversion, at ten times the cost; it turns
/// this into one or two instructions.
@inline(__always)
func widen(_ a: SIMD8<Int16>) -> SIMD8<Int32> {
    SIMD8(
        Int32(truncatingIfNeeded: a[0]), Int32(truncatingIfNeeded: a[1]), Int32(truncatingIfNeeded: a[2]),
        Int32(truncatingIfNeeded: a[3]), Int32(truncatingIfNeeded: a[4]), Int32(truncatingIfNeeded: a[5]),
        Int32(truncatingIfNeeded: a[6]), Int32(truncatingIfNeeded: a[7]))
}

/// Two vectors as one of 16-bit numbers, modulo 2^16.
@inline(__always)
func pack(_ a: SIMD4<Int32>, _ b: SIMD4<Int32>) -> SIMD8<Int16> {
    SIMD8(
        Int16(truncatingIfNeeded: a[0]), Int16(truncatingIfNeeded: a[1]), Int16(truncatingIfNeeded: a[2]),
        Int16(truncatingIfNeeded: a[3]), Int16(truncatingIfNeeded: b[0]), Int16(truncatingIfNeeded: b[1]),
        Int16(truncatingIfNeeded: b[2]), Int16(truncatingIfNeeded: b[3]))
}

/// The larger number of each lane.
@inline(__always)
func larger(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD8<Int16> {
    a.replacing(with: b, where: b .> a)
}

/// The smaller number of each lane.
@inline(__always)
func smaller(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD8<Int16> {
    a.replacing(with: b, where: b .< a)
}

/// The exact sum of four lanes.
@inline(__always)
func wideSum(_ lanes: SIMD4<Int32>) -> Int {
    Int(lanes[0]) &+ Int(lanes[1]) &+ Int(lanes[2]) &+ Int(lanes[3])
}

/// Eight components at any address.
@inline(__always)
func load(_ components: UnsafePointer<Int16>) -> SIMD8<Int16> {
    UnsafeRawPointer(components).loadUnaligned(as: SIMD8<Int16>.self)
}

/// The 32-bit lanes of the products of four rows with one vector.
struct FourSums {
    var row0 = SIMD4<Int32>()
    var row1 = SIMD4<Int32>()
    var row2 = SIMD4<Int32>()
    var row3 = SIMD4<Int32>()

    /// The four sums modulo 2^32: exact when each product of a row and the vector fits 32 bits.
    @inline(__always)
    var narrow: SIMD4<Int32> { pairSums(pairSums(row0, row1), pairSums(row2, row3)) }

    /// The four sums, exactly, given that each lane is exact.
    ///
    /// The lanes' halves are summed apart, which cannot overflow: 4·2^16.
    @inline(__always)
    var wide: SIMD4<Int> {
        let mask = SIMD4<Int32>(repeating: 0xFFFF)
        let low = FourSums(row0: row0 & mask, row1: row1 & mask, row2: row2 & mask, row3: row3 & mask).narrow
        let high = FourSums(row0: row0 &>> 16, row1: row1 &>> 16, row2: row2 &>> 16, row3: row3 &>> 16).narrow
        return SIMD4(
            Int(high[0]) << 16 &+ Int(low[0]), Int(high[1]) << 16 &+ Int(low[1]),
            Int(high[2]) << 16 &+ Int(low[2]), Int(high[3]) << 16 &+ Int(low[3]))
    }

    @inline(__always)
    private func pairSums(_ a: SIMD4<Int32>, _ b: SIMD4<Int32>) -> SIMD4<Int32> {
        let both = SIMD8(lowHalf: a, highHalf: b)
        return both.evenHalf &+ both.oddHalf
    }
}

/// Adds the products of four rows with one vector, `count` components from the pointers on, a multiple of eight.
@inline(__always)
func addProducts(
    _ rows: UnsafePointer<Int16>, stride: Int, _ x: UnsafePointer<Int16>, count: Int, to sums: inout FourSums
) {
    let row1 = rows + stride
    let row2 = row1 + stride
    let row3 = row2 + stride
    var index = 0
    while index < count {
        let left = load(x + index)
        sums.row0 &+= pairwiseProducts(load(rows + index), left)
        sums.row1 &+= pairwiseProducts(load(row1 + index), left)
        sums.row2 &+= pairwiseProducts(load(row2 + index), left)
        sums.row3 &+= pairwiseProducts(load(row3 + index), left)
        index &+= 8
    }
}

/// Adds the products of four rows with two vectors, which share the loads of the rows.
@inline(__always)
func addProducts(
    _ rows: UnsafePointer<Int16>, stride: Int, _ x: UnsafePointer<Int16>, _ y: UnsafePointer<Int16>, count: Int,
    to sumsOfX: inout FourSums, _ sumsOfY: inout FourSums
) {
    let row1 = rows + stride
    let row2 = row1 + stride
    let row3 = row2 + stride
    var (p, q) = (sumsOfX, sumsOfY)
    var index = 0
    while index < count {
        let left = load(x + index)
        let right = load(y + index)
        let first = load(rows + index)
        p.row0 &+= pairwiseProducts(first, left)
        q.row0 &+= pairwiseProducts(first, right)
        let second = load(row1 + index)
        p.row1 &+= pairwiseProducts(second, left)
        q.row1 &+= pairwiseProducts(second, right)
        let third = load(row2 + index)
        p.row2 &+= pairwiseProducts(third, left)
        q.row2 &+= pairwiseProducts(third, right)
        let fourth = load(row3 + index)
        p.row3 &+= pairwiseProducts(fourth, left)
        q.row3 &+= pairwiseProducts(fourth, right)
        index &+= 8
    }
    (sumsOfX, sumsOfY) = (p, q)
}
