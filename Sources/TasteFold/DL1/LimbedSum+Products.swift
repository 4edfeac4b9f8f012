extension LimbedSum {
    /// Writes the exact products of four rows with the sum.
    @inline(__always)
    func multiply(_ rows: UnsafePointer<Int16>, into products: UnsafeMutablePointer<Int>) {
        switch kernels {
        case .portable:
            let four = portableProducts(rows)
            for index in 0..<DifferenceMatrix.rowGroup { products[index] = four[index] }
        case .avx2: multiplyAVX2(rows, into: products)
        }
    }

    @inline(__always)
    private func portableProducts(_ rows: UnsafePointer<Int16>) -> SIMD4<Int> {
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
