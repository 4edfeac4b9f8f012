internal import CFoldKernels

/// Which instructions the vector loops of a fold use; the numbers that come out are the same.
package enum FoldKernels: CaseIterable, Sendable {
    /// Eight components at a time, on every processor (SSE2, NEON).
    case portable
    /// Sixteen components at a time, for x86-64 processors that have AVX2.
    case avx2

    /// Whether this processor can use them.
    package var isAvailable: Bool {
        switch self {
        case .portable: true
        case .avx2: fold_kernels_are_available() != 0
        }
    }

    /// The fastest that this processor can use.
    package static let best: FoldKernels = FoldKernels.avx2.isAvailable ? .avx2 : .portable
}

extension FoldKernels {
    /// The products modulo 2^32 of four neighbouring rows with two vectors, all of `count` components.
    @inline(__always)
    func products(
        of rows: UnsafePointer<Int16>, with x: UnsafePointer<Int16>, _ y: UnsafePointer<Int16>, count: Int
    ) -> (SIMD4<Int32>, SIMD4<Int32>) {
        switch self {
        case .portable:
            var left = FourSums()
            var right = FourSums()
            addProducts(rows, stride: count, x, y, count: count, to: &left, &right)
            return (left.narrow, right.narrow)
        case .avx2:
            var left = SIMD4<Int32>()
            var right = SIMD4<Int32>()
            withUnsafeMutableBytes(of: &left) { left in
                withUnsafeMutableBytes(of: &right) { right in
                    fold_pair_products(
                        rows, x, y, count, left.bindMemory(to: Int32.self).baseAddress,
                        right.bindMemory(to: Int32.self).baseAddress)
                }
            }
            return (left, right)
        }
    }
}
