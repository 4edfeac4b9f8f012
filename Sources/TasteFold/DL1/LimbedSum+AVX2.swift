internal import CFoldKernels

extension LimbedSum {
    private var limbs: fold_limbs {
        fold_limbs(low: low, middle: middle, top: top, count: count, bits: Width.bits)
    }

    func multiplyAVX2(_ rows: UnsafePointer<Int16>, into products: UnsafeMutablePointer<Int>) {
        fold_products(rows, limbs, needsTop ? 1 : 0, RowBounds.segment, products)
    }

    func addToMiddleAVX2(_ rows: UnsafePointer<Int16>, _ factors: UnsafeBufferPointer<FactorPair>) -> Int {
        Int(fold_add_to_middle(rows, factors.baseAddress, factors.count, limbs))
    }

    func addThroughTopAVX2(_ rows: UnsafePointer<Int16>, _ factors: UnsafeBufferPointer<FactorPair>) -> Int {
        Int(fold_add_through_top(rows, factors.baseAddress, factors.count, limbs))
    }
}
