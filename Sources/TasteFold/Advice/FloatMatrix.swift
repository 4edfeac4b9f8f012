internal import CFoldKernels

/// Single-precision numbers in rows, as the loops of advice take them.
struct FloatMatrix {
    let rowCount: Int
    let columnCount: Int
    /// Row after row.
    var values: [Float]

    /// Zeros.
    init(rowCount: Int, columnCount: Int) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        values = [Float](repeating: 0, count: rowCount * columnCount)
    }

    subscript(row: Int, column: Int) -> Float {
        get { values[row * columnCount + column] }
        set { values[row * columnCount + column] = newValue }
    }

    /// Writes the scaled products of rows with as many of the columns as this matrix has, the first.
    ///
    /// The products are exact before they are scaled: two rows' lengths are below √2^31 each.
    ///
    /// - Parameter isUpperHalf: Whether only what is on the diagonal and right of it is needed; the rest may stay as it was.
    mutating func setProducts(
        of rows: DifferenceMatrix, with columns: DifferenceMatrix, scaledBy scale: Float, isUpperHalf: Bool = false
    ) {
        precondition(rows.count == rowCount && columns.count >= columnCount, "a matrix of another size")
        precondition(rows.stride == columns.stride, "differences of another dimension")
        guard !rows.isWide, !columns.isWide else { return setPlainProducts(of: rows, with: columns, scale) }
        let kernels = FoldKernels.best
        let group = DifferenceMatrix.rowGroup
        rows.narrow.withUnsafeBufferPointer { left in
            columns.narrow.withUnsafeBufferPointer { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return }
                for column in Swift.stride(from: 0, to: columnCount, by: 2) {
                    // Rows are padded with zeros to whole groups, so there always is a next one.
                    let (x, y) = (right + column * columns.stride, right + (column + 1) * columns.stride)
                    let rowCount = isUpperHalf ? min(rows.count, column + 2) : rows.count
                    for first in Swift.stride(from: 0, to: rowCount, by: group) {
                        let (a, b) = kernels.products(
                            of: left + first * rows.stride, with: x, y, count: rows.stride)
                        for index in 0..<min(group, rows.count - first) {
                            self[first + index, column] = scale * Float(a[index])
                            guard column + 1 < columnCount else { continue }
                            self[first + index, column + 1] = scale * Float(b[index])
                        }
                    }
                }
            }
        }
    }

    /// The same for differences that do not fit 16 bits, one by one.
    private mutating func setPlainProducts(
        of rows: DifferenceMatrix, with columns: DifferenceMatrix, _ scale: Float
    ) {
        for column in 0..<columnCount {
            let products = PlainSolver.products(of: rows, with: columns.row(column))
            for row in 0..<rows.count { self[row, column] = scale * Float(products[row]) }
        }
    }
}

extension DifferenceMatrix {
    /// The components of a row.
    func row(_ index: Int) -> [Int] {
        let places = index * stride..<index * stride + dimension
        return isWide ? wide[places].map(Int.init) : narrow[places].map(Int.init)
    }
}
