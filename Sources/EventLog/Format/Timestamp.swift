/// A moment in microseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
public struct Timestamp: Hashable, Sendable {
    /// Microseconds since 1970; negative before.
    public let microseconds: Int64

    /// The moment this many microseconds after 1970 began.
    @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }

    /// The moment this many milliseconds after 1970 began.
    ///
    /// - Precondition: It is within the 292,000 years around 1970 that microseconds can count.
    @inlinable public init(milliseconds: Int64) { self.microseconds = milliseconds * 1000 }
}

extension Timestamp {
    /// How long this moment is before a later one; zero when it is not.
    package func lag(behind later: Timestamp) -> Duration {
        if later <= self { return .zero }
        let (microseconds, overflow) = later.microseconds.subtractingReportingOverflow(microseconds)
        return .microseconds(overflow ? .max : microseconds)
    }
}

extension Timestamp: Comparable {
    /// Earlier first.
    @inlinable public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
}

/// A caller's own name for an event, 16 bytes (a UUID), by which a retry is recognised.
public struct EventID: Hashable, Sendable {
    /// Bytes 0 to 7, big-endian.
    package let high: UInt64
    /// Bytes 8 to 15, big-endian.
    package let low: UInt64

    /// The id with these two halves.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random version 4 UUID (RFC 9562, section 5.4).
    public static func random() -> EventID {
        let high = UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000
        let low = UInt64.random(in: .min ... .max) & ~(0b11 << 62) | 0b10 << 62
        return EventID(high: high, low: low)
    }

    /// The id written as a UUID, with or without hyphens, in either case; nil when `text` is not that.
    public init?(_ text: some StringProtocol) {
        var halves: (UInt64, UInt64) = (0, 0)
        var count = 0
        for digit in text.utf8 where digit != UInt8(ascii: "-") {
            guard count < 32, let value = Character(UnicodeScalar(digit)).hexDigitValue else { return nil }
            if count < 16 { halves.0 = halves.0 << 4 | UInt64(value) } else { halves.1 = halves.1 << 4 | UInt64(value) }
            count += 1
        }
        guard count == 32 else { return nil }
        self.init(high: halves.0, low: halves.1)
    }
}

extension EventID: CustomStringConvertible {
    /// The UUID in lower case, as 8-4-4-4-12 digits.
    public var description: String {
        let digits = Array(hexDigits(high) + hexDigits(low))
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return groups.map { String(digits[$0]) }.joined(separator: "-")
    }
}

private func hexDigits(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
