public import EventLog

/// Times as text: RFC 3339 in UTC, to the microsecond.
extension Timestamp {
    /// The moment as text, such as `2024-05-01T12:00:00.000000Z`.
    public var rfc3339: String {
        let (seconds, fraction) = microseconds.quotientAndRemainderDown(dividingBy: 1_000_000)
        let (days, second) = seconds.quotientAndRemainderDown(dividingBy: 86_400)
        let date = CivilDate(daysSince1970: days)
        func digits(_ number: Int64, _ count: Int) -> String {
            let text = String(number.magnitude)
            return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        return digits(date.year, 4) + "-" + digits(date.month, 2) + "-" + digits(date.day, 2) + "T"
            + digits(second / 3600, 2) + ":" + digits(second / 60 % 60, 2) + ":" + digits(second % 60, 2) + "."
            + digits(fraction, 6) + "Z"
    }

    /// The years 1 to 9999, in seconds since 1970: what RFC 3339 can say.
    static let rfc3339Seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// The same in milliseconds.
    static let rfc3339Milliseconds: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// The moment that a text says, or nil when it is no RFC 3339 time, or one that does not exist, such as 30 February
    /// or 24:00. Digits after the sixth of a second are dropped; leap seconds have no number in POSIX time.
    public init?(rfc3339 text: some StringProtocol) {
        guard let moment = try? Timestamp(parsing: text), !TimeText.isDate(text) else { return nil }
        self = moment
    }

    /// The moment that a text says: an RFC 3339 time, or a date, which is its beginning in UTC.
    ///
    /// - Throws: What is wrong with the text and how to write it.
    public init(parsing text: some StringProtocol) throws(TimeTextError) {
        var reader = TimeText(text)
        self.init(microseconds: try reader.microseconds())
    }

    /// 1990-01-01: a time before it is more likely a number of seconds taken for milliseconds than a time at which
    /// somebody chose between pictures.
    public static let earliestPlausible = Timestamp(milliseconds: 631_152_000_000)

    /// The moment in milliseconds, rounded down.
    package var milliseconds: Int64 { microseconds.quotientAndRemainderDown(dividingBy: 1000).quotient }
}

extension Int64 {
    /// Division that rounds down, so that the remainder is never negative.
    func quotientAndRemainderDown(dividingBy divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
