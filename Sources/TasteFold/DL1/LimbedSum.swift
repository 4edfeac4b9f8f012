/// How many bits the lower limbs of a ``LimbedSum`` have.
protocol LimbWidth {
    static var bits: Int32 { get }
}

/// For rows whose lanes sum to less than 2^17, as those of dense embeddings do.
enum WideLimbs: LimbWidth {
    static var bits: Int32 { @inline(__always) get { 15 } }
}

/// For rows whose lanes sum to less than 2^18.
enum MediumLimbs: LimbWidth {
    static var bits: Int32 { @inline(__always) get { 14 } }
}

/// For every other row: by Cauchy–Schwarz a lane's 128 components sum to at most √128·√(2^31) = 2^19.
enum NarrowLimbs: LimbWidth {
    static var bits: Int32 { @inline(__always) get { 12 } }
}

/// The vector V = Σ A_i z_i, exactly, in limbs that vector instructions multiply with rows.
///
/// V = low + 2^w·middle + 2^2w·top, with |low| <= 2^(w−1). The top limb is used only when middle grows too large. A product
/// of rows with V is the sum of those with the limbs, each of which is exact as long as no 32-bit lane overflows:
/// (largest magnitude of the limb)·(largest lane sum of the rows) < 2^31.
///
/// Owns raw memory rather than arrays: the kernels read several vectors and update others at once, and bounds checks at
/// every eight components would cost as much as the arithmetic. All offsets are below `count`, a multiple of the tile.
struct LimbedSum<Width: LimbWidth>: ~Copyable {
    /// The number of components, padding included.
    let count: Int
    let kernels: FoldKernels
    /// No lane of the rows that are multiplied with the sum has a larger sum of magnitudes.
    let laneSum: Int
    let low: UnsafeMutablePointer<Int16>
    let middle: UnsafeMutablePointer<Int16>
    let top: UnsafeMutablePointer<Int16>
    /// No magnitude in `middle` is larger.
    var largestMiddle = 0
    /// Whether `top` has a component other than zero.
    var needsTop = false

    /// Zero.
    ///
    /// - Precondition: ``canHold(sumsOf:multipliedWith:)`` of the rows to add and the rows to multiply with.
    init(count: Int, laneSum: Int, kernels: FoldKernels) {
        self.count = count
        self.kernels = kernels
        self.laneSum = max(laneSum, 1)
        low = .allocate(capacity: 3 * count)
        low.initialize(repeating: 0, count: 3 * count)
        middle = low + count
        top = middle + count
    }

    /// These numbers; nil when they are too large to be multiplied with rows of such lanes.
    init?(_ values: [Int], count: Int, laneSum: Int, kernels: FoldKernels) {
        let bits = Int(Width.bits)
        let largest = values.reduce(0) { max($0, abs($1)) }
        let largestTop = largest >> (2 * bits) + 1
        guard largestTop <= Int(Int16.max), largestTop * laneSum < 1 << 31, laneSum << (bits - 1) < 1 << 31 else {
            return nil
        }
        self.init(count: count, laneSum: laneSum, kernels: kernels)
        for (index, value) in values.enumerated() {
            let lowest = (value &<< (64 &- bits)) &>> (64 &- bits)
            let rest = (value &- lowest) &>> bits
            let next = (rest &<< (64 &- bits)) &>> (64 &- bits)
            low[index] = Int16(truncatingIfNeeded: lowest)
            middle[index] = Int16(truncatingIfNeeded: next)
            top[index] = Int16(truncatingIfNeeded: (rest &- next) &>> bits)
        }
        largestMiddle = 1 << (bits - 1)
        needsTop = largest >> (2 * bits - 1) > 0
    }

    deinit {
        low.deallocate()
    }

    /// Whether every sum of rows with weights within 0...16379 can be held and multiplied with rows.
    ///
    /// |V_k| <= 16379·Σ largest_i at every moment, since every A_i stays within those bounds. So no limb can overflow:
    /// low and middle by their width, top by this bound.
    static func canHold(sumsOf rows: DifferenceMatrix, multipliedWith other: DifferenceMatrix) -> Bool {
        let largestTop = (LogisticTable.largest * rows.sumOfLargest) >> Int(2 * Width.bits) + 2
        let laneSum = max(rows.largestLaneSum, other.largestLaneSum)
        return !rows.isWide && !other.isWide
            && laneSum << Int(Width.bits - 1) < 1 << 31
            && largestTop <= Int(Int16.max)
            && largestTop * laneSum < 1 << 31
    }

    /// The components.
    var values: [Int] {
        let bits = Int(Width.bits)
        return (0..<count).map { Int(low[$0]) + Int(middle[$0]) << bits + Int(top[$0]) << (2 * bits) }
    }
}
