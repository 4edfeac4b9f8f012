import ByteCoding
import EventLog
import Testing

@Suite struct `The record format` {
    @Test func `has a golden vector for every kind`() {
        #expect(Set(RecordVector.all.map { $0.meaning.body.kind }) == Set(RecordKind.allCases))
    }

    @Test(arguments: RecordVector.all)
    func `encodes to the golden bytes`(vector: RecordVector) {
        let head = Position(stored: vector.position - 1).map {
            LogHead(position: $0, recordedAt: Timestamp(microseconds: 0))
        }
        var group = RecordGroup(after: head, now: Timestamp(microseconds: 0))
        group.add(vector.meaning.header, vector.meaning.body)
        var encoded: [UInt8] = []
        group.forEach { _, bytes in encoded = bytes.withUnsafeBytes { Array($0) } }
        #expect(encoded == vector.record)
    }

    @Test(arguments: RecordVector.all)
    func `decodes the golden bytes`(vector: RecordVector) throws {
        let bytes = vector.record
        let record = try RecordView(bytes.span.bytes, at: Position(vector.position))
        #expect(record.header == vector.meaning.header)
        #expect(try RecordBody(of: record) == vector.meaning.body)
    }

    @Test(arguments: RecordVector.all)
    func `notices every flipped bit and every other position`(vector: RecordVector) {
        let original = vector.record
        for bit in 0..<(original.count * 8) {
            var bytes = original
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Self.flaw(of: bytes, at: vector.position) == .checksumMismatch(Position(vector.position)))
        }
        let moved = Self.flaw(of: original, at: vector.position + 1)
        #expect(moved == .checksumMismatch(Position(vector.position + 1)))
    }

    /// With a right checksum, so that the decoder itself must refuse: each byte changed, cut off or added.
    @Test(arguments: RecordVector.all)
    func `decodes only what it would encode again`(vector: RecordVector) throws {
        let original = vector.record
        var mutants: [[UInt8]] = [original + [0]]
        for index in 4..<original.count {
            mutants.append(Array(original[..<index]))
            for byte: UInt8 in [0x00, 0x01, 0x7F, 0xFF] {
                var bytes = original
                bytes[index] = byte
                mutants.append(bytes)
            }
        }
        for mutant in mutants {
            let bytes = Self.sealed(mutant, at: vector.position)
            guard let (header, body) = Self.decode(bytes, at: vector.position) else { continue }
            var group = RecordGroup(
                after: Position(stored: vector.position - 1).map {
                    LogHead(position: $0, recordedAt: Timestamp(microseconds: .min))
                }, now: Timestamp(microseconds: .min))
            group.add(header, body)
            var encoded: [UInt8] = []
            group.forEach { _, span in encoded = span.withUnsafeBytes { Array($0) } }
            #expect(encoded == bytes)
        }
    }

    @Test func `refuses a newer format and an unknown kind by name`() {
        var bytes = RecordVector.all[0].record
        bytes[4] = 2
        #expect(Self.flaw(of: Self.sealed(bytes, at: 1), at: 1) == .unknownFormat(Position(1), 2))
        bytes[4] = 1
        bytes[5] = 99
        #expect(Self.flaw(of: Self.sealed(bytes, at: 1), at: 1) == .unknownKind(Position(1), 99))
    }

    private static func flaw(of bytes: [UInt8], at position: UInt64) -> RecordError? {
        do throws(RecordError) {
            _ = try RecordView(bytes.span.bytes, at: Position(position))
            return nil
        } catch {
            return error
        }
    }

    private static func decode(_ bytes: [UInt8], at position: UInt64) -> (RecordHeader, RecordBody)? {
        do {
            let record = try RecordView(bytes.span.bytes, at: Position(position))
            return (record.header, try RecordBody(of: record))
        } catch {
            return nil
        }
    }

    private static func sealed(_ bytes: [UInt8], at position: UInt64) -> [UInt8] {
        var bytes = bytes
        let checksum = RecordView.checksum(of: bytes.span.bytes, at: Position(position))
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
        return bytes
    }
}

@Suite struct `The commit queue` {
    @Test func `hands requests out in order, in groups bounded by bytes`() {
        var queue = CommitQueue<Int>(groupByteLimit: 10)
        #expect(queue.first == nil)
        #expect(queue.enqueue(1, ticket: 1, byteCost: 4) == .startWriter)
        #expect(queue.enqueue(2, ticket: 2, byteCost: 4) == .none)
        #expect(queue.enqueue(3, ticket: 3, byteCost: 4) == .none)
        #expect(queue.enqueue(4, ticket: 4, byteCost: 100) == .none)
        #expect(queue.takeGroup() == [1, 2])
        #expect(queue.takeGroup() == [3])
        #expect(queue.takeGroup() == [4])
        #expect(queue.takeGroup().isEmpty)
        #expect(queue.enqueue(5, ticket: 5, byteCost: 1) == .startWriter)
    }

    @Test func `gives a waiting request back once, and never one that has left`() {
        var queue = CommitQueue<Int>(groupByteLimit: 10)
        _ = queue.enqueue(1, ticket: 1, byteCost: 1)
        _ = queue.enqueue(2, ticket: 2, byteCost: 1)
        #expect(queue.cancel(ticket: 1) == 1)
        #expect(queue.cancel(ticket: 1) == nil)
        #expect(queue.takeGroup() == [2])
        #expect(queue.cancel(ticket: 2) == nil)
    }
}
