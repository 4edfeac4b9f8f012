/// Why a text is no time.
public enum TimeTextError: Error, Hashable, Sendable {
    /// The text is not written as a time is.
    case unreadable(String)
    /// The time has no zone, so that it may be any of a whole day's hours.
    case noZone(String)
    /// The month has no such day, or the year no such month, or there is no such year.
    case noSuchDay(String)
    /// The day has no such hour, minute or second.
    case noSuchTime(String)
    /// The time is a leap second, which POSIX time does not count.
    case leapSecond(String)
    /// The offset from UTC is more than 23:59.
    case noSuchOffset(String)
}

extension TimeTextError: CustomStringConvertible {
    /// What is wrong and the remedy.
    public var description: String {
        switch self {
        case .unreadable(let text): "'\(text)' is no time; write RFC 3339, such as 2024-05-01T12:00:00Z"
        case .noZone(let text): "'\(text)' has no time zone; add Z for UTC, or an offset such as +01:00"
        case .noSuchDay(let text): "'\(text)' names a day that does not exist; correct the date"
        case .noSuchTime(let text):
            "'\(text)' names a time of day that does not exist; hours go from 00 to 23, minutes and seconds from 00 to 59"
        case .leapSecond(let text):
            "'\(text)' is a leap second, which the log's times do not count; write the second before or after it"
        case .noSuchOffset(let text): "'\(text)' is more than 23:59 away from UTC; correct the offset"
        }
    }
}
