/// Finds the words of a prompt in its UTF-8 bytes. Knows white space, quotes and the dashes before a parameter.
///
/// Copyable only because Swift 6.3 rejects a noncopyable one as a field of the parser; nothing copies it.
struct PromptScanner: ~Escapable {
    private let bytes: Span<UInt8>
    /// False once a search has shown that no curly quote closes any more, so that no prompt is searched twice.
    private var mayCloseCurlyQuotes = true

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
    }

    var byteCount: Int { bytes.count }

    subscript(offset: Int) -> UInt8 { bytes[offset] }

    /// Whether `offset` is the end of a word: white space or the end of the prompt.
    func isWordEnd(_ offset: Int) -> Bool {
        offset >= bytes.count || whiteSpaceLength(at: offset) > 0
    }

    /// The start of the word at or after an offset that is not inside a word, or the end of the prompt.
    func wordStart(from start: Int) -> Int {
        var offset = start
        while offset < bytes.count {
            let length = whiteSpaceLength(at: offset)
            if length == 0 { break }
            offset += length
        }
        return offset
    }

    /// The white space or end of prompt that ends a word, quotes being like any character.
    func wordEnd(from start: Int) -> Int {
        var offset = start
        while !isWordEnd(offset) { offset += 1 }
        return offset
    }

    /// The end of a word that may hold quoted text, whose white space does not end it.
    @_lifetime(self: copy self)
    mutating func textEnd(from start: Int) -> Int {
        var offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte > UInt8(ascii: "\"") && byte < 0xC2 {
                offset += 1
            } else if byte == UInt8(ascii: "\"") {
                offset = straightQuoteEnd(at: offset) ?? offset + 1
            } else if whiteSpaceLength(at: offset) > 0 {
                break
            } else if isCurlyQuote(0x9C, at: offset) {
                offset = curlyQuoteEnd(at: offset) ?? offset + 3
            } else {
                offset += 1
            }
        }
        return offset
    }

    /// The number of dash bytes that make a word a parameter: `--`, an em dash or an en dash; 0 for other words.
    func dashLength(at offset: Int) -> Int {
        guard offset + 1 < bytes.count else { return 0 }
        switch bytes[offset] {
        case UInt8(ascii: "-"):
            return bytes[offset + 1] == UInt8(ascii: "-") ? 2 : 0
        case 0xE2:
            guard offset + 2 < bytes.count, bytes[offset + 1] == 0x80 else { return 0 }
            return bytes[offset + 2] == 0x93 || bytes[offset + 2] == 0x94 ? 3 : 0
        default: return 0
        }
    }

    /// Whether two colons stand at `offset`.
    func hasColons(at offset: Int) -> Bool {
        offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: ":") && bytes[offset + 1] == UInt8(ascii: ":")
    }

    /// Whether the bytes of a range are these lower-case ASCII letters, in either case.
    func spells(_ letters: String, in range: Range<Int>) -> Bool {
        guard letters.utf8.count == range.count else { return false }
        var offset = range.lowerBound
        for letter in letters.utf8 {
            if bytes[offset] | 0x20 != letter { return false }
            offset += 1
        }
        return true
    }

    /// A decimal number of one to four ASCII digits without a sign or leading zeros; nil for anything else.
    func number(in range: Range<Int>) -> Int? {
        guard (1...4).contains(range.count) else { return nil }
        guard bytes[range.lowerBound] != UInt8(ascii: "0") || range.count == 1 else { return nil }
        var number = 0
        for offset in range {
            let digit = bytes[offset] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }

    /// The length in bytes of the Unicode `White_Space` character at an offset; 0 for any other.
    private func whiteSpaceLength(at offset: Int) -> Int {
        let byte = bytes[offset]
        if byte > 0x20 && byte < 0xC2 { return 0 }
        switch byte {
        case 0x09...0x0D, 0x20: return 1
        case 0xC2 where offset + 1 < bytes.count:
            return bytes[offset + 1] == 0x85 || bytes[offset + 1] == 0xA0 ? 2 : 0
        case 0xE1...0xE3 where offset + 2 < bytes.count:
            return isWideSpace(byte, bytes[offset + 1], bytes[offset + 2]) ? 3 : 0
        default: return 0
        }
    }

    private func isWideSpace(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (first, second, third) {
        case (0xE1, 0x9A, 0x80): true  // U+1680
        case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF): true  // U+2000 to U+202F
        case (0xE2, 0x81, 0x9F): true  // U+205F
        case (0xE3, 0x80, 0x80): true  // U+3000
        default: false
        }
    }

    /// The byte after the quoted text that a straight quote opens, or nil when it opens none: directly after a digit it
    /// stands for inches, and without a second quote for itself.
    private func straightQuoteEnd(at offset: Int) -> Int? {
        if offset > 0, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[offset - 1] { return nil }
        var end = offset + 1
        while end < bytes.count {
            if bytes[end] == UInt8(ascii: "\"") { return end + 1 }
            end += 1
        }
        return nil
    }

    @_lifetime(self: copy self)
    private mutating func curlyQuoteEnd(at offset: Int) -> Int? {
        guard mayCloseCurlyQuotes else { return nil }
        var end = offset + 3
        while end < bytes.count {
            if isCurlyQuote(0x9D, at: end) { return end + 3 }
            end += 1
        }
        mayCloseCurlyQuotes = false
        return nil
    }

    /// What is between the quotes when a word begins with one and ends with one that closes it.
    func quotedRange(_ word: Range<Int>) -> Range<Int>? {
        if bytes[word.lowerBound] == UInt8(ascii: "\"") {
            guard word.count > 1, bytes[word.upperBound - 1] == UInt8(ascii: "\"") else { return nil }
            return (word.lowerBound + 1)..<(word.upperBound - 1)
        }
        guard word.count > 5, isCurlyQuote(0x9C, at: word.lowerBound), isCurlyQuote(0x9D, at: word.upperBound - 3)
        else {
            return nil
        }
        return (word.lowerBound + 3)..<(word.upperBound - 3)
    }

    /// The end of the ASCII letters from an offset on.
    func lettersEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count, UInt8(ascii: "a")...UInt8(ascii: "z") ~= bytes[end] | 0x20 { end += 1 }
        return end
    }

    /// Whether U+201C (last byte 9C, opening) or U+201D (9D, closing) stands at an offset.
    private func isCurlyQuote(_ last: UInt8, at offset: Int) -> Bool {
        offset + 2 < bytes.count && bytes[offset] == 0xE2 && bytes[offset + 1] == 0x80 && bytes[offset + 2] == last
    }
}
