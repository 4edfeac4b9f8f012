import LMDB
import Testing

@Suite struct CursorTests {
    private let directory = TemporaryDirectory()
    private let environment: Environment
    private let numbers: Table
    private let names: Table

    init() throws {
        environment = try Environment.open(directory: directory.store, options: .creating)
        numbers = try environment.openTable(name: "numbers", keys: .integer, create: true)
        names = try environment.openTable(name: "names", keys: .bytes, create: true)
    }

    @Test func `every movement finds the entry that a sorted array finds`() throws {
        let keys: [UInt64] = [0, 3, 4, 255, 256, 1 << 32, .max - 1]
        var writing = try environment.beginWrite()
        for key in keys.shuffled() {
            try writing.put(numbers, integerKey: key, value: raw([UInt8(key & 7)]).span.bytes)
        }
        try writing.commit()
        let reading = try environment.beginRead()
        var cursor = try reading.makeCursor(numbers)
        for target in keys.flatMap({ [$0, $0 &+ 1, $0 &- 1] }) {
            let exact = try cursor.seek(integerKey: target)
            #expect(exact == keys.contains(target))
            if exact { #expect(cursor.integerKey == target && cursor.value.array == [UInt8(target & 7)]) }
            let expected = keys.first { $0 >= target }
            #expect(try cursor.seek(atOrAfter: target) == (expected != nil))
            guard let expected else { continue }
            #expect(cursor.integerKey == expected)
            let before = keys.last { $0 < expected }
            #expect(try cursor.moveToPrevious() == (before != nil))
            if let before { #expect(cursor.integerKey == before) }
        }
        var backwards: [UInt64] = []
        var found = try cursor.moveToLast()
        while found {
            backwards.append(cursor.integerKey)
            found = try cursor.moveToPrevious()
        }
        #expect(backwards == keys.reversed())
        #expect(try cursor.moveToFirst() && cursor.integerKey == 0)
    }

    @Test func `byte keys are ordered bytewise`() throws {
        let keys = [[0], [0, 0], [0, 255], [1], [127], [128], [255], [255, 0]].map(raw)
        var writing = try environment.beginWrite()
        for key in keys.shuffled() { try writing.put(names, key: key.span.bytes, value: key.span.bytes) }
        #expect(try writing.entryCount(names) == keys.count)
        var cursor = try writing.makeCursor(names)
        var seen: [[UInt8]] = []
        while try cursor.moveToNext() {
            seen.append(cursor.key.array)
            #expect(cursor.value.array == cursor.key.array)
        }
        #expect(seen == keys)
        #expect(try cursor.seek(atOrAfter: raw([0, 1]).span.bytes) && cursor.key.array == [0, 255])
        #expect(try cursor.seek(key: raw([128]).span.bytes) && cursor.key.array == [128])
        #expect(try !cursor.seek(key: raw([129]).span.bytes))
        #expect(try !cursor.seek(atOrAfter: raw([255, 1]).span.bytes))
    }

    @Test func `a cursor over an empty table finds nothing`() throws {
        let reading = try environment.beginRead()
        var cursor = try reading.makeCursor(names)
        #expect(try !cursor.moveToFirst())
        #expect(try !cursor.moveToLast())
        #expect(try !cursor.moveToNext())
        #expect(try !cursor.moveToPrevious())
        #expect(try !cursor.seek(atOrAfter: raw([0]).span.bytes))
    }

    @Test func `an upsert stores unless the value that is there is declined`() throws {
        var writing = try environment.beginWrite()
        for (value, isStored) in [([5], true), ([3], false), ([9], true)] as [([UInt8], Bool)] {
            var cursor = try writing.makeWriteCursor(names)
            let stored = try cursor.upsert(key: raw([1]).span.bytes, value: value.span.bytes) { existing in
                existing.array[0] < value[0]
            }
            #expect(stored == isStored)
        }
        guard let value = try writing.get(names, key: raw([1]).span.bytes) else {
            Issue.record("the entry is missing")
            return
        }
        #expect(value.array == [9])
    }

    @Test func `a write cursor seeks, replaces, appends and deletes`() throws {
        var writing = try environment.beginWrite()
        try change(&writing)
        #expect(try bytes(numbers, 1, in: writing) == nil)
        #expect(try bytes(numbers, 2, in: writing) == [22])
        #expect(try bytes(numbers, 3, in: writing) == [3])
        #expect(try writing.entryCount(numbers) == 2)
    }

    private func change(_ writing: inout WriteTransaction) throws {
        var cursor = try writing.makeWriteCursor(numbers)
        for key: UInt64 in 1...3 { try cursor.append(integerKey: key, value: raw([UInt8(key)]).span.bytes) }
        let failure = #expect(throws: LMDBError.self) {
            try cursor.append(integerKey: 3, value: raw([0]).span.bytes)
        }
        #expect(failure == .keyOutOfOrder)
        try cursor.put(integerKey: 2, value: raw([22]).span.bytes)
        #expect(try !cursor.seek(integerKey: 4))
        #expect(try cursor.seek(integerKey: 1))
        #expect(cursor.value.array == [1])
        try cursor.delete()
    }
}
