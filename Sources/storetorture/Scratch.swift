internal import Foundation

/// A folder for copies of stores, removed when this is.
final class Scratch: Sendable {
    let path: String

    /// Makes a folder inside the one given, or in the system's place for temporary files.
    init(in parent: String?) throws {
        let parent = parent ?? FileManager.default.temporaryDirectory.path
        path = parent + "/storetorture-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func folder(_ name: String) -> StoreFolder { StoreFolder(path: path + "/" + name) }
}

/// The folder of a store.
struct StoreFolder: Sendable {
    let path: String

    var dataPath: String { path + "/data.mdb" }

    /// Makes the folder anew as a copy of a store, or empty when there is none to copy.
    ///
    /// The lock file is left out: it belongs to the processes that have the store open.
    func reset(to original: String?) throws {
        try? FileManager.default.removeItem(atPath: path)
        if let original {
            try FileManager.default.copyItem(atPath: original, toPath: path)
            try removeLock()
        } else {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    func removeLock() throws {
        let lock = path + "/lock.mdb"
        if FileManager.default.fileExists(atPath: lock) { try FileManager.default.removeItem(atPath: lock) }
    }

    /// The bytes of the data file; none when there is no file.
    func readData() throws -> [UInt8] { try read("data.mdb") }

    /// The bytes of a file of the folder; none when there is no file.
    func read(_ name: String) throws -> [UInt8] {
        guard FileManager.default.fileExists(atPath: path + "/" + name) else { return [] }
        return Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    /// The bytes of every file of the folder, by name.
    func files() throws -> [String: [UInt8]] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return Dictionary(uniqueKeysWithValues: try names.map { ($0, try read($0)) })
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }
}
