internal import EventLog

/// Reads one time: `date "T" time zone` of RFC 3339, section 5.6, or a date alone.
///
/// Written by hand, since Foundation takes 30 February for 1 March and 24:00 for the next day.
struct TimeText {
    private let text: String
    private var rest: Substring.UTF8View

    /// A reader of a text.
    init(_ text: some StringProtocol) {
        self.text = String(text.prefix(64))
        rest = text.utf8.count > 64 ? "".utf8[...] : Substring(text).utf8
    }

    /// Whether a text has the length of a date, which no time has.
    static func isDate(_ text: some StringProtocol) -> Bool { text.utf8.count == 10 }

    /// The moment, in microseconds since 1970.
    mutating func microseconds() throws(TimeTextError) -> Int64 {
        let days = try date()
        if rest.isEmpty { return days * 86_400_000_000 }
        guard takes("T") || takes("t") else { throw .unreadable(text) }
        let (second, fraction) = try timeOfDay()
        let moment = days * 86_400 + second - (try offset())
        guard rest.isEmpty else { throw .unreadable(text) }
        guard Timestamp.rfc3339Seconds.contains(moment) else { throw .noSuchDay(text) }
        return moment * 1_000_000 + fraction
    }

    /// The days from 1970-01-01 to the date.
    private mutating func date() throws(TimeTextError) -> Int64 {
        let year = try number(digits: 4)
        try take("-")
        let month = try number(digits: 2)
        try take("-")
        let day = try number(digits: 2)
        guard year >= 1, let date = CivilDate(year: year, month: month, day: day) else { throw .noSuchDay(text) }
        return date.daysSince1970
    }

    /// The second of the day, and the microseconds after it.
    private mutating func timeOfDay() throws(TimeTextError) -> (second: Int64, microseconds: Int64) {
        let hour = try number(digits: 2)
        try take(":")
        let minute = try number(digits: 2)
        try take(":")
        let second = try number(digits: 2)
        var microseconds: Int64 = 0
        if takes(".") {
            var unit: Int64 = 100_000
            guard let first = rest.first, Self.isDigit(first) else { throw .unreadable(text) }
            while let digit = rest.first, Self.isDigit(digit) {
                microseconds += Int64(digit - UInt8(ascii: "0")) * unit
                unit /= 10
                rest.removeFirst()
            }
        }
        guard hour <= 23, minute <= 59, second <= 60 else { throw .noSuchTime(text) }
        guard second < 60 else { throw .leapSecond(text) }
        return (hour * 3600 + minute * 60 + second, microseconds)
    }

    /// How many seconds the zone is ahead of UTC.
    private mutating func offset() throws(TimeTextError) -> Int64 {
        if rest.isEmpty { throw .noZone(text) }
        if takes("Z") || takes("z") { return 0 }
        let isBehind = takes("-")
        if !isBehind { try take("+") }
        let hour = try number(digits: 2)
        try take(":")
        let minute = try number(digits: 2)
        guard hour <= 23, minute <= 59 else { throw .noSuchOffset(text) }
        return (isBehind ? -1 : 1) * (hour * 3600 + minute * 60)
    }

    private mutating func number(digits: Int) throws(TimeTextError) -> Int64 {
        var number: Int64 = 0
        for _ in 0..<digits {
            guard let digit = rest.popFirst(), Self.isDigit(digit) else { throw .unreadable(text) }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number
    }

    private mutating func take(_ character: Unicode.Scalar) throws(TimeTextError) {
        guard takes(character) else { throw .unreadable(text) }
    }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
