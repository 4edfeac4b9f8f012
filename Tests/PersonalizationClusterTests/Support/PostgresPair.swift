import Foundation
import Synchronization

/// A private primary with a synchronous standby, made by `Tests/Cluster/postgres_pair.py`, which ends with this process.
final class PostgresPair: Sendable {
    let folder: String
    /// Connection strings of the database `store`: of the role that nodes have, and of the owner.
    let node: String
    let owner: String

    /// Why there can be no pair here; nil where PostgreSQL and Python are installed, as `make dependencies` does.
    static let missing: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        if versions.isEmpty { return "PostgreSQL is not installed; run 'make dependencies'" }
        return FileManager.default.fileExists(atPath: "/usr/bin/python3") ? nil : "python3 is not installed"
    }()

    static var isAvailable: Bool { missing == nil }

    private struct Facts: Decodable {
        let conninfo: String
        let `operator`: String
    }

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cluster-\(UUID().uuidString)").path
        self.folder = folder
        let output = try Self.run(["start", folder, "--owner", "\(ProcessInfo.processInfo.processIdentifier)"])
        let facts = try JSONDecoder().decode(Facts.self, from: Data(output.utf8))
        (node, owner) = (facts.conninfo, facts.operator)
    }

    deinit { _ = try? Self.run(["stop", folder]) }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Cluster/postgres_pair.py").path

    private static func run(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [script] + arguments
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        // What it starts keeps running with the same standard error, so that is read to its end only after a failure.
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let message = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
            throw Failure(description: "postgres_pair.py \(arguments.joined(separator: " ")): \(message)")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// A fault or its end: `kill`, `promote`, `freeze` and so on, of `a`, `b`, `primary` or `standby`.
    func fault(_ name: String, _ server: String) throws { _ = try Self.run([name, folder, server]) }

    /// Runs a statement as the superuser, and returns its rows, columns parted by `|`.
    @discardableResult
    func sql(_ statement: String, on server: String = "primary", database: String = "store") throws -> [String] {
        try Self.run(["sql", folder, server, statement, "--database", database])
            .split(separator: "\n").map(String.init)
    }

    private static let databaseCount = Mutex(0)

    /// A database of its own, for a test beside others.
    func makeDatabase() throws -> PairDatabase {
        let number = Self.databaseCount.withLock { count in
            count += 1
            return count
        }
        let name = "test\(number)"
        try sql("create database \(name) owner operator", database: "postgres")
        return PairDatabase(pair: self, name: name)
    }

    /// A pair that tests share which do it no harm.
    static let shared = Result { try PostgresPair() }
}

/// One database of a pair.
struct PairDatabase: Sendable {
    let pair: PostgresPair
    let name: String

    /// The connection string of the role that nodes have.
    var node: String { pair.node.replacingOccurrences(of: "dbname=store", with: "dbname=\(name)") }
    /// The connection string of the owner.
    var owner: String { pair.owner.replacingOccurrences(of: "dbname=store", with: "dbname=\(name)") }

    @discardableResult
    func sql(_ statement: String) throws -> [String] { try pair.sql(statement, database: name) }
}
