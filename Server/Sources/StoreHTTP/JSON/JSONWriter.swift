/// Encodes documents as JSON straight into bytes, members in the order in which they are given.
///
/// A response is one document of known types: a tree, sorting and dynamic casts, which Foundation's encoder needs for every
/// value, took longer than finding the answer did.
package struct JSONWriter {
    /// The document's bytes.
    ///
    /// - Throws: `EncodingError` for a number that JSON lacks, and whatever the document throws.
    package static func bytes(of document: some Encodable) throws -> [UInt8] {
        let output = JSONOutput()
        try output.encode(document)
        return output.bytes
    }
}

/// The bytes written so far.
private final class JSONOutput {
    var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(1024) }

    func encode<Value: Encodable>(_ value: Value) throws {
        // Comparing types is cheaper than a cast that fails.
        if Value.self == [Int16].self, let numbers = value as? [Int16] { return write(numbers: numbers) }
        if Value.self == JSONValue.self, let value = value as? JSONValue { return try write(tree: value) }
        if Value.self == String.self, let text = value as? String { return write(text: text) }
        let frame = JSONFrame(self)
        try value.encode(to: JSONEncoding(frame: frame))
        frame.close()
    }

    private func write(numbers: [Int16]) {
        bytes.append(UInt8(ascii: "["))
        for (index, number) in numbers.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(integer: number)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private func write(tree value: JSONValue) throws {
        switch value {
        case .null: write(literal: "null")
        case .bool(let flag): write(literal: flag ? "true" : "false")
        case .integer(let number): write(integer: number)
        case .number(let number): try write(double: number)
        case .string(let text): write(text: text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try write(tree: element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            // A dictionary has no order of its own, and the same document should be the same bytes.
            for (index, name) in members.keys.sorted().enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(text: name)
                bytes.append(UInt8(ascii: ":"))
                try write(tree: members[name] ?? .null)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    func write(literal text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    func write(integer number: some FixedWidthInteger) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var left = number.magnitude
        if left < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(left))
            return
        }
        let start = bytes.count
        while left > 0 {
            let (quotient, remainder) = left.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(remainder))
            left = quotient
        }
        bytes[start...].reverse()
    }

    func write(double number: Double) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, EncodingError.Context(codingPath: [], debugDescription: "JSON has no \(number)"))
        }
        // Swift writes the shortest digits that stand for the number, in a form that JSON has too.
        bytes.append(contentsOf: number.description.utf8)
    }

    func write(text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: write(literal: "\\n")
            case 0x0D: write(literal: "\\r")
            case 0x09: write(literal: "\\t")
            case 0..<0x20:
                write(literal: "\\u00")
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

/// What one value has become so far: an object or array is closed when its value has been encoded, or when what it stands in
/// goes on.
private final class JSONFrame {
    private enum Kind { case nothing, scalar, object, array, closed }

    let output: JSONOutput
    private var kind = Kind.nothing
    private var isEmpty = true
    private var child: JSONFrame?

    init(_ output: JSONOutput) { self.output = output }

    func beginObject() { begin(.object, UInt8(ascii: "{")) }
    func beginArray() { begin(.array, UInt8(ascii: "[")) }

    /// A value may ask for its container several times, of one kind.
    private func begin(_ wanted: Kind, _ byte: UInt8) {
        if kind == wanted { return }
        precondition(kind == .nothing, "a value is encoded as one thing")
        kind = wanted
        output.bytes.append(byte)
    }

    func beginScalar() {
        precondition(kind == .nothing, "a value is encoded once")
        kind = .scalar
    }

    func member(_ name: String) {
        separate()
        output.write(text: name)
        output.bytes.append(UInt8(ascii: ":"))
    }

    func separate() {
        precondition(kind != .closed, "a container is written before what follows it")
        child?.close()
        child = nil
        if !isEmpty { output.bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
    }

    /// A container inside, which is open until something follows it.
    func nested() -> JSONFrame {
        let frame = JSONFrame(output)
        child = frame
        return frame
    }

    func close() {
        child?.close()
        child = nil
        switch kind {
        case .object: output.bytes.append(UInt8(ascii: "}"))
        case .array: output.bytes.append(UInt8(ascii: "]"))
        // A value that encodes nothing is an object without members, as Foundation has it.
        case .nothing: output.write(literal: "{}")
        case .scalar, .closed: break
        }
        kind = .closed
    }
}

private struct JSONEncoding: Encoder {
    let frame: JSONFrame
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        frame.beginObject()
        return KeyedEncodingContainer(JSONMembers<Key>(frame: frame))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        frame.beginArray()
        return JSONElements(frame: frame)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { JSONSingle(frame: frame) }
}

private struct JSONMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let frame: JSONFrame
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) {
        frame.member(key.stringValue)
        frame.output.write(literal: "null")
    }

    func encode(_ value: Bool, forKey key: Key) {
        frame.member(key.stringValue)
        frame.output.write(literal: value ? "true" : "false")
    }

    func encode(_ value: Double, forKey key: Key) throws {
        frame.member(key.stringValue)
        try frame.output.write(double: value)
    }

    func encode(_ value: Int, forKey key: Key) {
        frame.member(key.stringValue)
        frame.output.write(integer: value)
    }

    func encode(_ value: String, forKey key: Key) {
        frame.member(key.stringValue)
        frame.output.write(text: value)
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        frame.member(key.stringValue)
        try frame.output.encode(value)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        frame.member(key.stringValue)
        return JSONEncoding(frame: frame.nested()).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        frame.member(key.stringValue)
        return JSONEncoding(frame: frame.nested()).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        frame.member("super")
        return JSONEncoding(frame: frame.nested())
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        frame.member(key.stringValue)
        return JSONEncoding(frame: frame.nested())
    }
}

