import EventLog
import PersonalizationStore
import SeededRandom
import Testing

@Suite("The writer's table of names")
struct NameTableTests {
    private struct Key: Hashable {
        let scope: UInt64
        let name: [UInt8]
        let qualifier: [UInt8]
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it answers as a dictionary would`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var table = NameTable<Int>(capacity: 3000)
        var model: [Key: Int] = [:]
        for step in 0..<20_000 {
            let scope = Position(stored: UInt64(Int.random(in: 0...2, using: &generator)))
            let name = Self.name(&generator)
            let qualifier = Bool.random(using: &generator) ? "" : Self.name(&generator)
            let key = Key(scope: scope?.number ?? 0, name: Array(name.utf8), qualifier: Array(qualifier.utf8))
            #expect(table[scope, name, qualifier] == model[key], "seed \(seed), step \(step)")
            if model[key] == nil {
                // A full table is emptied before it takes another name.
                if model.count == 3000 { model = [:] }
                table.insert(step, scope: scope, name: name, qualifier: qualifier)
                model[key] = step
            }
            #expect(table.count == model.count)
            if step == 12_345 {
                table.removeAll()
                model = [:]
            }
        }
    }

    @Test func `names that are equal in Unicode but not in bytes are two`() {
        var table = NameTable<Int>()
        table.insert(1, scope: nil, name: "caf\u{E9}")
        #expect(table[nil, "cafe\u{301}"] == nil)
        table.insert(2, scope: nil, name: "cafe\u{301}")
        #expect(table[nil, "caf\u{E9}"] == 1)
        #expect(table[nil, "cafe\u{301}"] == 2)
    }

    @Test func `where a name ends is part of it`() {
        var table = NameTable<Int>()
        table.insert(1, scope: nil, name: "ab", qualifier: "c")
        #expect(table[nil, "ab", ""] == nil && table[nil, "abc"] == nil && table[nil, "a", "bc"] == nil)
        #expect(table[nil, "ab", "c"] == 1)
    }

    /// Up to 80 bytes, so that some fit a place of the table and some do not; few enough that many repeat.
    private static func name(_ generator: inout SeededGenerator) -> String {
        let length = [0, 1, 7, 8, 9, 17, 18, 35, 36, 37, 80][Int.random(in: 0...10, using: &generator)]
        return String(repeating: "n", count: max(0, length - 2))
            + String(Int.random(in: 10...99, using: &generator)).prefix(min(2, length))
    }
}
