/// A parameter of a statement, in PostgreSQL's binary form or as text.
enum DatabaseValue: Sendable {
    case integer(Int32)
    case bigint(Int64)
    case bytes([UInt8])
    case text(String)
    case bool(Bool)
    case integers([Int32])
    case bigints([Int64])
    case byteArrays([[UInt8]])

    /// The type's number in `pg_type`.
    var typeID: UInt32 {
        switch self {
        case .integer: 23
        case .bigint: 20
        case .bytes: 17
        case .text: 25
        case .bool: 16
        case .integers: 1007
        case .bigints: 1016
        case .byteArrays: 1001
        }
    }

    /// Whether the bytes are PostgreSQL's binary form: of arrays the text form is shorter to write and as good.
    var isBinary: Bool {
        switch self {
        case .integers, .bigints, .byteArrays, .text: false
        default: true
        }
    }

    /// The bytes, which of a text end with a zero.
    var encoded: [UInt8] {
        switch self {
        case .integer(let value): Self.bigEndian(value)
        case .bigint(let value): Self.bigEndian(value)
        case .bytes(let bytes): bytes
        case .text(let text): Array(text.utf8) + [0]
        case .bool(let value): [value ? 1 : 0]
        case .integers(let values): Array("{\(values.map { String($0) }.joined(separator: ","))}".utf8) + [0]
        case .byteArrays(let values): Array("{\(values.map(Self.hex).joined(separator: ","))}".utf8) + [0]
        case .bigints(let values): Array("{\(values.map { String($0) }.joined(separator: ","))}".utf8) + [0]
        }
    }

    /// As text: `\x` and hexadecimal digits, the backslash doubled within an array.
    private static func hex(_ bytes: [UInt8]) -> String {
        "\"\\\\x" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}

/// A statement and its parameters.
struct Statement: Sendable {
    /// A name under which the server keeps it prepared for the session; nil to have it parsed every time.
    let name: String?
    let text: String
    let values: [DatabaseValue]

    init(_ text: String, _ values: [DatabaseValue] = [], name: String? = nil) {
        self.name = name
        self.text = text
        self.values = values
    }
}
