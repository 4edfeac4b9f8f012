/// A code of another image service, known by its shape alone: six to eleven letters and digits, at least one of each,
/// which are no number with a unit (`35mm`, `1920x1080`).
///
/// None is ever one of the store's own, which have 13 characters at least. What one means is the store's to say.
package struct ForeignCode: Hashable, Sendable {
    /// The code in lower case, as the services spell theirs.
    package let spelling: String

    /// Reads a code in any case.
    ///
    /// - Returns: nil for a text that a prompt would not take for a foreign code.
    package init?(_ text: some StringProtocol) {
        let text = text.lowercased()
        let utf8 = text.utf8
        guard PromptScanner(utf8.span).isForeignCode(in: 0..<utf8.count) else { return nil }
        spelling = text
    }

    /// A code that the scanner has found to be one.
    init(found text: Substring) { spelling = text.lowercased() }
}

extension ForeignCode: CustomStringConvertible {
    /// The spelling.
    package var description: String { spelling }
}

extension PromptScanner {
    /// Whether a range has the shape of a foreign code.
    func isForeignCode(in range: Range<Int>) -> Bool {
        guard (6...11).contains(range.count) else { return false }
        var digits = 0
        for offset in range {
            guard Self.isLetterOrDigit(self[offset]) else { return false }
            if Self.isDigit(self[offset]) { digits += 1 }
        }
        return digits > 0 && digits < range.count && !isQuantity(in: range)
    }

    /// Whether letters and digits are numbers with a unit: `35mm`, `1920x1080`, `1080p60`, `25yearold`, `iso3200`.
    private func isQuantity(in range: Range<Int>) -> Bool {
        var offset = digitsEnd(from: range.lowerBound, to: range.upperBound)
        if offset == range.lowerBound {
            let prefix = range.lowerBound..<(range.lowerBound + 3)
            return spells("iso", in: prefix)
                && digitsEnd(from: prefix.upperBound, to: range.upperBound) == range.upperBound
        }
        while offset + 1 < range.upperBound, Self.separatesNumbers(self[offset]), Self.isDigit(self[offset + 1]) {
            offset = digitsEnd(from: offset + 1, to: range.upperBound)
        }
        let unit = offset..<range.upperBound
        return unit.isEmpty || Self.units.contains { spells($0, in: unit) }
    }

    private func digitsEnd(from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end, Self.isDigit(self[offset]) { offset += 1 }
        return offset
    }

    /// `x` as in `16x9`, and `p` and `i` as in `1080p60`.
    private static func separatesNumbers(_ byte: UInt8) -> Bool {
        byte | 0x20 == UInt8(ascii: "x") || byte | 0x20 == UInt8(ascii: "p") || byte | 0x20 == UInt8(ascii: "i")
    }

    /// What people write directly after a number.
    private static let units = [
        "mm", "cm", "m", "km", "nm", "in", "inch", "inches", "ft", "feet", "foot", "yd", "mi", "mile", "miles", "meter",
        "meters", "metre", "metres", "px", "pixel", "pixels", "mp", "megapixel", "dpi", "ppi", "pt", "em", "p", "i",
        "x",
        "k", "d", "fps", "hz", "khz", "mhz", "ghz", "bit", "bits", "kb", "mb", "gb", "tb", "s", "st", "nd", "rd", "th",
        "thcentury", "stcentury", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "h", "hr",
        "hrs", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "y", "yo", "yr", "yrs", "year",
        "years", "yearold", "yearsold", "ad", "bc", "ce", "bce", "am", "pm", "deg", "degree", "degrees", "g", "kg",
        "mg",
        "lb", "lbs", "oz", "t", "l", "ml", "cc", "hp", "kw", "w", "watt", "watts", "v", "volt", "mah", "lm", "lumen",
        "lumens", "ev", "stop", "stops", "mph", "kph", "kmh", "ct", "carat", "karat", "percent", "usd", "eur", "kelvin",
    ]
}
