/// Crockford's base32: ten digits and the letters without `i`, `l`, `o` and `u`.
enum CodeAlphabet {
    /// The ASCII character of each symbol.
    static let characters = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// What a byte that is no character of any code reads as.
    static let none: UInt8 = 0xFF
    /// What a hyphen, which is skipped, reads as.
    static let hyphen: UInt8 = 0xFE

    /// The symbol that each byte reads as: case is folded, `o` is 0, `i` and `l` are 1.
    static let symbols: [UInt8] = {
        var symbols = [UInt8](repeating: none, count: 256)
        func read(_ character: UInt8, as symbol: UInt8) {
            symbols[Int(character)] = symbol
            let isLetter = character >= UInt8(ascii: "a")
            if isLetter { symbols[Int(character) - 32] = symbol }
        }
        for (symbol, character) in characters.enumerated() { read(character, as: UInt8(symbol)) }
        read(UInt8(ascii: "o"), as: 0)
        read(UInt8(ascii: "i"), as: 1)
        read(UInt8(ascii: "l"), as: 1)
        symbols[Int(UInt8(ascii: "-"))] = hyphen
        return symbols
    }()
}
