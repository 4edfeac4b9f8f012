import EventLog
import Foundation
import PersonalizationCluster
import PersonalizationStore
internal import Projections
import TasteFold

/// A node that does what lines of standard input say, all at the same time, and answers each in a line of standard output.
struct NodeService {
    private let folder: String
    private let options: ClusterStore.Options

    init(folder: String, options: Options) throws {
        self.folder = folder
        self.options = try Self.nodeOptions(options, name: "n\(try options.value("number"))")
    }

    private static func nodeOptions(_ options: Options, name: String) throws -> ClusterStore.Options {
        var node = ClusterStore.Options(server: try options.value("database"), node: name)
        node.secret = try secret(in: try options.value("secret"))
        // Rows go to their tables soon, so that faults meet that too.
        node.store.flushPolicy = .init(generationRecordCount: 200, sliceRowCount: 20)
        if options["flush"] == "usual" { node.store.flushPolicy = Store.Options().flushPolicy }
        return node
    }

    /// Makes the cluster's tables, with a new secret that is written to a file.
    static func initialize(_ options: Options) async throws {
        let secret = StoreSecret.random()
        let file = try options.value("secret")
        try secret.hex.write(toFile: file, atomically: true, encoding: .utf8)
        try await ClusterDatabase.initialize(
            try options.value("database"), shardCount: try options.number("shards") ?? 256, secret: secret,
            grantingTo: options["role"])
    }

    /// Puts back what the database has lost and the copies in a node's folder have; says how much, and fails when something
    /// could not be.
    static func refill(from folder: String, _ options: Options) async throws {
        let done = try await NodeCopies(at: folder).refill(home: try options.value("database"))
        guard done.findings.isEmpty else {
            throw RequestFault(description: done.findings.joined(separator: "; "))
        }
        OutputLines().write(["groups": .number(UInt64(done.groupCount)), "codes": .number(UInt64(done.codeCount))])
    }

    private static func secret(in file: String) throws -> StoreSecret {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return try required(StoreSecret(hex: text.filter { !$0.isNewline }), "64 hexadecimal digits in \(file)")
    }

    /// Serves until standard input ends, and closes the node.
    func serve() async throws {
        let answers = NodeAnswers(cluster: try await ClusterStore.open(at: folder, options: options), options: options)
        let output = OutputLines()
        output.write(["ready": .flag(true)])
        await withDiscardingTaskGroup { group in
            for await line in InputLines.all {
                group.addTask {
                    guard let request = try? JSONDecoder().decode(Request.self, from: Data(line.utf8)) else {
                        return output.write(["error": .text("request"), "message": .text("not a request: \(line)")])
                    }
                    output.write(await answers.answer(request))
                }
            }
        }
        await answers.close()
    }
}

/// The lines of standard input, read by a thread of their own.
private enum InputLines {
    static var all: AsyncStream<String> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
        }
    }
}

/// Standard output, a JSON object a line.
final class OutputLines: Sendable {
    private let lock = NSLock()

    func write(_ fields: [String: Field]) {
        // A dictionary of fields that encode to numbers and text always encodes, but for numbers that are none.
        let data = (try? JSONEncoder().encode(fields)) ?? Data(#"{"error":"answer"}"#.utf8)
        lock.withLock { FileHandle.standardOutput.write(data + Data("\n".utf8)) }
    }
}
