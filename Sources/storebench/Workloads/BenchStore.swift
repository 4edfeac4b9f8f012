internal import EventLog
internal import LMDB
internal import PersonalizationStore

/// The stores that workloads run on.
enum BenchStore {
    /// Creates a store with the space of the seeded workload and its images.
    static func create(
        at path: String, _ catalogue: Catalogue, dimension: Int, options: Store.Options = Store.Options()
    ) async throws -> Store {
        let store = try Store.create(at: path, options: options)
        try await store.defineSpace(
            Catalogue.space, models: [Catalogue.model], defaultModel: Catalogue.model,
            images: catalogue.images(dimension: dimension), threshold: 1)
        return store
    }

    /// Runs `body` once for each index below `count`, as many at a time as `width` says.
    static func forEach(
        _ count: Int, width: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<min(width, count) {
                group.addTask {
                    for index in stride(from: first, to: count, by: width) { try await body(index) }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The log beneath a store, for what is measured below the store's own methods.
struct RawLog {
    let environment: Environment
    let table: LogTable

    /// The log of the store in a folder; shares the environment of a store that this process has open there.
    init(path: String) throws {
        environment = try Environment.open(directory: path)
        table = LogTable(table: try environment.openTable(name: LogTable.name, keys: .integer, create: false))
    }

    /// Makes `body` see every record from the first to the last, each verified; returns their number.
    @discardableResult
    func scan(_ body: (borrowing RecordView) throws(StorageError) -> Void) throws -> Int {
        let transaction = try environment.beginRead()
        guard let head = try table.headPosition(in: transaction) else { return 0 }
        try table.scan(.first...head, in: transaction) { (record) throws(StorageError) in
            try body(record)
            return true
        }
        return Int(head.number)
    }
}
