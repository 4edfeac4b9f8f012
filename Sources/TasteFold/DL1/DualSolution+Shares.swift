extension DualSolution {
    /// A_i (z_i·V) / (V·V): how much of V's length along itself each difference contributes. V = Σ A_i z_i, so they sum to 1.
    ///
    /// The products are exact: |A_i (z_i·V)| < 2^14·2^63, and there are fewer than 2^18 of them.
    func shares(of differences: DifferenceMatrix) -> [Double] {
        var total: Int128 = 0
        var parts: [Int128] = []
        parts.reserveCapacity(weights.count)
        for (weight, product) in zip(weights, BlockedSolver.products(of: differences, with: sum)) {
            parts.append(Int128(weight) * Int128(product))
            total += Int128(weight) * Int128(product)
        }
        return parts.map { total > 0 ? Double($0) / Double(total) : 0 }
    }
}
