import LMDB
import Testing

@Suite struct TableTests {
    private let directory = TemporaryDirectory()
    private let environment: Environment

    init() throws {
        environment = try Environment.open(directory: directory.store, options: .creating)
    }

    @Test func `a missing table is nil to find and an error to open`() throws {
        #expect(try environment.findTable(name: "absent", keys: .bytes) == nil)
        #expect(throws: LMDBError.tableNotFound(name: "absent")) {
            try environment.openTable(name: "absent", keys: .bytes, create: false)
        }
        let made = try environment.openTable(name: "absent", keys: .bytes, create: true)
        #expect(try environment.findTable(name: "absent", keys: .bytes) == made)
        #expect(environment.information.tableCount == 1)
    }

    @Test(arguments: [false, true])
    func `a table opened with other keys is a mismatch, also after reopening`(reopen: Bool) throws {
        let path = directory.path + "/other"
        var other: Environment? = try Environment.open(directory: path, options: .creating)
        _ = try other?.openTable(name: "numbers", keys: .integer, create: true)
        _ = try other?.openTable(name: "names", keys: .bytes, create: true)
        if reopen { other = nil }
        let environment = try Environment.open(directory: path)
        #expect(throws: LMDBError.tableMismatch(name: "numbers")) {
            try environment.openTable(name: "numbers", keys: .bytes, create: true)
        }
        #expect(throws: LMDBError.tableMismatch(name: "names")) {
            try environment.openTable(name: "names", keys: .integer, create: false)
        }
    }

    @Test func `more tables than the options allow are an error`() throws {
        var options = Environment.Options.creating
        options.maximumTables = 2
        let environment = try Environment.open(directory: directory.path + "/small", options: options)
        for name in ["one", "two"] { _ = try environment.openTable(name: name, keys: .bytes, create: true) }
        #expect(throws: LMDBError.tooManyTables(maximum: 2)) {
            try environment.openTable(name: "three", keys: .bytes, create: true)
        }
    }

    @Test func `a table made in a transaction is there once that commits`() throws {
        var writing = try environment.beginWrite()
        let table = try writing.openTable(name: "numbers", keys: .integer, create: true)
        try writing.put(table, integerKey: 1, value: raw([1]).span.bytes)
        try writing.commit()
        #expect(try environment.load(table, 1) == [1])
        func makeAndForget() throws {
            var writing = try environment.beginWrite()
            _ = try writing.openTable(name: "forgotten", keys: .integer, create: true)
            #expect(try writing.findTable(name: "forgotten", keys: .integer) != nil)
        }
        try makeAndForget()
        #expect(try environment.findTable(name: "forgotten", keys: .integer) == nil)
    }

    @Test func `clearing empties a table and dropping removes it`() throws {
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        for key: UInt64 in 1...3 { try environment.store(table, key, [1]) }
        var writing = try environment.beginWrite()
        #expect(try writing.entryCount(table) == 3)
        try writing.clear(table)
        #expect(try writing.entryCount(table) == 0)
        #expect(try writing.lastIntegerKey(in: table) == nil)
        try writing.commit()
        var dropping = try environment.beginWrite()
        try dropping.drop(table)
        try dropping.commit()
        #expect(try environment.findTable(name: "numbers", keys: .integer) == nil)
        #expect(environment.information.tableCount == 0)
    }

    @Test func `deleting tells whether there was an entry`() throws {
        let numbers = try environment.openTable(name: "numbers", keys: .integer, create: true)
        let names = try environment.openTable(name: "names", keys: .bytes, create: true)
        let key = Array("key".utf8)
        var writing = try environment.beginWrite()
        try writing.put(numbers, integerKey: 1, value: raw([1]).span.bytes)
        try writing.put(names, key: key.span.bytes, value: raw([1]).span.bytes)
        #expect(try writing.delete(numbers, integerKey: 1))
        #expect(try !writing.delete(numbers, integerKey: 1))
        #expect(try writing.delete(names, key: key.span.bytes))
        #expect(try !writing.delete(names, key: key.span.bytes))
        #expect(try bytes(numbers, 1, in: writing) == nil)
    }

    @Test func `keys of up to 511 bytes and values of any length are kept`() throws {
        let table = try environment.openTable(name: "names", keys: .bytes, create: true)
        let lengths = [1, 2, 3, 7, 8, 510, 511]
        var writing = try environment.beginWrite()
        for length in lengths {
            let key = [UInt8](repeating: 9, count: length)
            let value = [UInt8](repeating: UInt8(truncatingIfNeeded: length), count: length * 40)
            try writing.put(table, key: key.span.bytes, value: value.span.bytes)
        }
        try writing.put(table, key: raw([0]).span.bytes, value: RawSpan())
        try writing.commit()
        let reading = try environment.beginRead()
        for length in lengths {
            let key = [UInt8](repeating: 9, count: length)
            guard let value = try reading.get(table, key: key.span.bytes) else {
                Issue.record("\(length)")
                continue
            }
            #expect(value.array == [UInt8](repeating: UInt8(truncatingIfNeeded: length), count: length * 40))
        }
        guard let empty = try reading.get(table, key: raw([0]).span.bytes) else {
            Issue.record("an empty value is an entry")
            return
        }
        #expect(empty.array == [])
    }

    @Test func `values at odd addresses are read right when loaded unaligned`() throws {
        let table = try environment.openTable(name: "names", keys: .bytes, create: true)
        var writing = try environment.beginWrite()
        for length in 1...16 {
            let key = [UInt8](repeating: UInt8(length), count: length)
            let value = (0..<8).map { UInt8($0 + length) }
            try writing.put(table, key: key.span.bytes, value: value.span.bytes)
        }
        try writing.commit()
        let reading = try environment.beginRead()
        var oddCount = 0
        var cursor = try reading.makeCursor(table)
        while try cursor.moveToNext() {
            let length = cursor.key.byteCount
            var expected: UInt64 = 0
            for byte in (0..<8).reversed() { expected = expected << 8 | UInt64(byte + length) }
            #expect(unsafe cursor.value.unsafeLoadUnaligned(as: UInt64.self) == expected)
            let address = unsafe cursor.value.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
            if address % 2 == 1 { oddCount += 1 }
        }
        #expect(oddCount > 0, "the case that this test is about")
    }
}
