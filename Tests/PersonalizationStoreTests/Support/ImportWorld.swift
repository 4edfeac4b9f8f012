import PersonalizationStore
import TestSupport
import Testing

/// A store with one small space, `v6`, that needs five comparisons, to import lines into.
struct ImportWorld {
    let folder: TemporaryFolder
    let store: Store
    /// The profile of most lines.
    let ada = ProfileName(user: "ada", space: "v6")

    init(options: Store.Options = Store.Options()) async throws {
        folder = try TemporaryFolder()
        let secret = try #require(StoreSecret(bytes: [UInt8](repeating: 3, count: 32)))
        store = try Store.create(at: folder.file("store"), secret: secret, options: options)
        try await SyntheticSpace("v6").define(in: store, isDefault: true)
    }

    /// Six rankings of ada, and the version that they fold to.
    @discardableResult
    func rank() async throws -> Version {
        _ = try await store.append((0..<6).map { .rank(ada, winner: "v6/\($0 * 2)", loser: "v6/\($0 * 2 + 1)") })
        return try await store.currentVersion(of: ada)
    }

    /// Imports lines and returns what was done.
    @discardableResult
    func load(
        _ lines: [String], _ change: (inout ImportOptions) -> Void = { _ in }
    ) async throws(InterchangeError) -> ImportReport {
        var options = ImportOptions()
        options.defaultSpace = "v6"
        change(&options)
        var importer = Importer(into: store, options: options)
        for line in lines { try await importer.add(Array(line.utf8)) }
        try await importer.finish()
        return importer.report
    }

    /// The number of events in the log.
    func count() throws -> Int { Int(try store.head()?.position.number ?? 0) }
}
