internal import CodeRegistry
import EventLog
import Foundation
import PersonalizationCluster
import PersonalizationStore
import TasteFold

/// What a node answers to each request.
final class NodeAnswers: Sendable {
    private let cluster: ClusterStore
    private let options: ClusterStore.Options
    private let singles = SingleStores()

    init(cluster: ClusterStore, options: ClusterStore.Options) {
        (self.cluster, self.options) = (cluster, options)
    }

    func close() async {
        await cluster.close()
        await singles.close()
    }

    /// The answer's fields, also when something fails.
    func answer(_ request: Request) async -> [String: Field] {
        var fields: [String: Field]
        do { fields = try await fieldsOf(request) } catch let error as any ClassifiedError {
            fields = ["error": .text(error.kind.rawValue), "message": .text(error.description)]
        } catch {
            fields = ["error": .text("request"), "message": .text("\(error)")]
        }
        fields["id"] = .number(UInt64(request.id))
        return fields
    }

    private func fieldsOf(_ request: Request) async throws -> [String: Field] {
        switch request.action {
        case "append": try await append(request)
        case "define": try await define(request)
        case "shard": ["shard": .number(UInt64(cluster.shard(of: try required(request.user, "user"))))]
        case "head": ["position": .number(try head(of: try shard(request)))]
        case "wait": try await wait(request)
        case "read": try await read(request)
        case "resolve": try await resolve(request)
        case "version": try await version(request)
        case "digest": try digest(request)
        case "measure": try await measure(request)
        case "measure-resolve": try await measureResolving(request)
        case "watch": try await watch(request)
        default: throw RequestFault(description: "\(request.action) is not known")
        }
    }

    private func shard(_ request: Request) throws -> Int { try required(request.shard, "shard") }

    private func head(of shard: Int) throws -> UInt64 {
        try cluster.store(ofShard: shard).head()?.position.number ?? 0
    }
}

// MARK: Writing and reading

extension NodeAnswers {
    private func append(_ request: Request) async throws -> [String: Field] {
        let events = try required(request.events, "events")
        let receipts = try await cluster.append(try events.map { try $0.newEvent() })
        return [
            "shard": .number(UInt64(cluster.shard(of: events[0].user))),
            "positions": .list(receipts.map { .number($0.position.number) }),
        ]
    }

    /// Defines a space with images `image0`, `image1` and so on, no two of which are alike.
    private func define(_ request: Request) async throws -> [String: Field] {
        let images = try Self.images(
            count: try required(request.images, "images"), dimension: try required(request.dimension, "dimension"))
        let models = try required(request.models, "models")
        let defined = try await cluster.defineSpace(
            try required(request.space, "space"), models: models, defaultModel: models.first, images: images,
            threshold: request.threshold ?? 40)
        return ["images": .number(UInt64(defined.newImageCount))]
    }

    static func images(count: Int, dimension: Int) throws -> [NewImage] {
        try (0..<count).map { index in
            let components = (0..<dimension).map { Double((index * 7919 + $0 * $0 * 131 + index * $0) % 2003) - 1001 }
            return NewImage(id: "image\(index)", embedding: try Embedding(canonicalizing: components))
        }
    }

    private func wait(_ request: Request) async throws -> [String: Field] {
        let shard = try shard(request)
        try await wait(for: try required(request.position, "position"), of: shard, seconds: request.seconds ?? 10)
        return ["position": .number(try head(of: shard))]
    }

    private func wait(for position: UInt64, of shard: Int, seconds: Double) async throws {
        guard let position = Position(stored: position) else { return }
        try await cluster.waitForPosition(position, ofShard: shard, atMost: .seconds(seconds))
    }

    private func read(_ request: Request) async throws -> [String: Field] {
        let shard = try shard(request)
        if let token = request.token { try await wait(for: token, of: shard, seconds: 10) }
        let start = try required(Position(stored: try required(request.from, "from")), "a position above 0")
        let store = try cluster.store(ofShard: shard)
        let events = try store.events(from: start, limit: request.limit ?? 100)
        // Read after the events: a head that is too high would be one that was not shown.
        let head = try store.head()?.position.number ?? 0
        return [
            "head": .number(head),
            "events": .list(
                events.map { event in
                    .list([.number(event.position.number), event.eventID.map { .text("\($0)") } ?? .none])
                }),
        ]
    }

