internal import PersonalizationStore
internal import SeededRandom

/// Draws the rank events of the seeded workload; all sides of a comparison draw the same.
struct EventSource {
    /// One drawn event.
    struct Draw: Equatable {
        let user: Int
        let winner: Int
        let loser: Int
        /// Milliseconds since 1970.
        let at: Int64
    }

    private var generator: SeededGenerator
    private let users: Int
    private let images: Int
    private var drawn: Int64 = 0
    /// The cumulative weights of users by Zipf's law; empty for uniform users.
    private var cumulative: [Int] = []

    /// The source that the parameters describe, its seed raised by an offset.
    init(_ arguments: Arguments, seedOffset: Int = 0) throws {
        users = try arguments.number("users", 10_000, atLeast: 1)
        images = try arguments.number("images", 10_000, atLeast: 2)
        generator = SeededGenerator(seed: UInt64(try arguments.number("seed", 1) + seedOffset))
        switch arguments.text("distribution") ?? "uniform" {
        case "uniform": break
        case "zipf":
            var sum = 0
            for rank in 0..<users {
                sum += (1 << 32) / (rank + 1)
                cumulative.append(sum)
            }
        case let other: throw BenchError.usage("--distribution is uniform or zipf, not \(other)")
        }
    }

    mutating func next() -> Draw {
        let user = drawUser()
        let winner = generator.below(images)
        var loser = generator.below(images - 1)
        if loser >= winner { loser += 1 }
        defer { drawn += 1 }
        return Draw(user: user, winner: winner, loser: loser, at: 1_700_000_000_000 + drawn)
    }

    private mutating func drawUser() -> Int {
        guard let total = cumulative.last else { return generator.below(users) }
        let draw = generator.below(total)
        var low = 0
        var high = users - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > draw { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
