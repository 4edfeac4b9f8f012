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

/// For every other row: by Cauchy–Schwarz a lane's 256 components sum to at most 16·√(2^31) < 2^19.6.
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
    /// No lane of the rows that are multiplied with the sum has a larger sum of magnitudes.
    private let laneSum: Int
    private let low: UnsafeMutablePointer<Int16>
    private let middle: UnsafeMutablePointer<Int16>
    private let top: UnsafeMutablePointer<Int16>
    /// No magnitude in `middle` is larger.
    private var largestMiddle = 0
    /// Whether `top` has a component other than zero.
    private var needsTop = false

    /// Zero.
    ///
    /// - Precondition: ``canHold(sumsOf:multipliedWith:)`` of the rows to add and the rows to multiply with.
    init(count: Int, laneSum: Int) {
        self.count = count
        self.laneSum = max(laneSum, 1)
        low = .allocate(capacity: 3 * count)
        low.initialize(repeating: 0, count: 3 * count)
        middle = low + count
        top = middle + count
    }

    /// These numbers; nil when they are too large to be multiplied with rows of such lanes.
    init?(_ values: [Int], count: Int, laneSum: Int) {
        let bits = Int(Width.bits)
        let largest = values.reduce(0) { max($0, abs($1)) }
        let largestTop = largest >> (2 * bits) + 1
        guard largestTop <= Int(Int16.max), largestTop * laneSum < 1 << 31, laneSum << (bits - 1) < 1 << 31 else {
            return nil
        }
        self.init(count: count, laneSum: laneSum)
        for (index, value) in values.enumerated() {
            let lowest = (value << (64 - bits)) >> (64 - bits)
            let rest = (value - lowest) >> bits
            let next = (rest << (64 - bits)) >> (64 - bits)
            low[index] = Int16(truncatingIfNeeded: lowest)
            middle[index] = Int16(truncatingIfNeeded: next)
            top[index] = Int16(truncatingIfNeeded: (rest - next) >> bits)
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

// MARK: - Products

extension LimbedSum {
    /// The exact products of four rows with the sum.
    @inline(__always)
    func products(_ rows: UnsafePointer<Int16>) -> SIMD4<Int> {
        var products = SIMD4<Int>()
        var start = 0
        while start < count {
            let length = min(count &- start, RowBounds.segment)
            var lowSums = FourSums()
            var middleSums = FourSums()
            addProducts(
                rows + start, stride: count, low + start, middle + start, count: length, to: &lowSums, &middleSums)
            products &+= lowSums.wide &+ middleSums.wide &<< Int(Width.bits)
            if needsTop {
                var topSums = FourSums()
                addProducts(rows + start, stride: count, top + start, count: length, to: &topSums)
                products &+= topSums.wide &<< Int(2 * Width.bits)
            }
            start &+= length
        }
        return products
    }
}

// MARK: - Adding rows

/// Two rows' factors, repeated for each lane pair.
typealias FactorPair = SIMD8<Int16>

extension LimbedSum {
    /// Adds `factor·row` for pairs of neighbouring rows.
    ///
    /// - Parameters:
    ///   - rows: The first row.
    ///   - factors: One pair for each two rows.
    ///   - growth: Σ |factor|·(largest component) over the rows, at most ``largestGrowth``.
    mutating func add(_ rows: UnsafePointer<Int16>, factors: UnsafeBufferPointer<FactorPair>, growth: Int) {
        // middle changes by at most growth/2^w and the carries of the old and the new low.
        let bound = largestMiddle + growth >> Int(Width.bits) + 2
        if !needsTop, bound <= Int(Int16.max), bound * laneSum < 1 << 31 {
            addToMiddle(rows, factors)
        } else {
            addThroughTop(rows, factors)
        }
    }

    /// With low, sums of products then stay below 2^30, as `quotient` needs.
    static var largestGrowth: Int { 1 << 30 - 1 << 15 }

    /// Adds when middle provably does not outgrow its bounds.
    private mutating func addToMiddle(_ rows: UnsafePointer<Int16>, _ factors: UnsafeBufferPointer<FactorPair>) {
        var largest = SIMD8<Int16>()
        var smallest = SIMD8<Int16>()
        var index = 0
        while index < count {
            let carry = addTile(rows, factors, at: index)
            let first = load(middle + index) &+ pack(quotient(carry.0), quotient(carry.1))
            let second = load(middle + index + 8) &+ pack(quotient(carry.2), quotient(carry.3))
            store(first, to: middle + index)
            store(second, to: middle + index + 8)
            largest = larger(larger(largest, first), second)
            smallest = smaller(smaller(smallest, first), second)
            index &+= DifferenceMatrix.tile
        }
        largestMiddle = largestMagnitude(largest, smallest)
    }

    /// Adds and leaves middle with w bits, the rest in top.
    private mutating func addThroughTop(_ rows: UnsafePointer<Int16>, _ factors: UnsafeBufferPointer<FactorPair>) {
        var largest = SIMD8<Int16>()
        var smallest = SIMD8<Int16>()
        var index = 0
        while index < count {
            let carry = addTile(rows, factors, at: index)
            let old = widen(load(middle + index))
            let next = widen(load(middle + index + 8))
            let m0 = old.lowHalf &+ carry.0 &>> Width.bits
            let m1 = old.highHalf &+ carry.1 &>> Width.bits
            let m2 = next.lowHalf &+ carry.2 &>> Width.bits
            let m3 = next.highHalf &+ carry.3 &>> Width.bits
            let (r0, r1, r2, r3) = (remainder(m0), remainder(m1), remainder(m2), remainder(m3))
            store(pack(r0, r1), to: middle + index)
            store(pack(r2, r3), to: middle + index + 8)
            let first = load(top + index) &+ pack(quotient(m0 &- r0), quotient(m1 &- r1))
            let second = load(top + index + 8) &+ pack(quotient(m2 &- r2), quotient(m3 &- r3))
            store(first, to: top + index)
            store(second, to: top + index + 8)
            largest = larger(larger(largest, first), second)
            smallest = smaller(smaller(smallest, first), second)
            index &+= DifferenceMatrix.tile
        }
        largestMiddle = 1 << Int(Width.bits - 1)
        needsTop = largestMagnitude(largest, smallest) > 0
    }

    /// Adds to the low limb of sixteen components; returns what does not fit it, multiples of 2^w.
    @inline(__always)
    private mutating func addTile(
        _ rows: UnsafePointer<Int16>, _ factors: UnsafeBufferPointer<FactorPair>, at index: Int
    ) -> (SIMD4<Int32>, SIMD4<Int32>, SIMD4<Int32>, SIMD4<Int32>) {
        let first = widen(load(low + index))
        let second = widen(load(low + index + 8))
        var (sum0, sum1, sum2, sum3) = (first.lowHalf, first.highHalf, second.lowHalf, second.highHalf)
        var row = rows + index
        for pair in factors {
            let next = row + count
            let (a, b) = (load(row), load(next))
            sum0 &+= pairwiseProducts(interleaveLow(a, b), pair)
            sum1 &+= pairwiseProducts(interleaveHigh(a, b), pair)
            let (c, d) = (load(row + 8), load(next + 8))
            sum2 &+= pairwiseProducts(interleaveLow(c, d), pair)
            sum3 &+= pairwiseProducts(interleaveHigh(c, d), pair)
            row = next + count
        }
        let (r0, r1, r2, r3) = (remainder(sum0), remainder(sum1), remainder(sum2), remainder(sum3))
        store(pack(r0, r1), to: low + index)
        store(pack(r2, r3), to: low + index + 8)
        return (sum0 &- r0, sum1 &- r1, sum2 &- r2, sum3 &- r3)
    }

    /// The low w bits as a signed number.
    @inline(__always)
    private func remainder(_ value: SIMD4<Int32>) -> SIMD4<Int32> {
        (value &<< (32 &- Width.bits)) &>> (32 &- Width.bits)
    }

    /// A multiple of 2^w divided by 2^w; the quotient fits 16 bits, hence the dividend 16 + w.
    ///
    /// In two shifts, so that the compiler knows that nothing is lost in packing and needs no instructions to cut off.
    @inline(__always)
    private func quotient(_ value: SIMD4<Int32>) -> SIMD4<Int32> {
        (value &<< (16 &- Width.bits)) &>> 16
    }

    private func largestMagnitude(_ largest: SIMD8<Int16>, _ smallest: SIMD8<Int16>) -> Int {
        var magnitude = 0
        for lane in 0..<8 { magnitude = max(magnitude, Int(largest[lane]), -Int(smallest[lane])) }
        return magnitude
    }
}

@inline(__always)
private func store(_ value: SIMD8<Int16>, to place: UnsafeMutablePointer<Int16>) {
    UnsafeMutableRawPointer(place).storeBytes(of: value, as: SIMD8<Int16>.self)
}

@inline(__always)
private func interleaveLow(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD8<Int16> {
    SIMD8(a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3])
}

@inline(__always)
private func interleaveHigh(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD8<Int16> {
    SIMD8(a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7])
}
