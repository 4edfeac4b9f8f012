package import EventLog

/// An unordered pair of images.
package struct PositionPair: PositionKey, Hashable, Sendable {
    /// The smaller position's number, then the larger one's.
    package let numbers: (UInt64, UInt64)

    /// The pair of two images.
    package init(_ one: Position, _ other: Position) {
        numbers = one < other ? (one.number, other.number) : (other.number, one.number)
    }

    package static func == (left: Self, right: Self) -> Bool { left.numbers == right.numbers }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(numbers.0)
        hasher.combine(numbers.1)
    }
}
