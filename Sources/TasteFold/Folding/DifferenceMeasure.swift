internal import CFoldKernels

/// One row of differences as it is written: whether it fits `Int16`, and its measures.
struct DifferenceMeasure {
    /// Whether every component fits `Int16`; nothing else holds otherwise.
    let fits: Bool
    /// The exact sum of squares.
    let squaredLength: Int
    let bounds: RowBounds

    /// Writes `left - right` as `Int16` and measures it.
    ///
    /// - Precondition: Both sides hold as many little-endian `Int16` as there are places in `row`.
    init(
        writing row: UnsafeMutableBufferPointer<Int16>, left: UnsafeRawBufferPointer, right: UnsafeRawBufferPointer,
        kernels: FoldKernels
    ) {
        precondition(left.count == 2 * row.count && right.count == 2 * row.count, "a row of another dimension")
        if kernels == .avx2 {
            let measured =
                fold_subtract(left.baseAddress, right.baseAddress, row.count, RowBounds.segment, row.baseAddress)
            if measured.is_exact != 0 {
                self.init(exact: measured)
                return
            }
        }
        self.init(portablyWriting: row, left: left, right: right)
    }

    private init(exact measured: fold_difference) {
        fits = true
        squaredLength = measured.squared_length
        bounds = RowBounds(largest: measured.largest, laneSum: measured.lane_sum)
    }

    private init(
        portablyWriting row: UnsafeMutableBufferPointer<Int16>, left: UnsafeRawBufferPointer,
        right: UnsafeRawBufferPointer
    ) {
        var state = Accumulation()
        let whole = row.count & ~7
        for start in Swift.stride(from: 0, to: whole, by: 8) {
            let x = left.loadUnaligned(fromByteOffset: 2 * start, as: SIMD8<Int16>.self)
            let y = right.loadUnaligned(fromByteOffset: 2 * start, as: SIMD8<Int16>.self)
            let difference = state.add(x, minus: y)
            UnsafeMutableRawBufferPointer(row).storeBytes(
                of: difference, toByteOffset: 2 * start, as: SIMD8<Int16>.self)
            if (start + 8) % RowBounds.segment == 0 { state.endSegment() }
        }
        if whole < row.count {
            var x = SIMD8<Int16>()
            var y = SIMD8<Int16>()
            for index in whole..<row.count {
                x[index - whole] = left.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)
                y[index - whole] = right.loadUnaligned(fromByteOffset: 2 * index, as: Int16.self)
            }
            let difference = state.add(x, minus: y)
            for index in whole..<row.count { row[index] = difference[index - whole] }
        }
        state.endSegment()
        fits = state.overflow.min() >= 0
        squaredLength = state.squaredLength
        bounds = RowBounds(largest: Int32(state.largest.max()) + 1, laneSum: state.largestLaneSum)
    }

    private struct Accumulation {
        /// Negative in a lane in which a difference did not fit.
        var overflow = SIMD8<Int16>()
        /// The largest component, for negative ones the magnitude less one.
        var largest = SIMD8<Int16>()
        /// The sums of the squares' low and high halves. Squares of a pair sum to at most 2^31, an unsigned 32-bit
        /// integer; each half is below 2^16 and there are at most 8,192 steps, so neither sum reaches 2^30.
        var lowSquares = SIMD4<UInt32>()
        var highSquares = SIMD4<UInt32>()
        /// The sums of magnitudes in this segment, one less for each negative component.
        var laneSums = SIMD4<Int32>()
        /// The number of steps in this segment: two components a lane each.
        var steps: Int32 = 0
        var largestLaneSum: Int32 = 0

        @inline(__always)
        mutating func add(_ x: SIMD8<Int16>, minus y: SIMD8<Int16>) -> SIMD8<Int16> {
            let difference = x &- y
            // A difference overflows exactly when the operands' signs differ and the result's is not the minuend's.
            overflow |= (x ^ y) & (x ^ difference)
            let magnitude = difference ^ (difference &>> 15)
            largest = larger(largest, magnitude)
            let squares = unsafeBitCast(pairwiseProducts(difference, difference), to: SIMD4<UInt32>.self)
            lowSquares &+= squares & 0xFFFF
            highSquares &+= squares &>> 16
            laneSums &+= pairwiseProducts(magnitude, SIMD8(repeating: 1))
            steps &+= 1
            return difference
        }

        mutating func endSegment() {
            largestLaneSum = max(largestLaneSum, laneSums.max() + 2 * steps)
            laneSums = SIMD4()
            steps = 0
        }

        var squaredLength: Int {
            var sum = 0
            for lane in 0..<4 { sum += Int(lowSquares[lane]) + Int(highSquares[lane]) << 16 }
            return sum
        }
    }
}
