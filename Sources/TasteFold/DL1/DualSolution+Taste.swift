extension DualSolution {
    /// The taste: direction C = V/|V|, gain |V|/c, and confidence, the agreement it predicts on the panel.
    func taste(comparisonCount: Int, space: SpaceDescriptor) -> Taste {
        let direction = NormalizedVector(sum)
        guard direction.length > 0 else {
            return .neutral(
                foldID: DL1.id, spaceID: space.id, dimension: space.dimension, comparisonCount: comparisonCount)
        }
        // |V| <= 2^18·2^14·2^15.5, so this stays below 2^59.
        let gain = floorDivide((direction.length << direction.shift) * 1024, by: scale)
        return Taste(
            foldID: DL1.id, spaceID: space.id, comparisonCount: UInt32(comparisonCount),
            gain: UInt32(min(gain, Int(UInt32.max))), confidence: UInt16(confidence(in: space)),
            direction: direction.components)
    }

    /// The mean over the panel of max(p, 1 − p), in thousandths.
    ///
    /// |V·z| <= |V||z| < 2^47.5·2^15.5 by Cauchy–Schwarz, and so is the sum over any of the components: exact in 64 bits.
    private func confidence(in space: SpaceDescriptor) -> Int {
        guard !space.panel.isEmpty else { return 500 }
        let differences = space.panelDifferences
        // A pair without a difference is a tie, at which σ is one half.
        var total = (space.panel.count - differences.count) * (Q14.one - LogisticTable.complement(ofMargin: 0))
        for product in BlockedSolver.products(of: differences, with: sum) {
            let margin = floorDivide(abs(product), by: scale)
            total += Q14.one - LogisticTable.complement(ofMargin: margin)
        }
        return floorDivide(1000 * total, by: Q14.one * space.panel.count)
    }
}
