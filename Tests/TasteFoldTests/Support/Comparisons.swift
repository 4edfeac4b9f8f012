import TasteFold

/// A comparison of vectors; without a loser it is a like.
struct VectorComparison: Sendable {
    let winner: [Int16]
    let loser: [Int16]?

    init(_ winner: [Int16], over loser: [Int16]?) {
        self.winner = winner
        self.loser = loser
    }
}

extension ComparisonSet {
    /// Appends a comparison from bytes that start at an odd address when `shifted`, as a mapped record's may.
    mutating func append(_ comparison: VectorComparison, shifted: Bool = false) throws(FoldError) -> Bool {
        let winner = comparison.winner.littleEndianBytes(shifted: shifted)
        let start = shifted ? 1 : 0
        guard let loser = comparison.loser?.littleEndianBytes(shifted: shifted) else {
            return try append(liked: winner.span.bytes.extracting(start...))
        }
        return try append(
            winner: winner.span.bytes.extracting(start...), loser: loser.span.bytes.extracting(start...))
    }

    /// A set of comparisons in this order.
    init(space: SpaceDescriptor, _ comparisons: [VectorComparison]) throws(FoldError) {
        self.init(space: space, capacity: comparisons.count)
        for comparison in comparisons { _ = try append(comparison) }
    }
}

extension [Int16] {
    /// The components as little-endian bytes, after one other byte when `shifted`.
    func littleEndianBytes(shifted: Bool = false) -> [UInt8] {
        (shifted ? [0xAA] : []) + flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }
}