private struct JSONElements: UnkeyedEncodingContainer {
    let frame: JSONFrame
    var codingPath: [any CodingKey] { [] }
    var count = 0

    init(frame: JSONFrame) { self.frame = frame }

    mutating func encodeNil() {
        next()
        frame.output.write(literal: "null")
    }

    mutating func encode(_ value: some Encodable) throws {
        next()
        try frame.output.encode(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        next()
        return JSONEncoding(frame: frame.nested()).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        next()
        return JSONEncoding(frame: frame.nested()).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        next()
        return JSONEncoding(frame: frame.nested())
    }

    private mutating func next() {
        frame.separate()
        count += 1
    }
}

private struct JSONSingle: SingleValueEncodingContainer {
    let frame: JSONFrame
    var codingPath: [any CodingKey] { [] }

    func encodeNil() {
        frame.beginScalar()
        frame.output.write(literal: "null")
    }

    func encode(_ value: Bool) {
        frame.beginScalar()
        frame.output.write(literal: value ? "true" : "false")
    }

    func encode(_ value: String) {
        frame.beginScalar()
        frame.output.write(text: value)
    }

    func encode(_ value: Double) throws {
        frame.beginScalar()
        try frame.output.write(double: value)
    }

    func encode(_ value: Float) throws { try encode(Double(value)) }
    func encode(_ value: Int) { integer(value) }
    func encode(_ value: Int8) { integer(value) }
    func encode(_ value: Int16) { integer(value) }
    func encode(_ value: Int32) { integer(value) }
    func encode(_ value: Int64) { integer(value) }
    func encode(_ value: UInt) { integer(value) }
    func encode(_ value: UInt8) { integer(value) }
    func encode(_ value: UInt16) { integer(value) }
    func encode(_ value: UInt32) { integer(value) }
    func encode(_ value: UInt64) { integer(value) }

    func encode(_ value: some Encodable) throws {
        frame.beginScalar()
        try frame.output.encode(value)
    }

    private func integer(_ value: some FixedWidthInteger) {
        frame.beginScalar()
        frame.output.write(integer: value)
    }
}
