import ByteCoding
import EventLog
import SeededRandom
import Testing

/// Records whose checksum is right and whose fields are not: whoever can write a file can seal it.
@Suite struct ResealedRecordTests {
    /// Reads a record in every way that there is; returns what the ways that take it agree on.
    ///
    /// A trap would end the tests.
    private static func readEverything(_ bytes: [UInt8], at position: UInt64) -> MintLinks? {
        let sealed = RecordFile.sealed(bytes, at: position)
        var links: MintLinks?
        do throws(RecordError) {
            let record = try RecordView(sealed.span.bytes, at: Position(position))
            links = record.mintLinks
            _ = record.rankedImages
            _ = record.likedImage
            _ = record.body.byteCount
            for read in 0..<4 { attempt(read, record) }
        } catch {
            #expect(error.position == Position(position))
            #expect(!error.description.isEmpty)
        }
        return links
    }

    private static func attempt(_ read: Int, _ record: borrowing RecordView) {
        do throws(RecordError) {
            switch read {
            case 0:
                let body = try RecordBody(of: record)
                let isHeld = record.isErased || record.holds(body)
                #expect(isHeld, "what is decoded is encoded to the same bytes")
            case 1: _ = try record.image().embedding.byteCount
            case 2:
                let id = try record.imageID()
                #expect((1...255).contains(id.utf8.count))
            default: _ = try record.versionBytes().byteCount
            }
        } catch {
            let position = record.position
            #expect(error.position == position)
        }
    }

    @Test(arguments: RecordVector.all)
    func `no change of a field traps`(vector: RecordVector) {
        for original in [vector.record, vector.erasedRecord].compactMap({ $0 }) {
            for offset in 4..<original.count {
                for byte: UInt8 in 0...255 {
                    var bytes = original
                    bytes[offset] = byte
                    _ = Self.readEverything(bytes, at: vector.position)
                }
                for width in [2, 4, 8] where offset + width <= original.count {
                    for byte: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
                        var bytes = original
                        for index in offset..<(offset + width) { bytes[index] = byte }
                        _ = Self.readEverything(bytes, at: vector.position)
                    }
                }
            }
        }
    }

    @Test(arguments: RecordVector.all)
    func `no random change traps`(vector: RecordVector) {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("resealed records: seed \(seed), \(vector.name)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            var bytes = vector.record
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0 where bytes.count > 20: bytes.removeLast(Int.random(in: 1...4, using: &generator))
                case 1: bytes.append(UInt8.random(in: .min ... .max, using: &generator))
                default:
                    bytes[Int.random(in: 4..<bytes.count, using: &generator)] =
                        UInt8.random(in: .min ... .max, using: &generator)
                }
            }
            // Another kind for the same body.
            if generator.chance(30) { bytes[14] = UInt8.random(in: 0...30, using: &generator) }
            if generator.chance(20) { bytes[5] = UInt8.random(in: 0...3, using: &generator) }
            _ = Self.readEverything(bytes, at: vector.position)
        }
    }

    @Test(arguments: RecordVector.all.filter { ["versionMinted", "versionImported"].contains($0.name) })
    func `a code shows twelve to thirty symbols or the record is refused`(vector: RecordVector) throws {
        // Before the version's 64 bytes; in a mint two fields of one byte follow.
        let offset = vector.record.count - 64 - (vector.name == "versionMinted" ? 3 : 1)
        for count: UInt8 in 0...255 {
            var bytes = vector.record
            bytes[offset] = count
            let links = Self.readEverything(bytes, at: vector.position)
            #expect(links?.symbolCount == ((12...30).contains(count) ? count : nil))
        }
    }
}

/// Bytes of records with the checksum that they should have.
private enum RecordFile {
    static func sealed(_ bytes: [UInt8], at position: UInt64) -> [UInt8] {
        guard bytes.count >= 5 else { return bytes }
        var bytes = bytes
        let checksum = RecordView.checksum(of: bytes.span.bytes, at: Position(position))
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        return bytes
    }
}
