/// Looks through JSON for what a decoder passes over or misnames: a key that an object has twice, a number that no
/// `Double` holds, and nesting that is too deep to decode.
///
/// Anything else that is wrong with the text is left to the decoder. Reads each byte once and never recurses.
struct JSONFlaws {
    /// How deeply objects and arrays may stand in each other; no line needs more than three.
    static let largestDepth = 256

    /// A flaw, and where it is.
    struct Flaw: Error {
        let fault: InterchangeFault
        /// The element of the outermost array, from 0, in which it is.
        let element: Int
    }

    /// An object or array that has begun and not ended.
    private struct Container {
        let isObject: Bool
        var expectsKey: Bool
        var keys: Set<[UInt8]> = []
        var key = ""
        var index = 0
    }

    private let json: [UInt8]
    private var offset = 0
    private var open: [Container] = []

    private init(_ json: [UInt8]) { self.json = json }

    /// Throws the first flaw of a text, if it has one.
    static func check(_ json: [UInt8]) throws(Flaw) {
        var scan = JSONFlaws(json)
        while scan.offset < json.count { try scan.step() }
    }

    private mutating func step() throws(Flaw) {
        let byte = json[offset]
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard open.count < Self.largestDepth else { throw flaw(.tooDeep(limit: Self.largestDepth)) }
            let isObject = byte == UInt8(ascii: "{")
            open.append(Container(isObject: isObject, expectsKey: isObject))
        case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: ","):
            if let last = open.indices.last {
                open[last].expectsKey = open[last].isObject
                open[last].index += 1
            }
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: break
        }
        offset += 1
    }

    private mutating func string() throws(Flaw) {
        let start = offset
        var hasEscape = false
        offset += 1
        while offset < json.count, json[offset] != UInt8(ascii: "\"") {
            if json[offset] == UInt8(ascii: "\\") {
                hasEscape = true
                offset += 1
            }
            offset += 1
        }
        guard offset < json.count else { return }
        offset += 1
        guard let last = open.indices.last, open[last].expectsKey else { return }
        open[last].expectsKey = false
        let literal = json[start..<offset]
        let key = hasEscape ? JSONText.unescaped(literal) : Array(literal.dropFirst().dropLast())
        open[last].key = String(decoding: key, as: UTF8.self)
        guard open[last].keys.insert(key).inserted else { throw flaw(.repeatedField(path)) }
    }

    private mutating func number() throws(Flaw) {
        let start = offset
        while offset < json.count, Self.isOfNumber(json[offset]) { offset += 1 }
        // Fewer digits than these, without an exponent, cannot be too large.
        let literal = json[start..<offset]
        guard literal.count > 300 || literal.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return }
        let text = String(decoding: literal, as: UTF8.self)
        guard let number = Double(text), number.isInfinite else { return }
        throw flaw(.numberOutOfRange(path, String(text.prefix(40))))
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// The keys and indices that lead to where the scan is, without that of an outermost array.
    private var path: String {
        open.enumerated().compactMap { depth, container in
            container.isObject ? container.key : depth == 0 ? nil : String(container.index)
        }.joined(separator: ".")
    }

    private func flaw(_ fault: InterchangeFault) -> Flaw {
        Flaw(fault: fault, element: open.first.map { $0.isObject ? 0 : $0.index } ?? 0)
    }
}
