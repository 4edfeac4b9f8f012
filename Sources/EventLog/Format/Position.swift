/// An event's place in the whole log: 1 for the first event, without gaps.
///
/// A position also names what its event opened or registered: a space, an image, a profile, a minted version.
public struct Position: Hashable, Sendable, BitwiseCopyable {
    /// The place as a number, at least 1.
    public let number: UInt64

    /// The position with this number.
    ///
    /// - Precondition: `number` is not 0; there is no event before the first.
    @inlinable
    public init(_ number: UInt64) {
        precondition(number != 0, "positions start at 1")
        self.number = number
    }

    /// The position that a stored field holds, where 0 stands for none.
    @inlinable
    public init?(stored number: UInt64) {
        if number == 0 { return nil }
        self.number = number
    }

    /// The first event's position.
    public static let first = Position(1)

    /// The position after this one.
    @inlinable public var next: Position { Position(number + 1) }

    /// The position before this one, or nil for the first.
    @inlinable public var previous: Position? { Position(stored: number - 1) }
}

extension Position: Comparable {
    /// Log order.
    @inlinable public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension Position: CustomStringConvertible {
    /// The number in decimal digits.
    public var description: String { String(number) }
}

extension Optional<Position> {
    /// The number, or 0 for none: how a record stores an optional position.
    @inlinable package var stored: UInt64 { self?.number ?? 0 }
}
