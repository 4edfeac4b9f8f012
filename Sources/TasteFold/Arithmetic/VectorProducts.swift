/// The products of two vectors of `Int16`, added in neighbouring pairs, modulo 2^32: lane l is a[2l]·b[2l] + a[2l+1]·b[2l+1].
///
/// One instruction where the processor has it (`pmaddwd` of SSE2, `smull` and `addp` of arm64); the compiler recognizes
/// the shape. A pair's sum is at most 2^31 in magnitude and only (−32768)²·2 reaches it, so sums of pairs are exact
/// modulo 2^32, and exact as such wherever the caller's bound says that the true sum fits 32 bits.
@inline(__always)
func pairwiseProducts(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
    let products = SIMD8<Int32>(truncatingIfNeeded: a) &* SIMD8<Int32>(truncatingIfNeeded: b)
    return products.evenHalf &+ products.oddHalf
}

/// The exact sum of four lanes.
@inline(__always)
func wideSum(_ lanes: SIMD4<Int32>) -> Int {
    Int(lanes[0]) &+ Int(lanes[1]) &+ Int(lanes[2]) &+ Int(lanes[3])
}
