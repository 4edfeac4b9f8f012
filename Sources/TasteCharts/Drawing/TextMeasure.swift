/// An upper estimate of how wide text is drawn, without a font at hand.
///
/// The widths are those of DejaVu Sans and DejaVu Sans Mono, among the widest fonts that a system uses as its default,
/// so that text measured as fitting also fits in narrower ones.
package enum TextMeasure {
    /// The faces that the charts set text in.
    package enum Face: Sendable {
        case sans
        case bold
        case mono
    }

    /// The width of a text at a font size, in the unit of the size.
    package static func width(_ text: String, face: Face, size: Double) -> Double {
        var ems = 0.0
        for character in text { ems += width(of: character, face: face) }
        return ems * size
    }

    /// The text, or its longest beginning that fits with an ellipsis behind it.
    package static func fitted(_ text: String, face: Face, size: Double, width limit: Double) -> String {
        guard width(text, face: face, size: size) > limit else { return text }
        let room = limit / size - width(of: Character("…"), face: face)
        var used = 0.0
        var end = text.startIndex
        while end < text.endIndex {
            used += width(of: text[end], face: face)
            if used > room { break }
            text.formIndex(after: &end)
        }
        var kept = text[..<end]
        while kept.last == " " { kept.removeLast() }
        return kept + "…"
    }

    /// The width in ems. A cluster of several scalars (an accent, an emoji of parts) is as wide as its widest.
    private static func width(of character: Character, face: Face) -> Double {
        var widest = 0.0
        for scalar in character.unicodeScalars { widest = max(widest, width(of: scalar, face: face)) }
        return widest
    }

    private static func width(of scalar: Unicode.Scalar, face: Face) -> Double {
        if scalar.value >= 0x1100 { return wideWidth(of: scalar) }
        if face == .mono { return 0.61 }
        return sansWidth(of: scalar) * (face == .bold ? 1.13 : 1)
    }

    private static func sansWidth(of scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "I", "'", ".", ",", ":", ";", "|", "!", " ": 0.34
        case "f", "r", "t", "(", ")", "[", "]", "/", "\\", "J", "-": 0.42
        case "m", "M", "W", "%", "@", "w": 1
        case "A"..."Z", "&", "+", "<", ">", "=", "~", "#", "^": 0.84
        case "a"..."z", "0"..."9", "?", "$", "*", "\"", "`", "_", "{", "}": 0.65
        case "\u{300}"..."\u{36F}": 0
        default: 1
        }
    }

    /// From Hangul up: dashes and dots are narrow, ideographs one em, pictures somewhat more.
    private static func wideWidth(of scalar: Unicode.Scalar) -> Double {
        switch scalar.value {
        case 0x200B...0x200F, 0xFE00...0xFE0F: 0
        case 0x2190...0x2BFF, 0x1F000...0x1FAFF: 1.4
        case 0x2000...0x2026: 1
        default: 1.1
        }
    }
}
