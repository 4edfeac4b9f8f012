import Testing

/// The bytes that hexadecimal digits spell.
func bytes(hex text: String) throws -> [UInt8] {
    let digits = text.utf8.map { $0 <= 0x39 ? $0 &- 0x30 : $0 &- 0x57 }
    try #require(digits.count.isMultiple(of: 2) && digits.allSatisfy { $0 < 16 }, "not lower-case hexadecimal")
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The little-endian integers that hexadecimal digits spell.
func components(hex text: String) throws -> [Int16] {
    let bytes = try bytes(hex: text)
    return stride(from: 0, to: bytes.count, by: 2).map {
        Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
    }
}

/// The little-endian binary64 numbers that hexadecimal digits spell.
func doubles(hex text: String) throws -> [Double] {
    let bytes = try bytes(hex: text)
    return stride(from: 0, to: bytes.count, by: 8).map { start in
        Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * $1) })
    }
}
