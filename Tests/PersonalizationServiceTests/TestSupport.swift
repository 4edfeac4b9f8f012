import Foundation
import Logging
import MetricsTestKit
import PersonalizationService
import PersonalizationStore

/// A folder of its own for one test, removed at its end.
func withTemporaryFolder<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "service-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
        let result = try await body(folder.path)
        try FileManager.default.removeItem(at: folder)
        return result
    } catch {
        try? FileManager.default.removeItem(at: folder)
        throw error
    }
}

/// A logger that says nothing.
let silentLogger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// The names of a small catalogue's images.
let imageNames = (0..<16).map { "image-\($0)" }

let ada = ProfileName(user: "ada", space: "v6")

extension StoreService {
    /// A service with a store in `folder`, its own unless there is one, with a space of ``imageNames``.
    static func forTesting(
        in folder: String, metrics: TestMetrics, logger: Logger = silentLogger,
        longReadWarning: Duration = .seconds(30), space: String = "v6"
    ) async throws -> StoreService {
        var configuration = StoreConfiguration(path: folder + "/store")
        configuration.createsWhenMissing = true
        configuration.reportInterval = .milliseconds(5)
        configuration.longReadWarning = longReadWarning
        let service = try StoreService(configuration: configuration, logger: logger, metrics: metrics)
        try await service.store.store.defineSpace(
            space, models: ["6.1"], defaultModel: "6.1",
            images: try imageNames.enumerated().map { index, name in
                let components = (0..<8).map { Double((index * 7 + $0 * 5) % 11) - 5 }
                return NewImage(id: name, embedding: try Embedding(canonicalizing: components))
            },
            threshold: 3)
        return service
    }
}

/// A ranking of the catalogue, another one for every number.
func rank(_ number: Int, by profile: ProfileName = ada) -> NewEvent {
    let winner = number % imageNames.count
    let loser = (winner + 1 + number / imageNames.count % (imageNames.count - 1)) % imageNames.count
    return .rank(profile, winner: imageNames[winner], loser: imageNames[loser])
}
