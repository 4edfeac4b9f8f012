import EventLog
import Projections
import SeededRandom
import Testing

@Suite("A table by position")
struct PositionTableTests {
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
