/// Rows of integers, each the difference of two embeddings, and the bounds on which exactness rests.
///
/// Rows are `Int16`, padded with zeros to a multiple of ``DifferenceMatrix/tile`` components, and the row count padded
/// with zero rows to a multiple of ``DifferenceMatrix/rowGroup``, so that vector kernels need no remainder loops. The
/// difference of two canonical embeddings can reach +32768 (opposite axes): the first row with a component outside
/// `Int16` moves all rows to `Int32` storage, which only the plain loops read.
package struct DifferenceMatrix: Sendable {
    /// The number of components of a row that mean something.
    package let dimension: Int
    /// The distance between rows, in components.
    package let stride: Int
    private let kernels: FoldKernels
    /// The number of rows, without padding.
    package private(set) var count = 0
    /// The rows, unless ``isWide``.
    package private(set) var narrow: [Int16] = []
    /// The rows, if ``isWide``; neither padded by rows nor used by vector kernels.
    package private(set) var wide: [Int32] = []
    /// Whether a component of some row is outside `Int16`.
    package private(set) var isWide = false
    /// Each row's sum of squares, exactly; positive and below 2^31.
    package private(set) var squaredLengths: [Int] = []
    /// The sum of all squared lengths.
    package private(set) var sumOfSquaredLengths = 0
    /// The largest ``RowBounds/laneSum`` of all rows.
    package private(set) var largestLaneSum = 0
    /// The largest ``RowBounds/largest`` of all rows.
    package private(set) var largest = 0
    /// The sum of all rows' ``RowBounds/largest``.
    package private(set) var sumOfLargest = 0

    /// Rows are padded to a multiple of this many components.
    package static let tile = 16
    /// Rows come in groups of this many.
    package static let rowGroup = 4

    package init(dimension: Int, capacity: Int, kernels: FoldKernels = .best) {
        self.kernels = kernels
        self.dimension = dimension
        stride = (dimension + Self.tile - 1) / Self.tile * Self.tile
        narrow.reserveCapacity((capacity + Self.rowGroup - 1) / Self.rowGroup * Self.rowGroup * stride)
        squaredLengths.reserveCapacity(capacity)
    }

    /// Adds the row `left - right`, unless it is zero.
    ///
    /// - Returns: Whether the row was added.
    /// - Throws: ``FoldError`` for bytes that are no embeddings of the dimension, or differ too much.
    package mutating func append(_ left: RawSpan, minus right: RawSpan) throws(FoldError) -> Bool {
        for span in [left.byteCount, right.byteCount] where span != 2 * dimension {
            throw .embeddingSize(byteCount: span, expected: 2 * dimension)
        }
        if !isWide {
            let difference = appendNarrow(left, minus: right)
            if difference.fits {
                guard difference.squaredLength < 1 << 31 else {
                    throw .implausibleDifference(squaredLength: difference.squaredLength)
                }
                guard difference.squaredLength > 0 else { return false }
                accept(squaredLength: difference.squaredLength, bounds: difference.bounds)
                return true
            }
        }
        return try appendWide(left, minus: right)
    }

    private mutating func accept(squaredLength: Int, bounds row: RowBounds) {
        squaredLengths.append(squaredLength)
        sumOfSquaredLengths += squaredLength
        largestLaneSum = max(largestLaneSum, Int(row.laneSum))
        largest = max(largest, Int(row.largest))
        sumOfLargest += Int(row.largest)
        count += 1
    }
}

/// What is known of a row's components, to bound sums of products with them.
package struct RowBounds: Hashable, Sendable {
    /// No component's magnitude is larger.
    package let largest: Int32
    /// No lane's sum of magnitudes is larger: lane l of four sums the components 2l, 2l+1 (mod 8) of one segment.
    package let laneSum: Int32
    /// The components of a segment; a vector kernel widens its 32-bit lanes after each one.
    package static let segment = 512
}

extension DifferenceMatrix {
    /// Writes the difference where the next row begins and measures it; the row counts only once accepted.
    private mutating func appendNarrow(_ left: RawSpan, minus right: RawSpan) -> DifferenceMeasure {
        let start = count * stride
        if start == narrow.count {
            narrow.append(contentsOf: repeatElement(0, count: Self.rowGroup * stride))
        }
        let dimension = dimension
        return narrow.withUnsafeMutableBufferPointer { storage in
            // Pointers, because a bounds check for each eight components doubles the time of this loop. In bounds: both
            // spans hold `dimension` components, and the storage holds the row, since it grows by whole rows above.
            left.withUnsafeBytes { left in
                right.withUnsafeBytes { right in
                    DifferenceMeasure(
                        writing: UnsafeMutableBufferPointer(rebasing: storage[start..<(start + dimension)]),
                        left: left, right: right, kernels: kernels)
                }
            }
        }
    }

    private mutating func appendWide(_ left: RawSpan, minus right: RawSpan) throws(FoldError) -> Bool {
        var row: [Int32] = []
        var squaredLength = 0
        var largest: Int32 = 0
        row.reserveCapacity(stride)
        for index in 0..<dimension {
            let component =
                Int32(left.unsafeLoadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
                - Int32(right.unsafeLoadUnaligned(fromByteOffset: 2 * index, as: Int16.self))
            row.append(component)
            squaredLength += Int(component) * Int(component)
            largest = max(largest, abs(component))
        }
        guard squaredLength < 1 << 31 else { throw .implausibleDifference(squaredLength: squaredLength) }
        guard squaredLength > 0 else { return false }
        if !isWide { widen() }
        row.append(contentsOf: repeatElement(0, count: stride - dimension))
        wide.append(contentsOf: row)
        accept(squaredLength: squaredLength, bounds: RowBounds(largest: largest, laneSum: .max))
        return true
    }

    private mutating func widen() {
        wide = narrow[..<(count * stride)].map(Int32.init)
        narrow = []
        isWide = true
    }
}
