import EventLog
import SeededRandom
import Testing

/// Variable-length numbers, compared with a decoder that reads a byte at a time, as DWARF's LEB128 is defined.
@Suite struct RecordCursorTests {
    /// The number at the beginning of some bytes and how many bytes it takes; nil when it is cut off, has more than 64 bits,
    /// or is not in its shortest form.
    private static func reference(_ bytes: ArraySlice<UInt8>) -> (value: UInt64, byteCount: Int)? {
        guard let end = bytes.firstIndex(where: { $0 < 0x80 }) else { return nil }
        let field = bytes[bytes.startIndex...end]
        guard field.count <= 10, field.count == 1 || field.last != 0, field.count < 10 || field.last == 1 else {
            return nil
        }
        return (field.reversed().reduce(0) { $0 << 7 | UInt64($1 & 0x7F) }, field.count)
    }

    private func check(_ bytes: [UInt8], from offset: Int) {
        let expected = Self.reference(bytes[offset...])
        var cursor = RecordCursor(bytes.span.bytes, at: offset)
        let value = cursor.varint()
        #expect(cursor.isBroken == (expected == nil), "\(bytes) from \(offset)")
        guard let expected else { return #expect(cursor.offset <= bytes.count) }
        #expect(value == expected.value, "\(bytes) from \(offset)")
        #expect(cursor.offset == offset + expected.byteCount, "\(bytes) from \(offset)")
    }

    @Test func numbersOfEveryLengthAtEveryDistanceFromTheEnd() {
        for byteCount in 1...11 {
            for fill in [0x80, 0x81, 0xFF] as [UInt8] {
                for last in [0, 1, 2, 0x7F] as [UInt8] {
                    let field = [UInt8](repeating: fill, count: byteCount - 1) + [last]
                    for before in 0...9 {
                        for after in 0...9 {
                            let bytes =
                                [UInt8](repeating: 0xEE, count: before) + field + [UInt8](repeating: 0x99, count: after)
                            check(bytes, from: before)
                        }
                        // Cut off.
                        check([UInt8](repeating: 0, count: before) + field.dropLast(), from: before)
                    }
                }
            }
        }
    }

    @Test func randomBytes() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...14, using: &random)
            let bytes = (0..<count).map { _ in
                UInt8.random(in: 0...255, using: &random) | (Bool.random(using: &random) ? 0x80 : 0)
            }
            check(bytes, from: Int.random(in: 0..<count, using: &random))
        }
    }
}
