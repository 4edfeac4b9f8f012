import ByteCoding
import EventLog
import Testing

@Suite struct `The record format` {
    @Test func `has a golden vector for every kind`() {
        #expect(Set(RecordVector.all.map { $0.meaning.body.kind }) == Set(RecordKind.allCases).subtracting([.erased]))
        #expect(RecordVector.all.contains { $0.erased != nil })
    }

    @Test(arguments: RecordVector.all)
    func `encodes to the golden bytes`(vector: RecordVector) {
        let head = Position(stored: vector.position - 1).map {
            LogHead(position: $0, recordedAt: Timestamp(microseconds: 0))
        }
        var group = RecordGroup(after: head, now: Timestamp(microseconds: 0))
        group.add(vector.meaning.header, vector.meaning.body, salt: vector.recordSalt)
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
    func `leaves of an erased record what the document says`(vector: RecordVector) throws {
        let bytes = vector.record
        let record = try RecordView(bytes.span.bytes, at: Position(vector.position))
        let hasPrivatePart = record.hasPrivatePart
        #expect(hasPrivatePart == (vector.erased != nil))
        guard let expected = vector.erasedRecord, let salt = vector.recordSalt else { return }
        let own = record.salt
        #expect(own == nil || own == salt)
        let erased = record.erased(leaving: RecordCommitment.commitment(to: record, salt: salt))
        #expect(erased == expected)

        let found = try RecordView(expected.span.bytes, at: Position(vector.position))
        let (isErased, header) = (found.isErased, found.header)
        #expect(isErased)
        #expect(header.recordedAt == vector.meaning.header.recordedAt)
        switch (vector.name, try RecordBody(of: found)) {
        case ("imageRegistered", .imageRegistered(let image)):
            guard case .imageRegistered(var living) = vector.meaning.body else { fatalError("no image") }
            living.author = nil
            #expect(image == living)
            let hasAuthor = try found.image().hasAuthor
            #expect(!hasAuthor)
        case (_, .erased): #expect(header.kind == .erased)
        case (_, let body): Issue.record("an erased record says \(body)")
        }
        if vector.meaning.header.isPersonal {
            #expect(expected.count == 46)
            #expect(header.stream == Position(vector.position) && header.previous == nil && header.eventID == nil)
        } else {
            #expect(header.stream == vector.meaning.header.stream && header.previous == vector.meaning.header.previous)
        }
    }

    @Test(arguments: RecordVector.all)
    func `has the same place in the tree when it is erased`(vector: RecordVector) throws {
        let bytes = vector.record
        let living = TreeEntry(
            of: try RecordView(bytes.span.bytes, at: Position(vector.position)), salt: vector.recordSalt)
        #expect(living.bytes == vector.treeEntry)
        #expect(living.leaf.description == vector.leaf)
        guard let erased = vector.erasedRecord else { return }
        let entry = TreeEntry(of: try RecordView(erased.span.bytes, at: Position(vector.position)), salt: nil)
        #expect(entry == living)
    }

    @Test(arguments: RecordVector.all)
    func `notices every flipped bit and every other position`(vector: RecordVector) {
        for original in [vector.record, vector.erasedRecord].compactMap({ $0 }) {
            for bit in 0..<(original.count * 8) {
                var bytes = original
                bytes[bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(Self.flaw(of: bytes, at: vector.position) == .checksumMismatch(Position(vector.position)))
            }
            let moved = Self.flaw(of: original, at: vector.position + 1)
            #expect(moved == .checksumMismatch(Position(vector.position + 1)))
        }
    }

    /// With a right checksum, so that the decoder itself must refuse: each byte changed, cut off or added.
    @Test(arguments: RecordVector.all)
    func `decodes only what it would encode again`(vector: RecordVector) throws {
        var mutants: [[UInt8]] = []
        for original in [vector.record, vector.erasedRecord].compactMap({ $0 }) {
            for index in 4..<original.count {
                if index == 4 { mutants.append(original + [0]) }
                mutants.append(Array(original[..<index]))
                for byte: UInt8 in [0x00, 0x01, 0x7F, 0xFF] {
                    var bytes = original
                    bytes[index] = byte
                    mutants.append(bytes)
                }
            }
        }
        for mutant in mutants {
            let bytes = Self.sealed(mutant, at: vector.position)
            guard let (header, body, salt) = Self.decode(bytes, at: vector.position) else { continue }
            var group = RecordGroup(
                after: Position(stored: vector.position - 1).map {
                    LogHead(position: $0, recordedAt: Timestamp(microseconds: .min))
                }, now: Timestamp(microseconds: .min))
            group.add(header, body, salt: salt)
            var encoded: [UInt8] = []
            group.forEach { _, span in encoded = span.withUnsafeBytes { Array($0) } }
            #expect(encoded == bytes)
        }
    }

    @Test func `refuses a newer format and an unknown kind by name`() {
        var bytes = RecordVector.all[0].record
        bytes[4] = 1
        #expect(Self.flaw(of: Self.sealed(bytes, at: 1), at: 1) == .unknownFormat(Position(1), 1))
        bytes[4] = 2
        for kind: UInt8 in [0, 28, 63] {
            bytes[14] = kind
            #expect(Self.flaw(of: Self.sealed(bytes, at: 1), at: 1) == .unknownKind(Position(1), kind))
        }
    }

    private static func flaw(of bytes: [UInt8], at position: UInt64) -> RecordError? {
        do throws(RecordError) {
            _ = try RecordView(bytes.span.bytes, at: Position(position))
            return nil
        } catch {
            return error
        }
    }

    private static func decode(_ bytes: [UInt8], at position: UInt64) -> (RecordHeader, RecordBody, RecordSalt?)? {
        do {
            let record = try RecordView(bytes.span.bytes, at: Position(position))
            let body = try RecordBody(of: record)
            // What is left of an erased record cannot be made from what it says.
            return record.isErased ? nil : (record.header, body, record.salt)
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
