/// A day of the Gregorian calendar, also before there was one, as RFC 3339 counts.
struct CivilDate: Hashable {
    let year: Int64
    /// 1 to 12.
    let month: Int64
    /// From 1.
    let day: Int64

    /// The day, or nil when the year has no such month or the month no such day.
    init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month), (1...Self.dayCount(of: month, year)).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    private static func dayCount(of month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // Years are counted from March here, so that a leap day is the last of its year, and in cycles of 400 years, which
    // have 146,097 days. From 1 March of the year 0 to 1970 there are 719,468 days.

    /// The days from 1970-01-01 to this one.
    var daysSince1970: Int64 {
        let (cycle, marchYear) = (month > 2 ? year : year - 1).quotientAndRemainderDown(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return 146_097 * cycle + 365 * marchYear + marchYear / 4 - marchYear / 100 + dayOfYear - 719_468
    }

    /// The day this many days after 1970-01-01.
    init(daysSince1970 days: Int64) {
        let (cycle, day) = (days + 719_468).quotientAndRemainderDown(dividingBy: 146_097)
        // Takes out the leap days: one in 4 years, none in 100, one in 400.
        let marchYear = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * marchYear + marchYear / 4 - marchYear / 100)
        let month = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * month + 2) / 5 + 1
        self.month = month < 10 ? month + 3 : month - 9
        year = 400 * cycle + marchYear + (month < 10 ? 0 : 1)
    }
}
