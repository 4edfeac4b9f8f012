public import EventLog

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Times as text: RFC 3339 in UTC, to the microsecond.
extension Timestamp {
    /// The moment as text, such as `2024-05-01T12:00:00.000000Z`.
    public var rfc3339: String {
        let (seconds, fraction) = microseconds.quotientAndRemainderDown(dividingBy: 1_000_000)
        let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(Date.ISO8601FormatStyle())
        let digits = String(fraction)
        return whole.dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
    }

    /// The years 1 to 9999, in seconds since 1970: what RFC 3339 can say.
    static let rfc3339Seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The moment that a text says, or nil when it is no RFC 3339 time. Digits after the sixth of a second are dropped.
    public init?(rfc3339 text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let first = parts.first else { return nil }
        var fraction: Int64 = 0
        var whole = String(first)
        if parts.count == 2 {
            let digits = parts[1].prefix { $0.isASCII && $0.isNumber }
            guard let parsed = Int64(digits.prefix(6) + String(repeating: "0", count: max(0, 6 - digits.count))) else {
                return nil
            }
            fraction = parsed
            whole += parts[1].dropFirst(digits.count)
        }
        guard let date = try? Date(whole, strategy: Date.ISO8601FormatStyle()),
            let seconds = Int64(exactly: date.timeIntervalSince1970), Self.rfc3339Seconds.contains(seconds)
        else { return nil }
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }
}

extension Int64 {
    /// Division that rounds down, so that the remainder is never negative.
    fileprivate func quotientAndRemainderDown(dividingBy divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
