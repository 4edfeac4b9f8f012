/// The factors of two neighbouring rows, 16 bits each, the first row's in the low half.
typealias FactorPair = UInt32

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
            switch kernels {
            case .portable: largestMiddle = addToMiddle(rows, factors)
            case .avx2: largestMiddle = addToMiddleAVX2(rows, factors)
            }
        } else {
            let largestTop =
                switch kernels {
                case .portable: addThroughTop(rows, factors)
                case .avx2: addThroughTopAVX2(rows, factors)
                }
            largestMiddle = 1 << Int(Width.bits - 1)
            needsTop = largestTop > 0
        }
    }

    /// With low, sums of products then stay below 2^30, as `quotient` needs.
    static var largestGrowth: Int { 1 << 30 - 1 << 15 }

    /// Adds when middle provably does not outgrow its bounds; returns the largest magnitude in it.
    private func addToMiddle(_ rows: UnsafePointer<Int16>, _ factors: UnsafeBufferPointer<FactorPair>) -> Int {
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
        return largestMagnitude(largest, smallest)
    }

    /// Adds and leaves middle with w bits, the rest in top; returns the largest magnitude in top.
    private func addThroughTop(_ rows: UnsafePointer<Int16>, _ factors: UnsafeBufferPointer<FactorPair>) -> Int {
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
        return largestMagnitude(largest, smallest)
    }

    /// Adds to the low limb of sixteen components; returns what does not fit it, multiples of 2^w.
    @inline(__always)
    private func addTile(
        _ rows: UnsafePointer<Int16>, _ factors: UnsafeBufferPointer<FactorPair>, at index: Int
    ) -> (SIMD4<Int32>, SIMD4<Int32>, SIMD4<Int32>, SIMD4<Int32>) {
        let first = widen(load(low + index))
        let second = widen(load(low + index + 8))
        var (sum0, sum1, sum2, sum3) = (first.lowHalf, first.highHalf, second.lowHalf, second.highHalf)
        var row = rows + index
        for factorPair in factors {
            let pair = unsafeBitCast(SIMD4<UInt32>(repeating: factorPair), to: SIMD8<Int16>.self)
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
