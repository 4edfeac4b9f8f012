internal import EventLog
internal import PersonalizationStore
internal import Projections
internal import TasteFold

/// Resolves after new events, in rounds: each caller's user gets one durable event, untimed; then all callers resolve at
/// once, which folds and mints.
struct ResolvingAnew {
    private let subject: ResolveSubject
    private let commits: CommitCount
    private let catalogue: Catalogue
    private let callers: Int
    private let path: String
    private var source: EventSource

    init(_ arguments: Arguments, _ subject: ResolveSubject, _ callers: Int, _ commits: CommitCount) throws {
        self.subject = subject
        self.commits = commits
        self.callers = min(callers, subject.minted.count)
        catalogue = try Catalogue(arguments)
        path = try arguments.storePath
        source = try EventSource(arguments, seedOffset: 1)
    }

    /// Rounds until the time is over, the first of them warm-up.
    func run(limit: UInt64) async throws -> Measurement {
        var rounds = self
        var latency = LatencySamples()
        var nanoseconds: UInt64 = 0
        var commitCount = 0
        let deadline = MonotonicClock.now() + limit
        var round = 0
        while round < 4 || MonotonicClock.now() < deadline {
            let users = (0..<callers).map { subject.minted[(round * callers + $0) % subject.minted.count] }
            try await rounds.appendEvent(of: users)
            let commitsBefore = commits.value
            let start = MonotonicClock.now()
            let samples = try await Self.resolve(users, in: subject.store)
            if round > 0 {
                nanoseconds += MonotonicClock.now() - start
                latency.add(samples)
                commitCount += commits.value - commitsBefore
            }
            round += 1
        }
        var measurement = Measurement.rate("resolves/s", latency.count, seconds: Double(nanoseconds) / 1e9)
        measurement.latency = latency
        measurement.details = [
            ("commitsPerResolve", Double(commitCount) / Double(latency.count)),
            ("foldMicroseconds", try foldMicroseconds()),
        ]
        return measurement
    }

    private mutating func appendEvent(of users: [MintedUser]) async throws {
        var events: [NewEvent] = []
        for user in users {
            var event = catalogue.event(source.next())
            guard case .rank(_, let winner, let loser) = event.action else { continue }
            let profile = ProfileName(user: user.name, space: Catalogue.space)
            event.action = .rank(profile, winner: winner, loser: loser)
            events.append(event)
        }
        _ = try await subject.store.append(events)
    }

    private static func resolve(_ users: [MintedUser], in store: Store) async throws -> LatencySamples {
        try await withThrowingTaskGroup(of: UInt64.self) { group in
            for user in users {
                group.addTask {
                    let start = MonotonicClock.now()
                    let resolution = try await store.resolve(MintedUser.plainPrompt, user: user.name)
                    let end = MonotonicClock.now()
                    guard resolution.didAppend else {
                        throw BenchError.failed("a new event did not make a new version")
                    }
                    return end - start
                }
            }
            var latency = LatencySamples()
            for try await sample in group { latency.add(sample) }
            return latency
        }
    }

    /// The median time of reading and folding one of the streams, without minting.
    private func foldMicroseconds() throws -> Double {
        guard let space = try subject.store.spaceDescriptor(Catalogue.space) else {
            throw BenchError.failed("the store has no space \(Catalogue.space)")
        }
        let log = try RawLog(path: path)
        var samples: [UInt64] = []
        for user in subject.minted.prefix(50) {
            let profile = ProfileName(user: user.name, space: Catalogue.space)
            guard let head = try subject.store.streamHead(of: profile) else { continue }
            let start = MonotonicClock.now()
            let transaction = try log.environment.beginRead()
            let fold = ProfileFold(log: log.table, space: space, user: user.name)
            keep(try fold.fold(at: head.position, in: transaction) { $0 })
            samples.append(MonotonicClock.now() - start)
        }
        return Double(samples.sorted()[samples.count / 2]) / 1000
    }
}