    private func resolve(_ request: Request) async throws -> [String: Field] {
        do {
            let resolution = try await cluster.resolve("a harbour --p", user: try required(request.user, "user"))
            guard let part = resolution.personalization?.parts.first else { return ["code": .none] }
            return ["code": .text(part.code.description), "version": .text(part.hash.description)]
        } catch StoreError.fault(.notEnoughData) {
            return ["code": .none]
        }
    }

    private func version(_ request: Request) async throws -> [String: Field] {
        let version = try await cluster.version(try Code(try required(request.code, "code")))
        return [
            "version": .text(version.hash.description),
            "bytes": .text(SHA256Digest(hashing: version.bytes).description),
        ]
    }

    private func digest(_ request: Request) throws -> [String: Field] {
        let log = try cluster.store(ofShard: try shard(request)).recordDigest()
        return ["position": .number(log.count), "records": .text(log.digest.description)]
    }
}

// MARK: Measuring

extension NodeAnswers {
    /// Appends groups of a user's rankings one after the other, on this node or in a store of one machine.
    private func measure(_ request: Request) async throws -> [String: Field] {
        let user = try required(request.user, "user")
        let group = try required(request.group, "group")
        let images = try required(request.images, "images")
        var source = RankingSource(
            profile: ProfileName(user: user, space: try required(request.space, "space")), imageCount: images)
        var acknowledged: [Field] = []
        let single = try await request.store.async { try await self.singles.store(at: $0, imageCount: images) }
        let durations = try await Durations.measure(for: .seconds(try required(request.seconds, "seconds"))) {
            let events = source.take(group)
            let receipts =
                if let single { try await single.append(events) } else { try await cluster.append(events) }
            if request.watch == true, let last = receipts.last {
                acknowledged.append(.list([.number(last.position.number), .number(Self.now())]))
            }
        }
        var fields = durations.fields
        if request.watch == true { fields["acknowledged"] = .list(acknowledged) }
        return fields
    }

    private func measureResolving(_ request: Request) async throws -> [String: Field] {
        let (user, prompt) = (try required(request.user, "user"), try required(request.prompt, "prompt"))
        let single = try await request.store.async { try await self.singles.store(at: $0, imageCount: nil) }
        return try await Durations.measure(for: .seconds(try required(request.seconds, "seconds"))) {
            if let single {
                _ = try await single.resolve(prompt, user: user)
            } else {
                _ = try await cluster.resolve(prompt, user: user)
            }
        }.fields
    }

    /// Notes for a time when the copy of a shard is how far.
    private func watch(_ request: Request) async throws -> [String: Field] {
        let shard = try shard(request)
        let end = ContinuousClock.now + .seconds(try required(request.seconds, "seconds"))
        var seen: [Field] = []
        var last: UInt64 = 0
        while ContinuousClock.now < end {
            let head = try head(of: shard)
            if head > last {
                seen.append(.list([.number(head), .number(Self.now())]))
                last = head
            }
            try await Task.sleep(for: .microseconds(100))
        }
        return ["seen": .list(seen)]
    }

    /// Nanoseconds of the system's clock for durations, which all processes share.
    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Stores of one machine that are measured beside the node, each opened once.
private actor SingleStores {
    private var stores: [String: Store] = [:]

    /// - Parameter imageCount: How many images the space of a new store has; nil when the store is there.
    func store(at path: String, imageCount: Int?) async throws -> Store {
        if let store = stores[path] { return store }
        if FileManager.default.fileExists(atPath: path) {
            let store = try Store.open(at: path)
            stores[path] = store
            return store
        }
        let store = try Store.create(at: path)
        let images = try NodeAnswers.images(count: try required(imageCount, "images"), dimension: 512)
        try await store.defineSpace("v6", models: ["6"], defaultModel: "6", images: images)
        stores[path] = store
        return store
    }

    func close() async { for store in stores.values { await store.close() } }
}

extension Optional where Wrapped: Sendable {
    /// What `body` makes of the value, if there is one.
    fileprivate func async<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
