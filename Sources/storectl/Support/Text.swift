import Foundation
import PersonalizationStore

/// Numbers and times for people.
enum Text {
    /// A number with so many digits after the point.
    static func decimal(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// Thousandths as a percentage.
    static func percent(_ thousandths: Int) -> String { decimal(Double(thousandths) / 10, digits: 1) + " %" }

    /// An RFC 3339 time without its fraction of a second.
    static func minute(_ rfc3339: String) -> String {
        rfc3339.prefix(19).replacingOccurrences(of: "T", with: " ") + " UTC"
    }

    /// A time without its fraction of a second.
    static func minute(_ time: Timestamp) -> String { minute(time.rfc3339) }

    /// A number of bytes in the largest binary unit that leaves it above one.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        for unit in ["bytes", "KiB", "MiB", "GiB"] {
            if value < 1024 { return unit == "bytes" ? "\(count) bytes" : decimal(value, digits: 1) + " " + unit }
            value /= 1024
        }
        return decimal(value, digits: 1) + " TiB"
    }

    /// Seconds, and how many things a second.
    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// A whole number with thousands separated.
    static func count(_ number: Int) -> String {
        var digits = String(number)
        var index = digits.endIndex
        while digits.distance(from: digits.startIndex, to: index) > 3 {
            index = digits.index(index, offsetBy: -3)
            digits.insert(",", at: index)
        }
        return digits
    }

    /// "1 event", "2 events".
    static func counted(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}
