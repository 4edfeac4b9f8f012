import Foundation
import TasteCharts
import Testing

@Suite struct CalendarTicksTests {
    @Test func `ticks are round moments in the range, named as a calendar names them`() throws {
        var samples = Samples(seed: 14)
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        for _ in 0..<3000 {
            let first = Int64(samples.normal() * 3e15)
            var span = 2e6
            for _ in 0..<(samples.next() % 10) { span *= 8 }
            let last = first + Int64(span * (1 + samples.unit()))
            let ticks = CalendarTicks(from: first, through: last, maximum: 8).ticks
            #expect((1...8).contains(ticks.count))
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.microseconds < $1.microseconds })
            for tick in ticks {
                #expect((first...last).contains(tick.microseconds) && tick.microseconds % 1_000_000 == 0)
                let date = Date(timeIntervalSince1970: Double(tick.microseconds / 1_000_000))
                let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
                let year = String(format: "%04d", try #require(parts.year))
                let day = String(format: "%02d-%02d", try #require(parts.month), try #require(parts.day))
                let clock = String(format: "%02d:%02d", try #require(parts.hour), try #require(parts.minute))
                let full = "\(year)-\(day) \(clock):" + String(format: "%02d", try #require(parts.second))
                #expect(full.contains(tick.text), "\(tick.text) is not in \(full)")
                // What the name leaves out at its end is at its start: a year begins in January, a day at midnight.
                let rest = full.split(separator: tick.text, maxSplits: 1).last ?? ""
                #expect(rest.isEmpty || full.hasSuffix(tick.text) || rest.allSatisfy { "-01 :".contains($0) })
            }
        }
    }

    @Test func `known ranges give the expected ticks`() throws {
        func texts(_ first: String, _ last: String) throws -> [String] {
            let moments = try [first, last].map {
                Int64(try Date($0, strategy: .iso8601).timeIntervalSince1970) * 1_000_000
            }
            return CalendarTicks(from: moments[0], through: moments[1], maximum: 6).ticks.map(\.text)
        }
        let months = try texts("2023-11-15T10:00:00Z", "2024-06-01T00:00:00Z")
        #expect(months == ["2024-01", "2024-03", "2024-05"])
        let days = try texts("2024-02-27T10:00:00Z", "2024-03-02T12:00:00Z")
        #expect(days == ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"])
        let minutes = try texts("2023-12-31T23:50:00Z", "2024-01-01T00:12:00Z")
        #expect(minutes == ["12-31 23:50", "12-31 23:55", "01-01 00:00", "01-01 00:05", "01-01 00:10"])
        let decades = try texts("1950-06-01T00:00:00Z", "2001-01-01T00:00:00Z")
        #expect(decades == ["1960", "1970", "1980", "1990", "2000"])
        #expect(try texts("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z").isEmpty)
    }
}
