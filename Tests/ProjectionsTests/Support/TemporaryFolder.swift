import Foundation

/// A folder that is removed, with everything in it, when the last reference to it goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "store-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    /// The path of something in the folder.
    func file(_ name: String) -> String { path + "/" + name }

    deinit {
        // A folder that cannot be removed is litter, not a failed test.
        try? FileManager.default.removeItem(atPath: path)
    }
}
