package import ByteCoding

/// The house version that a fold starts from.
package struct HousePrior: Hashable, Sendable {
    /// The taste of the house, made by ``HM1``.
    package let taste: Taste
    /// The SHA-256 of the house version's bytes, which payloads name.
    package let versionHash: SHA256Digest

    /// A house to start from.
    ///
    /// - Precondition: The taste was made by ``HM1``.
    package init(taste: Taste, versionHash: SHA256Digest) {
        precondition(taste.foldID == HM1.id && taste.gain <= HM1.gainLimit, "the taste is no house's")
        self.taste = taste
        self.versionHash = versionHash
    }

    /// V0 = rdiv(c·β·C, 2^24).
    ///
    /// c < 2^32, β < 2^16 and |C_k| <= 2^14, so that twice a product stays below 2^63.
    package func start(scale: Int) -> [Int] {
        let factor = scale * Int(taste.gain)
        return taste.direction.map { roundDivide(factor * Int($0), by: 1 << 24) }
    }
}
