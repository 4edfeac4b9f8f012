internal import ByteCoding

extension Code {
    /// Reads a code as people type it: any case, `O` for 0, `I` and `L` for 1, hyphens anywhere; or a whole hash, as 64
    /// hexadecimal digits of either case.
    ///
    /// Cost: one pass over the text; no allocation for a right code of 13 characters.
    ///
    /// - Parameter text: The text, without white space.
    /// - Throws: ``CodeError/malformed(_:)`` when the text has not the shape of any code, and ``CodeError/mistyped``
    ///   when it has, but the check symbol shows that a symbol is wrong or two are swapped.
    public init(_ text: some StringProtocol) throws(CodeError) {
        self = try Self.read(String(text)).get()
    }

    /// What ``init(_:)`` does, for callers to whom a wrong code is an everyday answer and not an error.
    package static func read(_ text: String) -> Result<Code, CodeError> {
        // The two never overlap: a code that is not the whole hash has at most 31 characters.
        if text.utf8.count >= 2 * SHA256Digest.byteCount {
            let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
            if let hash = SHA256Digest(hex: String(decoding: digits, as: UTF8.self)) {
                return .success(Code(hash: hash))
            }
        }
        return readSymbols(text)
    }

    /// Reads a code that is not the whole hash.
    static func readSymbols(_ text: String) -> Result<Code, CodeError> {
        let utf8 = text.utf8.span
        let table = CodeAlphabet.symbols
        var groups: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var check = CheckEquation()
        var count = 0
        var last: UInt8 = 0
        var offset = 0
        // The check symbol is known as such only at the end, so each symbol is stored when the next one arrives.
        while offset < utf8.count {
            let symbol = table[Int(utf8[offset])]
            if symbol < 32 {
                store(last, asSymbol: count, in: &groups)
                check.add(symbol)
                last = symbol
                count += 1
            } else if symbol != CodeAlphabet.hyphen {
                return .failure(.malformed(strangeCharacter(in: text, atByte: offset)))
            }
            offset += 1
        }
        let symbolCount = count - 1
        guard symbolCount >= minimumSymbolCount, symbolCount <= maximumSymbolCount else {
            return .failure(.malformed(.length(count)))
        }
        guard check.holds else { return .failure(.mistyped) }
        return .success(Code(groups: groups, symbolCount: symbolCount))
    }

    /// Stores a symbol by its place from 1; place 0 is before the first symbol, and places after 30 are in no code.
    private static func store(_ symbol: UInt8, asSymbol place: Int, in groups: inout (UInt64, UInt64, UInt64)) {
        let index = place &- 1
        let bits = UInt64(symbol)
        if index < 0 {
            return
        } else if index < 12 {
            groups.0 |= bits &<< UInt64(55 &- index &* 5)
        } else if index < 24 {
            groups.1 |= bits &<< UInt64(55 &- (index &- 12) &* 5)
        } else if index < maximumSymbolCount {
            groups.2 |= bits &<< UInt64(55 &- (index &- 24) &* 5)
        }
    }

    private static func strangeCharacter(in text: String, atByte offset: Int) -> CodeError.Fault {
        var end = 0
        for (index, character) in text.enumerated() {
            end += character.utf8.count
            if end > offset { return .character(character, column: index + 1) }
        }
        preconditionFailure("a byte of a text is in one of its characters")
    }
}
