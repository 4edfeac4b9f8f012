/// Round moments in UTC for an axis of time.
package struct CalendarTicks: Equatable, Sendable {
    /// A moment and its name, as short as its neighbours allow.
    package struct Tick: Equatable, Sendable {
        package let microseconds: Int64
        package let text: String
    }

    package let ticks: [Tick]

    /// A distance between ticks.
    private enum Step {
        case seconds(Int64)
        case months(Int64)
    }

    private static let steps: [Step] = [
        .seconds(1), .seconds(2), .seconds(5), .seconds(15), .seconds(30), .seconds(60), .seconds(120), .seconds(300),
        .seconds(900), .seconds(1800), .seconds(3600), .seconds(7200), .seconds(10_800), .seconds(21_600),
        .seconds(43_200), .seconds(86_400), .seconds(2 * 86_400), .seconds(7 * 86_400), .seconds(14 * 86_400),
        .months(1), .months(2), .months(3), .months(6), .months(12), .months(24), .months(60), .months(120),
        .months(600), .months(1200),
    ]

    /// The ticks inside a range of time: the finest round step that gives no more than `maximum`.
    ///
    /// Fewer than two seconds, or moments outside the years 1 to 9999, give no ticks.
    package init(from first: Int64, through last: Int64, maximum: Int) {
        let (firstSecond, lastSecond) = (Self.floor(first, 1_000_000), Self.floor(last, 1_000_000))
        let years: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
        guard lastSecond > firstSecond, years.contains(firstSecond), years.contains(lastSecond) else {
            ticks = []
            return
        }
        for step in Self.steps {
            guard let all = Self.moments(from: firstSecond, through: lastSecond, step: step, limit: maximum) else {
                continue
            }
            let seconds = all.filter { $0 * 1_000_000 >= first && $0 * 1_000_000 <= last }
            if seconds.count <= maximum {
                ticks = seconds.map { Tick(microseconds: $0 * 1_000_000, text: Self.text($0, step: step)) }
                return
            }
        }
        ticks = []
    }

    /// The multiples of a step in a range, or nil when they are surely more than `limit`.
    private static func moments(from first: Int64, through last: Int64, step: Step, limit: Int) -> [Int64]? {
        var result: [Int64] = []
        switch step {
        case .seconds(let step):
            if (last - first) / step > Int64(limit) + 1 { return nil }
            var moment = floor(first + step - 1, step) * step
            while moment <= last {
                result.append(moment)
                moment += step
            }
        case .months(let step):
            let (firstMonth, lastMonth) = (month(of: first), month(of: last))
            if (lastMonth - firstMonth) / step > Int64(limit) + 1 { return nil }
            var month = floor(firstMonth + step - 1, step) * step
            while month <= lastMonth {
                result.append(day(ofMonth: month) * 86_400)
                month += step
            }
            result.removeAll { $0 < first }
        }
        return result
    }

    private static func text(_ second: Int64, step: Step) -> String {
        let (year, month, day) = date(ofDay: floor(second, 86_400))
        let time = second - floor(second, 86_400) * 86_400
        let clock = "\(twoDigits(time / 3600)):\(twoDigits(time / 60 % 60))"
        switch step {
        case .months(let step) where step % 12 == 0: return fourDigits(year)
        case .months: return "\(fourDigits(year))-\(twoDigits(month))"
        case .seconds(let step) where step >= 86_400:
            return "\(fourDigits(year))-\(twoDigits(month))-\(twoDigits(day))"
        case .seconds(let step) where step >= 60: return "\(twoDigits(month))-\(twoDigits(day)) \(clock)"
        case .seconds: return "\(clock):\(twoDigits(time % 60))"
        }
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func fourDigits(_ number: Int64) -> String {
        String(repeating: "0", count: max(0, 4 - String(number).count)) + String(number)
    }

    /// The quotient rounded down, so that moments before 1970 fall on the same grid.
    private static func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Months since the year 0 of a second.
    private static func month(of second: Int64) -> Int64 {
        let (year, month, _) = date(ofDay: floor(second, 86_400))
        return year * 12 + month - 1
    }

    /// The proleptic Gregorian date of a day since 1970-01-01, counting years from March so that leap days come last.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// The first day of a month counted from the year 0, as a day since 1970-01-01.
    private static func day(ofMonth index: Int64) -> Int64 {
        let month = index - floor(index, 12) * 12 + 1
        let year = floor(index, 12) - (month <= 2 ? 1 : 0)
        let era = floor(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
