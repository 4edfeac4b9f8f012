/// Reads JSON (RFC 8259) strictly, with a limit to its depth: whatever bytes come from outside, it answers or throws.
package struct JSONParser {
    /// Why the bytes are no JSON.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        /// The byte, from 0.
        package let offset: Int
        /// What is wrong there.
        package let detail: String

        package var description: String { "\(detail) at byte \(offset)" }
    }

    /// How deep arrays and objects may be nested.
    static let depthLimit = 32

    private let bytes: [UInt8]
    private var offset = 0

    /// The one document that the bytes hold.
    package static func parse(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.offset == bytes.count else { throw parser.fault("something follows the document") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func fault(_ detail: String) -> Fault { Fault(offset: offset, detail: detail) }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        guard next == byte.asciiValue else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard depth <= Self.depthLimit else { throw fault("the nesting is deeper than \(Self.depthLimit)") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some: return try number()
        case nil: throw fault("the document ends too early")
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Fault) -> JSONValue {
        let end = offset + word.utf8.count
        guard end <= bytes.count, bytes[offset..<end].elementsEqual(word.utf8) else {
            throw fault("no value begins so")
        }
        offset = end
        return value
    }

    private mutating func array(_ depth: Int) throws(Fault) -> JSONValue {
        offset += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw fault("a comma or ']' is missing") }
        }
    }

    private mutating func object(_ depth: Int) throws(Fault) -> JSONValue {
        offset += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object([:]) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a member's name is missing") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw fault("a colon is missing") }
            // Two members of one name mean different things to different readers, so there is no right one.
            guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
                throw fault("the member '\(name.prefix(40))' is there twice")
            }
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw fault("a comma or '}' is missing") }
        }
    }

    private mutating func number() throws(Fault) -> JSONValue {
        let start = offset
        var isWhole = true
        _ = take("-")
        if take("0") {
        } else {
            guard digits() > 0 else { throw fault("no value begins so") }
        }
        if take(".") {
            isWhole = false
            guard digits() > 0 else { throw fault("a digit is missing") }
        }
        if take("e") || take("E") {
            isWhole = false
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { throw fault("a digit is missing") }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw fault("the number is too large") }
        return .number(value)
    }

    private mutating func digits() -> Int {
        let start = offset
        while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
        return offset - start
    }

    private mutating func string() throws(Fault) -> String {
        offset += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw fault("the string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw fault("a control character stands in a string")
            default:
                text.append(byte)
                offset += 1
            }
        }
        throw fault("a string has no end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Fault) {
        offset += 1
        guard let byte = next else { throw fault("a string has no end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard take("\\"), take("u") else { throw fault("half a surrogate pair") }
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw fault("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw fault("no escape is written so")
        }
    }

    private mutating func hexadecimal() throws(Fault) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw fault("a string has no end") }
        var code: UInt32 = 0
        for byte in bytes[offset..<offset + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw fault("four hexadecimal digits are missing")
            }
            code = code << 4 | UInt32(digit)
        }
        offset += 4
        return code
    }
}
