/// What stands around a code that was pasted or put in quotes.
extension PromptScanner {
    /// The letters, digits and hyphens from an offset on.
    struct Run {
        let range: Range<Int>
        let digits: Int
        let letters: Int
        let isHexadecimal: Bool

        var hasHyphens: Bool { digits + letters < range.count }
    }

    /// The longest run of ASCII letters, digits and hyphens that begins at an offset; it may be empty.
    func run(from start: Int) -> Run {
        var end = start
        var digits = 0, letters = 0
        var isHexadecimal = true
        while end < byteCount {
            switch self[end] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): letters += 1
            case UInt8(ascii: "g")...UInt8(ascii: "z"), UInt8(ascii: "G")...UInt8(ascii: "Z"):
                letters += 1
                isHexadecimal = false
            case UInt8(ascii: "-"): break
            default:
                return Run(range: start..<end, digits: digits, letters: letters, isHexadecimal: isHexadecimal)
            }
            end += 1
        }
        return Run(range: start..<end, digits: digits, letters: letters, isHexadecimal: isHexadecimal)
    }

    /// Whether a run is the id of a moodboard: `m` and 15 to 20 digits.
    func isMoodboard(_ run: Run) -> Bool {
        run.letters == 1 && (15...20).contains(run.digits) && !run.hasHyphens
            && self[run.range.lowerBound] | 0x20 == UInt8(ascii: "m")
    }

    /// Whether letters are a code in its canonical spelling, so none of `i`, `l`, `o` and `u`, nor hyphens: almost no
    /// word of twelve letters is without them. A reference is so after its first letter, which is `u`.
    func isCopiedCode(_ run: Run, afterLetter isReference: Bool) -> Bool {
        for offset in run.range.dropFirst(isReference ? 1 : 0) {
            switch self[offset] | 0x20 {
            case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): return false
            default: continue
            }
        }
        return !run.hasHyphens
    }

    /// What a character can be beside a code.
    enum Punctuation {
        /// No punctuation: a letter, a digit, a space, a picture.
        case none
        /// What opens a quotation whose content is text: a straight or curly double quote.
        case textQuote
        /// What people and Markdown put around a word: other quotes, brackets, backticks, asterisks; also what cannot be
        /// seen, such as a zero-width space.
        case wrapper
        /// What separates words of a list: commas, semicolons and the like, of any script.
        case separator
        /// Any other punctuation or sign.
        case other
    }

    /// The punctuation at an offset that begins a character, and its length in bytes.
    func punctuation(at offset: Int) -> (Punctuation, length: Int) {
        let byte = self[offset]
        if byte < 0x80 { return (Self.punctuation(ofASCII: byte), 1) }
        let scalar = scalar(at: offset)
        return (Self.punctuation(of: scalar), UTF8.width(scalar))
    }

    /// Whether what follows a code directly makes it a code with something wrong after it, and not the beginning of a
    /// word of text: nothing but punctuation, a separator, or a character of another script.
    func followsCode(from end: Int) -> Bool {
        guard end < byteCount, !isWordEnd(end) else { return true }
        if self[end] >= 0x80 || hasColons(at: end) { return true }
        if punctuation(at: end).0 == .separator { return true }
        var offset = end
        while !isWordEnd(offset) {
            let (kind, length) = punctuation(at: offset)
            if kind == .none { return false }
            offset += length
        }
        return true
    }

    /// Whether what follows a code in brackets or the like is what may follow a code, or closes them: `[code](address)`.
    func endsWrapping(at end: Int) -> Bool {
        if followsCode(from: end) { return true }
        return punctuation(at: end).0 == .wrapper
    }

    private static func punctuation(ofASCII byte: UInt8) -> Punctuation {
        switch byte {
        case UInt8(ascii: "\""): .textQuote
        case UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "\\"), 0...0x08, 0x0E...0x1F, 0x7F:
            .wrapper
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "|"), UInt8(ascii: "+"): .separator
        case 0x21...0x7E where !isLetterOrDigit(byte): .other
        default: .none
        }
    }

    private static func punctuation(of scalar: Unicode.Scalar) -> Punctuation {
        switch scalar.value {
        case 0x201C, 0x201D: return .textQuote
        // Commas, colons and semicolons of other scripts.
        case 0xFF0C, 0xFF1B, 0xFF1A, 0x3001, 0xFF64, 0x060C, 0x061B, 0x30FB, 0xFF5C: return .separator
        default: break
        }
        switch scalar.properties.generalCategory {
        case .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .format: return .wrapper
        case .otherPunctuation, .connectorPunctuation, .dashPunctuation, .mathSymbol, .modifierSymbol: return .other
        default: return .none
        }
    }

    /// The scalar at an offset that begins one; the bytes are a string's, so they are valid.
    private func scalar(at offset: Int) -> Unicode.Scalar {
        let first = UInt32(self[offset])
        func next(_ index: Int) -> UInt32 { UInt32(self[offset + index]) & 0x3F }
        let value =
            switch first {
            case 0xF0...: (first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3)
            case 0xE0...: (first & 0x0F) << 12 | next(1) << 6 | next(2)
            default: (first & 0x1F) << 6 | next(1)
            }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }
}
