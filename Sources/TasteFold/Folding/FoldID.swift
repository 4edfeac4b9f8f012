/// The four bytes that name a fold, such as `DL1` and a zero byte. They start every taste's payload.
public struct FoldID: Hashable, Sendable {
    /// The four bytes as a little-endian integer.
    package let rawValue: UInt32

    /// The id whose four bytes, little-endian, are this integer; no fold need have it.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The id that people write as this name: one to four printable ASCII characters, padded with zero bytes.
    public init?(name: some StringProtocol) {
        let bytes = Array(name.utf8)
        guard (1...4).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        rawValue = bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The four bytes.
    package var bytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (8 * UInt32($0))) }
    }

    /// The fold with which new versions are minted.
    package static let current = DL1.id

    /// Folds comparisons with the fold that has this id.
    ///
    /// - Parameters:
    ///   - comparisons: What to fold.
    ///   - house: What the fold starts from; others than ``HP1`` ignore it.
    /// - Throws: ``FoldError/unknownFold(_:)`` when no fold has it, ``FoldError/needsHouse(_:)`` for ``HP1`` without a
    ///   house, or what the fold itself throws.
    package func fold(_ comparisons: borrowing ComparisonSet, from house: HousePrior? = nil) throws(FoldError) -> Taste
    {
        guard self == HP1.id else { return try FoldRegistry.algorithm(for: self).fold(comparisons) }
        guard let house else { throw .needsHouse(self) }
        return HP1.fold(comparisons, from: house)
    }

    /// Folds comparisons with the fold that has this id, and says how much each comparison counts.
    ///
    /// - Parameters:
    ///   - comparisons: What to fold.
    ///   - house: What the fold starts from; others than ``HP1`` ignore it.
    /// - Throws: ``FoldError/unknownFold(_:)`` when no fold has it, ``FoldError/needsHouse(_:)`` for ``HP1`` without a
    ///   house, or what the fold itself throws.
    package func explainedFold(
        _ comparisons: borrowing ComparisonSet, from house: HousePrior? = nil
    ) throws(FoldError) -> ExplainedTaste {
        guard self == HP1.id else { return try FoldRegistry.algorithm(for: self).explainedFold(comparisons) }
        guard let house else { throw .needsHouse(self) }
        return HP1.explainedFold(comparisons, from: house)
    }
}

extension FoldID: CustomStringConvertible {
    /// The name without its padding, or hexadecimal digits when it is not printable.
    public var description: String {
        let padding = rawValue.leadingZeroBitCount / 8
        let name = String(decoding: bytes.dropLast(padding), as: UTF8.self)
        return FoldID(name: name) == self ? name : "0x" + String(rawValue, radix: 16)
    }
}
