internal import EventLog
internal import PersonalizationStore
internal import Projections
internal import SeededRandom
internal import Synchronization
internal import TasteFold

/// `resolve` measures what a prompt with `--p` costs: hot, with two codes, and after a new event.
enum Resolving {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let commits = CommitCount()
        var options = Store.Options()
        options.onCommit = { _ in commits.add() }
        let store = try Store.open(at: try arguments.storePath, options: options)
        let subject = ResolveSubject(store: store, minted: try await mintedUsers(of: store, arguments))
        let callers = try arguments.number("callers", 1, atLeast: 1)
        let limit = try arguments.nanoseconds("seconds", seconds: 1)
        let seed = UInt64(try arguments.number("seed", 1))
        switch try arguments.required("mode") {
        case "hot":
            return try await repeated(on: store, callers, limit, seed) { generator in
                subject.minted[generator.below(subject.minted.count)].plainRequest
            }
        case "two":
            return try await repeated(on: store, callers, limit, seed) { generator in
                let own = subject.minted[generator.below(subject.minted.count)]
                return own.request(with: subject.minted[generator.below(subject.minted.count)])
            }
        case "new": return try await ResolvingAnew(arguments, subject, callers, commits).run(limit: limit)
        case let other: throw BenchError.unsupported("no such mode: \(other)")
        }
    }

    /// The users who have a code that is current, found by resolving for each of them.
    private static func mintedUsers(of store: Store, _ arguments: Arguments) async throws -> [MintedUser] {
        var minted: [MintedUser] = []
        for user in 0..<(try arguments.number("users", 10_000, atLeast: 1)) {
            let name = Catalogue.userName(user)
            do throws(StoreError) {
                let resolution = try await store.resolve(MintedUser.plainPrompt, user: name)
                guard let part = resolution.personalization?.parts.first else { continue }
                minted.append(MintedUser(name: name, code: part.code.description))
            } catch {
                // A user without events has no taste to resolve; anything else is a failure.
                guard case .fault(.notEnoughData) = error else { throw error }
            }
        }
        guard !minted.isEmpty else { throw BenchError.failed("no user of the store has a code") }
        return minted
    }

    /// Resolves prompts one after the other in each caller until the time is over; the first tenth is warm-up.
    private static func repeated(
        on store: Store, _ callers: Int, _ limit: UInt64, _ seed: UInt64,
        _ draw: @escaping @Sendable (inout SeededGenerator) -> ResolveRequest
    ) async throws -> Measurement {
        let pace = Pace(requests: .max, limit: limit, from: MonotonicClock.now())
        let latency = try await withThrowingTaskGroup(of: LatencySamples.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var generator = SeededGenerator(seed: seed + UInt64(caller))
                    var samples = LatencySamples()
                    while true {
                        let request = draw(&generator)
                        let begin = MonotonicClock.now()
                        guard let isCounted = pace.begin(at: begin) else { return samples }
                        let resolution = try await store.resolve(request.prompt, user: request.user)
                        if isCounted { samples.add(MonotonicClock.now() - begin) }
                        guard resolution.personalization != nil else {
                            throw BenchError.failed("a prompt with --p was not personalized")
                        }
                    }
                }
            }
            var latency = LatencySamples()
            for try await samples in group { latency.add(samples) }
            return latency
        }
        let seconds = Double(MonotonicClock.now() - pace.measuredFrom) / 1e9
        var measurement = Measurement.rate("resolves/s", latency.count, seconds: seconds)
        measurement.latency = latency
        return measurement
    }
}

/// What is resolved: a store and its users with codes.
struct ResolveSubject: Sendable {
    let store: Store
    let minted: [MintedUser]
}

/// A prompt and who asks.
struct ResolveRequest: Sendable {
    let prompt: String
    let user: String
}

/// A user who has a code.
struct MintedUser: Sendable {
    let name: String
    let code: String

    static let plainPrompt = "a lighthouse on a cliff at dusk, oil on canvas --p --s 250"

    /// The user's own newest taste.
    var plainRequest: ResolveRequest { ResolveRequest(prompt: Self.plainPrompt, user: name) }

    /// A blend of the user's code and somebody's.
    func request(with other: MintedUser) -> ResolveRequest {
        ResolveRequest(
            prompt: "a lighthouse on a cliff at dusk, oil on canvas --p \(code) \(other.code) --s 250", user: name)
    }
}

/// Counts group commits.
final class CommitCount: Sendable {
    private let count = Atomic<Int>(0)
    func add() { count.wrappingAdd(1, ordering: .relaxed) }
    var value: Int { count.load(ordering: .relaxed) }
}
