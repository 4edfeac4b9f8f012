import ByteCoding
import Testing

@Suite struct `CRC-32C` {
    /// The check value of the CRC catalogue and the vectors of RFC 3720, appendix B.4.
    static let published: [(bytes: [UInt8], checksum: UInt32)] = [
        (Array("123456789".utf8), 0xE306_9283),
        ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
        ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
        ((0..<32).map { UInt8($0) }, 0x46DD_794E),
    ]

    @Test(arguments: published)
    func `agrees with the published vectors`(bytes: [UInt8], expected: UInt32) {
        var checksum = CRC32C()
        checksum.update(bytes.span.bytes)
        #expect(checksum.value == expected)
    }

    @Test(arguments: published)
    func `agrees with the published vectors without processor extensions`(bytes: [UInt8], expected: UInt32) {
        #expect(~bytes.withUnsafeBytes { CRC32CTables.update(.max, $0) } == expected)
    }

    @Test func `is the same with and without processor extensions`() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 3) }
        for start in 0..<8 {
            for end in start...300 {
                var checksum = CRC32C()
                checksum.update(Array(bytes[start..<end]).span.bytes)
                #expect(checksum.value == ~bytes[start..<end].withUnsafeBytes { CRC32CTables.update(.max, $0) })
            }
        }
    }

    @Test func `is the same in one piece and in two`() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for cut in 0...100 {
            var whole = CRC32C(), parts = CRC32C()
            whole.update(bytes.span.bytes)
            parts.update(Array(bytes[..<cut]).span.bytes)
            parts.update(Array(bytes[cut...]).span.bytes)
            #expect(whole.value == parts.value)
        }
    }

    @Test func `takes an integer as its little-endian bytes`() {
        let bytes = (0..<40).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
        for end in 8...40 {
            var whole = CRC32C(), parts = CRC32C()
            whole.update(Array(bytes[..<end]).span.bytes)
            let first = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            parts.update(first, Array(bytes[8..<end]).span.bytes)
            #expect(whole.value == parts.value)
        }
    }
}

@Suite struct `SHA-256 digests` {
    @Test func `agree with FIPS 180-4`() {
        let digest = SHA256Digest(hashing: Array("abc".utf8))
        #expect(digest.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256Digest(hex: digest.description) == digest)
        var hasher = SHA256Hasher()
        hasher.update(Array("a".utf8))
        hasher.update(span: Array("bc".utf8).span.bytes)
        #expect(hasher.finalize() == digest)
    }
}

@Suite struct `A byte reader` {
    @Test func `reads back what a writer wrote and refuses one byte less or more`() throws {
        var writer = ByteWriter()
        writer.write(UInt16(0xBEEF))
        writer.write(Int64(-5))
        writer.writeShortString("žluť")
        func read(_ bytes: [UInt8]) throws(ByteCodingError) -> (UInt16, Int64, String) {
            var reader = ByteReader(bytes.span.bytes)
            let fields = (try reader.read(UInt16.self), try reader.read(Int64.self), try reader.readShortString())
            try reader.finish()
            return fields
        }
        #expect(try read(writer.bytes) == (0xBEEF, -5, "žluť"))
        #expect(throws: ByteCodingError.trailingBytes(1)) { try read(writer.bytes + [0]) }
        for count in 0..<writer.byteCount {
            #expect(throws: ByteCodingError.self) { try read(Array(writer.bytes[..<count])) }
        }
    }
}
