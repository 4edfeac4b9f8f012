import LMDB
import SeededRandom
import Testing

/// Random transactions against a dictionary, committed or dropped at random, with the environment reopened in between.
@Suite struct ModelTests {
    private let directory = TemporaryDirectory()

    @Test(arguments: [UInt64.random(in: 0...UInt64.max), 1, 2])
    func `a table holds what a dictionary holds`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var model: [[UInt8]: [UInt8]] = [:]
        for _ in 0..<5 {
            var options = Environment.Options.creating
            options.durability = .unsynced
            let environment = try Environment.open(directory: directory.store, options: options)
            let table = try environment.openTable(name: "names", keys: .bytes, create: true)
            for _ in 0..<20 {
                let before = model
                var writing = try environment.beginWrite()
                for _ in 0..<Int.random(in: 0...60, using: &generator) {
                    try change(table, in: &writing, &model, &generator)
                }
                try compare(table, in: writing, with: model, seed: seed)
                if Bool.random(using: &generator) {
                    try writing.commit()
                } else {
                    model = before
                    drop(writing)
                }
                try compare(table, in: try environment.beginRead(), with: model, seed: seed)
            }
        }
    }

    private func change(
        _ table: Table, in writing: inout WriteTransaction, _ model: inout [[UInt8]: [UInt8]],
        _ generator: inout SeededGenerator
    ) throws {
        let key = randomBytes(1...3, &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<5:
            let isLong = Int.random(in: 0..<20, using: &generator) == 0
            let value = randomBytes(0...(isLong ? 3000 : 30), &generator)
            try writing.put(table, key: key.span.bytes, value: value.span.bytes)
            model[key] = value
        case 5..<8:
            let isFound = try writing.delete(table, key: key.span.bytes)
            #expect(isFound == (model.removeValue(forKey: key) != nil))
        case 8:
            let value = randomBytes(1...8, &generator)
            var cursor = try writing.makeWriteCursor(table)
            let isStored = try cursor.upsert(key: key.span.bytes, value: value.span.bytes) { existing in
                existing.byteCount < value.count
            }
            #expect(isStored == (model[key].map { $0.count < value.count } ?? true))
            if isStored { model[key] = value }
        default:
            if Int.random(in: 0..<20, using: &generator) == 0 {
                try writing.clear(table)
                model = [:]
            }
        }
    }

    private func compare(
        _ table: Table, in transaction: borrowing some Transaction & ~Copyable, with model: [[UInt8]: [UInt8]],
        seed: UInt64
    ) throws {
        let keys = model.keys.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(try transaction.entryCount(table) == keys.count, "seed \(seed)")
        var cursor = try transaction.makeCursor(table)
        for key in keys {
            #expect(try cursor.moveToNext(), "seed \(seed)")
            #expect(cursor.key.array == key, "seed \(seed)")
            #expect(cursor.value.array == model[key], "seed \(seed)")
        }
        #expect(try !cursor.moveToNext(), "seed \(seed)")
    }

    private func randomBytes(_ counts: ClosedRange<Int>, _ generator: inout SeededGenerator) -> [UInt8] {
        let count = Int.random(in: counts, using: &generator)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() % 6) }
    }

    private func drop(_ writing: consuming WriteTransaction) {}
}
