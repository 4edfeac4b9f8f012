extension LimbedSum {
    /// Whether every sum of rows with weights within 0...16379 can be held and multiplied with rows when it starts at a
    /// vector of this largest magnitude: the bound of ``canHold(sumsOf:multipliedWith:)`` with the start added.
    static func canHold(sumsOf rows: DifferenceMatrix, from largest: Int) -> Bool {
        let bound = LogisticTable.largest * rows.sumOfLargest + largest
        let largestTop = bound >> Int(2 * Width.bits) + 2
        return !rows.isWide
            && rows.largestLaneSum << Int(Width.bits - 1) < 1 << 31
            && largestTop <= Int(Int16.max)
            && largestTop * rows.largestLaneSum < 1 << 31
    }

    /// These numbers, in low and middle alone when middle may hold the rest of each, so that adding stays cheap.
    ///
    /// - Precondition: ``canHold(sumsOf:from:)`` of the rows to add and multiply with, and these numbers' largest magnitude.
    init(startingAt values: [Int], count: Int, laneSum: Int, kernels: FoldKernels) {
        self.init(count: count, laneSum: laneSum, kernels: kernels)
        let bits = Int(Width.bits)
        let largest = values.reduce(0) { max($0, abs($1)) }
        // What is left without low is at most largest/2^w + ½.
        let bound = largest >> bits + 1
        let isShort = bound <= Int(Int16.max) && bound * self.laneSum < 1 << 31
        for (index, value) in values.enumerated() {
            let lowest = Self.remainder(value)
            let rest = (value - lowest) >> bits
            low[index] = Int16(truncatingIfNeeded: lowest)
            let next = isShort ? rest : Self.remainder(rest)
            middle[index] = Int16(truncatingIfNeeded: next)
            top[index] = Int16(truncatingIfNeeded: (rest - next) >> bits)
        }
        largestMiddle = isShort ? bound : 1 << (bits - 1)
        needsTop = !isShort
    }

    /// The low w bits as a signed number.
    private static func remainder(_ value: Int) -> Int {
        let unused = Int.bitWidth - Int(Width.bits)
        return (value << unused) >> unused
    }
}
