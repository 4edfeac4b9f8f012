import LMDB
import Testing

@Suite struct TransactionTests {
    private let directory = TemporaryDirectory()
    private let environment: Environment
    private let numbers: Table
    private let names: Table

    init() throws {
        environment = try Environment.open(directory: directory.store, options: .creating)
        numbers = try environment.openTable(name: "numbers", keys: .integer, create: true)
        names = try environment.openTable(name: "names", keys: .bytes, create: true)
    }

    @Test func `a committed entry is read back through either key kind`() throws {
        var writing = try environment.beginWrite()
        try writing.put(numbers, integerKey: 7, value: raw([1, 2, 3]).span.bytes)
        try writing.put(names, key: Array("seven".utf8).span.bytes, value: raw([7]).span.bytes)
        #expect(try bytes(numbers, 7, in: writing) == [1, 2, 3])
        try writing.commit()

        let reading = try environment.beginRead()
        #expect(try bytes(numbers, 7, in: reading) == [1, 2, 3])
        #expect(try bytes(names, "seven", in: reading) == [7])
        #expect(try bytes(numbers, 8, in: reading) == nil)
        #expect(try bytes(names, "eight", in: reading) == nil)
    }

    @Test func `a read transaction does not see later commits`() throws {
        try environment.store(numbers, 1, [1])
        let reading = try environment.beginRead()
        try environment.store(numbers, 1, [2])
        try environment.store(numbers, 2, [2])
        #expect(try bytes(numbers, 1, in: reading) == [1])
        #expect(try bytes(numbers, 2, in: reading) == nil)
        #expect(try environment.load(numbers, 1) == [2])
    }

    @Test func `a write transaction that is not committed leaves nothing`() throws {
        func writeAndForget() throws {
            var writing = try environment.beginWrite()
            try writing.put(numbers, integerKey: 1, value: raw([1]).span.bytes)
        }
        try writeAndForget()
        #expect(try environment.load(numbers, 1) == nil)
        try environment.store(numbers, 1, [2])
        #expect(try environment.load(numbers, 1) == [2])
    }

    @Test func `integer keys are ordered by value and bytes are appended in place`() throws {
        var writing = try environment.beginWrite()
        for key: UInt64 in [1, 255, 256, 65_536, .max] {
            try writing.append(numbers, integerKey: key, byteCount: 8) { output in
                output.append(key, as: UInt64.self)
            }
        }
        #expect(try writing.lastIntegerKey(in: numbers) == .max)
        #expect(try writing.entryCount(numbers) == 5)
        try writing.commit()
        let reading = try environment.beginRead()
        var cursor = try reading.makeCursor(numbers)
        var seen: [UInt64] = []
        while try cursor.moveToNext() {
            seen.append(cursor.integerKey)
            #expect(cursor.value.unsafeLoadUnaligned(as: UInt64.self) == cursor.integerKey)
        }
        #expect(seen == [1, 255, 256, 65_536, .max])
    }

    @Test func `an append out of order is an error`() throws {
        var writing = try environment.beginWrite()
        try writing.append(numbers, integerKey: 5, value: raw([5]).span.bytes)
        for key: UInt64 in [5, 4] {
            let failure = #expect(throws: LMDBError.self) {
                try writing.append(numbers, integerKey: key, value: raw([0]).span.bytes)
            }
            #expect(failure == .keyOutOfOrder)
        }
    }
}
