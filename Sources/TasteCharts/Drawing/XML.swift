/// Text made fit to stand in an XML 1.0 document.
package enum XML {
    /// The text with markup escaped, white space turned into spaces, and what XML forbids into U+FFFD.
    ///
    /// The result may stand in an element or in a quoted attribute.
    package static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(drawable(scalar))
            }
        }
        return result
    }

    /// The text as it will be shown: on one line, with nothing that XML forbids or that would turn its neighbours about.
    package static func oneLine(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result.unicodeScalars.append(drawable(scalar)) }
        return result
    }

    private static func drawable(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029: " "
        case 0x00...0x1F, 0x7F...0x9F, 0xFFFE, 0xFFFF: "\u{FFFD}"
        // Overrides and isolates of direction reach past the label that they stand in.
        case 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: scalar
        }
    }
}
