/// Text for people, harmless to a terminal: what is interpolated loses its control characters, what the program itself
/// wrote as a literal does not.
///
/// Names, labels, ids, prompts and paths come from anywhere. Unescaped, they could recolour a terminal, move its cursor,
/// or forge a line of a log. Everything that commands print for people is of this type, so that none can be forgotten.
struct TerminalText: ExpressibleByStringInterpolation {
    /// What is printed.
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }

    init(stringInterpolation interpolation: StringInterpolation) { text = interpolation.text }

    /// Lines of any origin, each harmless.
    init(lines: some Sequence<String>) { text = lines.map(\.escapedForTerminal).joined(separator: "\n") }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        /// Text that is harmless already.
        mutating func appendInterpolation(_ harmless: TerminalText) { text += harmless.text }

        mutating func appendInterpolation<Value>(_ value: Value) { text += "\(value)".escapedForTerminal }
    }

    static func + (one: TerminalText, other: TerminalText) -> TerminalText { "\(one)\(other)" }
}

extension Sequence where Element == TerminalText {
    /// The texts with another between each two.
    func joined(separator: TerminalText) -> TerminalText {
        var joined: TerminalText = ""
        for (index, element) in enumerated() { joined = index == 0 ? element : joined + separator + element }
        return joined
    }
}

extension String {
    /// The text with control characters, and those that change the direction or the line, as escapes: `\n`, `\u{1b}`.
    ///
    /// These are C0, DEL and C1, the bidirectional controls U+202A to U+202E and U+2066 to U+2069, and U+2028 and U+2029.
    var escapedForTerminal: String { escapedForTerminal(keepingLineFeeds: false) }

    /// As ``escapedForTerminal``, for a text of several lines, whose line feeds stay.
    func escapedForTerminal(keepingLineFeeds: Bool) -> String {
        // C1 begins with the byte 0xC2 in UTF-8, the bidirectional controls with 0xE2; most texts have neither.
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 }) else { return self }
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": escaped.append(contentsOf: (keepingLineFeeds ? "\n" : "\\n").unicodeScalars)
            case "\r": escaped.append(contentsOf: "\\r".unicodeScalars)
            case "\t": escaped.append(contentsOf: "\\t".unicodeScalars)
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
                escaped.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
