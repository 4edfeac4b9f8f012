import PersonalizationStore

/// How long many runs of one thing took.
struct Durations {
    private var sorted: [Double] = []
    private var total: Duration = .zero

    /// Runs `body` again and again for a time, at least once, one run after the other.
    static func measure(for time: Duration, _ body: () async throws -> Void) async throws -> Durations {
        var durations = Durations()
        let start = ContinuousClock.now
        repeat {
            let before = ContinuousClock.now
            try await body()
            durations.sorted.append((ContinuousClock.now - before) / .milliseconds(1))
        } while ContinuousClock.now - start < time
        durations.total = ContinuousClock.now - start
        durations.sorted.sort()
        return durations
    }

    /// The fields of an answer: how many, how many a second, and the median and the 99th percentile in milliseconds.
    var fields: [String: Field] {
        [
            "count": .number(UInt64(sorted.count)), "rate": .real(Double(sorted.count) / (total / .seconds(1))),
            "p50": .real(percentile(0.5)), "p99": .real(percentile(0.99)),
        ]
    }

    private func percentile(_ part: Double) -> Double {
        sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }
}

/// Rankings of one user without event ids, each pair another one than the last.
struct RankingSource {
    let profile: ProfileName
    let imageCount: Int
    private var next = 0

    init(profile: ProfileName, imageCount: Int) {
        (self.profile, self.imageCount) = (profile, imageCount)
    }

    mutating func take(_ count: Int) -> [NewEvent] {
        (0..<count).map { _ in
            next += 1
            let winner = next % imageCount
            let loser = (winner + 1 + next / imageCount % (imageCount - 1)) % imageCount
            return .rank(profile, winner: "image\(winner)", loser: "image\(loser)")
        }
    }
}
