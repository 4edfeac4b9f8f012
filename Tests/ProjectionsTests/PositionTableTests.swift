import EventLog
import Projections
import SeededRandom
import Testing

@Suite("A table by position")
struct PositionTableTests {
    private struct Pair: PositionKey, Hashable {
        let first: UInt64
        let second: UInt64
        var numbers: (UInt64, UInt64) { (first, second) }
    }

    @Test func `pairs of positions are told apart by both`() {
        var generator = SeededGenerator(seed: 72)
        var table = PositionTable<Pair, Void>(capacity: 100)
        var model: Set<Pair> = []
        for step in 0..<20_000 {
            let pair = Pair(
                first: UInt64.random(in: 1...150, using: &generator),
                second: UInt64.random(in: 0...150, using: &generator))
            #expect(table.set((), at: pair) == model.insert(pair).inserted, "step \(step)")
        }
        #expect(table.count == model.count)
    }

    @Test func `it answers as a dictionary would`() throws {
        var generator = SeededGenerator(seed: 71)
        var table = PositionTable<Position, Int>()
        var model: [UInt64: Int] = [:]
        for step in 0..<50_000 {
            // Neighbours, far ones, and multiples of a power of two, which a bad hash would heap up.
            let number =
                UInt64.random(in: 1...3000, using: &generator)
                << [0, 0, 20, 40][Int.random(in: 0...3, using: &generator)]
            let position = try #require(Position(stored: number))
            #expect(table[position] == model[number], "step \(step)")
            if Bool.random(using: &generator) {
                table.set(step, at: position)
                model[number] = step
            }
            #expect(table.count == model.count)
            if step == 30_000 {
                table.removeAll()
                model = [:]
            }
        }
    }
}
