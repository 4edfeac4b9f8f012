internal import Foundation

/// A folder that is removed, with everything in it, when the last reference to it goes.
package final class TemporaryFolder: Sendable {
    /// Where it is.
    package let path: String

    /// Makes an empty folder.
    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "store-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    /// The path of something in the folder.
    package func file(_ name: String) -> String { path + "/" + name }

    deinit {
        // A folder that cannot be removed is litter, not a failed test.
        try? FileManager.default.removeItem(atPath: path)
    }
}
