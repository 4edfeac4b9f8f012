/// The logistic function σ(−m) in Q14, from a frozen table; no exponential is computed at run time.
///
/// Knots every 1/8 logit on [−8, 8]: T[i] = round(16384 / (1 + e^((i−64)/8))), linear between them, constant outside.
/// The 129 knots as little-endian `UInt16` have the SHA-256
/// 2cd92d66e10632f4e1f01a03a46bca15ef8d549103c5a61e01d57bf2f05a63c8; a test holds them to it.
package enum LogisticTable {
    /// The largest value, that of every margin up to −8 logits.
    static let largest = 16379

    /// σ(−margin) in Q14, decreasing; the margin is in Q12 logits.
    package static func complement(ofMargin margin: Int) -> Int {
        knots.withUnsafeBufferPointer { complement(ofMargin: margin, knots: $0) }
    }

    /// The same for loops that hold the table's storage, so that the global is not looked up at every step.
    ///
    /// Margins are clamped to ±8 logits first: at +8 exactly the interval before the last knot is read at its end, which
    /// gives the last knot, as the definition asks.
    @inline(__always)
    static func complement(ofMargin margin: Int, knots: UnsafeBufferPointer<UInt16>) -> Int {
        let offset = min(max(margin, -32768), 32768) &+ 32768
        let index = min(offset >> 9, 127)
        let fraction = offset &- index << 9
        return (Int(knots[index]) &* (512 &- fraction) &+ Int(knots[index &+ 1]) &* fraction &+ 256) >> 9
    }

    /// The 129 knots.
    package static let knots: [UInt16] = [
        16379, 16378, 16377, 16376, 16375, 16374, 16372, 16371, 16369, 16367, 16365, 16362, 16359, 16356, 16352, 16348,
        16343, 16338, 16332, 16325, 16317, 16308, 16298, 16287, 16274, 16260, 16243, 16225, 16204, 16180, 16154, 16123,
        16089, 16051, 16008, 15959, 15904, 15842, 15772, 15694, 15607, 15509, 15400, 15277, 15141, 14990, 14822, 14636,
        14431, 14206, 13958, 13689, 13395, 13077, 12735, 12369, 11978, 11564, 11128, 10672, 10198, 9710, 9211, 8703,
        8192, 7681, 7173, 6674, 6186, 5712, 5256, 4820, 4406, 4015, 3649, 3307, 2989, 2695, 2426, 2178,
        1953, 1748, 1562, 1394, 1243, 1107, 984, 875, 777, 690, 612, 542, 480, 425, 376, 333,
        295, 261, 230, 204, 180, 159, 141, 124, 110, 97, 86, 76, 67, 59, 52, 46,
        41, 36, 32, 28, 25, 22, 19, 17, 15, 13, 12, 10, 9, 8, 7, 6,
        5,
    ]
}
