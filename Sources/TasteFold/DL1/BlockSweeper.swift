internal import CFoldKernels

/// The state of a ``BlockedSolver`` between sweeps.
struct BlockSweeper<Width: LimbWidth>: ~Copyable {
    /// The dual weights A_i.
    private(set) var weights: [Int]
    /// V = Σ A_i z_i.
    private(set) var sum: LimbedSum<Width>

    private let rows: UnsafePointer<Int16>
    private let differences: DifferenceMatrix
    private let scale: Int
    /// For each block, z_i·z_j at 16i + j of its 256 places, for i < j.
    private let blockProducts: UnsafeMutablePointer<Int32>
    /// The products with V and the steps of the block at hand.
    private let products: UnsafeMutablePointer<Int>
    private let steps: UnsafeMutablePointer<Int>
    private let factors: UnsafeMutablePointer<FactorPair>

    /// The rows of a block.
    private static var blockRows: Int { 16 }

    /// A state of zero weights.
    ///
    /// - Parameters:
    ///   - rows: The storage of the differences, which the caller keeps in place.
    ///   - sum: What V begins at; as long as a row.
    init(
        _ rows: UnsafePointer<Int16>, _ differences: DifferenceMatrix, scale: Int, sum: consuming LimbedSum<Width>
    ) {
        let size = Self.blockRows
        let blocks = (differences.count + size - 1) / size
        self.rows = rows
        self.differences = differences
        self.scale = scale
        weights = [Int](repeating: 0, count: differences.count)
        self.sum = sum
        blockProducts = .allocate(capacity: blocks * size * size)
        blockProducts.initialize(repeating: 0, count: blocks * size * size)
        products = .allocate(capacity: size)
        products.initialize(repeating: 0, count: size)
        steps = .allocate(capacity: size)
        steps.initialize(repeating: 0, count: size)
        factors = .allocate(capacity: size / 2)
        factors.initialize(repeating: 0, count: size / 2)
        for start in Swift.stride(from: 0, to: differences.count, by: size) { multiplyBlock(at: start) }
    }

    deinit {
        blockProducts.deallocate()
        products.deallocate()
        steps.deallocate()
        factors.deallocate()
    }

    /// One sweep over all rows.
    mutating func sweep() {
        for start in Swift.stride(from: 0, to: differences.count, by: Self.blockRows) {
            let count = min(Self.blockRows, differences.count - start)
            for first in Swift.stride(from: 0, to: count, by: DifferenceMatrix.rowGroup) {
                sum.multiply(row(start + first), into: products + first)
            }
            takeSteps(at: start, count: count)
            addSteps(at: start, count: count)
        }
    }

    /// Replaces the last sweep's end by its average: step i acted for (N−i)/N of the sweep.
    mutating func average(with before: [Int]) {
        let total = weights.count
        for start in Swift.stride(from: 0, to: total, by: Self.blockRows) {
            let count = min(Self.blockRows, total - start)
            for index in 0..<count {
                let row = start + index
                let average = before[row] + floorDivide((weights[row] - before[row]) * (total - row), by: total)
                steps[index] = average - weights[row]
                weights[row] = average
            }
            addSteps(at: start, count: count)
        }
    }

    private func row(_ index: Int) -> UnsafePointer<Int16> { rows + index * differences.stride }

    /// The scalar steps of a block, in which alone DL1 rounds.
    private mutating func takeSteps(at start: Int, count: Int) {
        switch sum.kernels {
        case .portable: takeStepsPortably(at: start, count: count)
        case .avx2: takeStepsAVX2(at: start, count: count)
        }
    }

    private mutating func takeStepsAVX2(at start: Int, count: Int) {
        // A step waits more than it works, so the next block's rows are fetched meanwhile. After the last block there is
        // nothing to fetch; what is fetched after a short one is not read.
        let next = start + Self.blockRows
        let (nextRows, fetchedByteCount) = next < differences.count ? (row(next), 2 * differences.stride) : (rows, 0)
        LogisticTable.knots.withUnsafeBufferPointer { knots in
            differences.squaredLengths.withUnsafeBufferPointer { lengths in
                weights.withUnsafeMutableBufferPointer { weights in
                    guard let lengths = lengths.baseAddress, let weights = weights.baseAddress else { return }
                    fold_take_steps(
                        fold_block(
                            row_products: blockProducts + start * Self.blockRows, squared_lengths: lengths + start,
                            scale: scale, knots: knots.baseAddress, count: count,
                            next_rows: nextRows, fetched_byte_count: fetchedByteCount),
                        products, weights + start, steps)
                }
            }
        }
    }

    private mutating func takeStepsPortably(at start: Int, count: Int) {
        let blockProducts = blockProducts + start * Self.blockRows
        let (scale, products, steps) = (scale, products, steps)
        LogisticTable.knots.withUnsafeBufferPointer { knots in
            differences.squaredLengths.withUnsafeBufferPointer { lengths in
                weights.withUnsafeMutableBufferPointer { weights in
                    for index in 0..<count {
                        let margin = floorDivide(products[index], by: scale)
                        let target = LogisticTable.complement(ofMargin: margin, knots: knots)
                        let weight = weights[start &+ index]
                        let step = roundDivide(
                            (target &- weight) &* scale, by: scale &+ lengths[start &+ index])
                        weights[start &+ index] = weight &+ step
                        steps[index] = step
                        let row = blockProducts + index &* Self.blockRows
                        var later = index &+ 1
                        while later < count {
                            products[later] &+= step &* Int(row[later])
                            later &+= 1
                        }
                    }
                }
            }
        }
    }

    /// Adds the block's steps times its rows to V, as many at a time as 32 bits can hold.
    private mutating func addSteps(at start: Int, count: Int) {
        if count % 2 == 1 { steps[count] = 0 }
        let largest = differences.largest
        var first = 0
        while first < count {
            var growth = 0
            var end = first
            while end < count {
                let more = (abs(steps[end]) &+ abs(steps[end + 1])) &* largest
                // Two rows always fit: 2·16379·2^15 = 2^30 − 5·2^16.
                guard growth &+ more <= LimbedSum<Width>.largestGrowth else { break }
                growth &+= more
                factors[end / 2] =
                    UInt32(UInt16(bitPattern: Int16(steps[end]))) | UInt32(UInt16(bitPattern: Int16(steps[end + 1])))
                    << 16
                end += 2
            }
            let pairs = UnsafeBufferPointer(start: factors + first / 2, count: (end - first) / 2)
            sum.add(row(start + first), factors: pairs, growth: growth)
            first = end
        }
    }

    /// The products of a block's rows with each other. Each is at most √(2^31)², hence exact in 32 bits.
    private func multiplyBlock(at start: Int) {
        let count = min(Self.blockRows, differences.count - start)
        let place = blockProducts + start * Self.blockRows
        for column in Swift.stride(from: 0, to: count, by: 2) {
            for first in Swift.stride(from: 0, through: column, by: DifferenceMatrix.rowGroup) {
                let (x, y) = sum.kernels.products(
                    of: row(start + first), with: row(start + column), row(start + column + 1),
                    count: differences.stride)
                for index in 0..<DifferenceMatrix.rowGroup {
                    place[(first + index) * Self.blockRows + column] = x[index]
                    place[(first + index) * Self.blockRows + column + 1] = y[index]
                }
            }
        }
    }
}
