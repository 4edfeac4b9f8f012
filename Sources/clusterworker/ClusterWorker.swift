import Foundation

/// The cluster's side of the fault tests (Tests/Cluster/README.md): a node that does what JSON lines say, and what one machine
/// makes of a shard's log.
///
///   clusterworker init --database CONNINFO --role ROLE --secret FILE [--shards N]
///                                       makes the cluster's tables, and the file with the secret
///   clusterworker node FOLDER --database CONNINFO --number N --secret FILE
///                                       a node; answers requests of standard input until that ends (Request.swift)
///   clusterworker refill FOLDER --database CONNINFO
///                                       puts back what the database has lost and the copies in a node's folder have
///   clusterworker refold FOLDER SHARD STORE
///                                       a new store of one machine that is given the log of the copy of a shard
///   clusterworker compare FOLDER SHARD STORE
///                                       exit 0 when the copy and that store are the same, byte for byte
@main
struct ClusterWorker {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            switch (words.first, words.count) {
            case ("init", 2...): try await NodeService.initialize(Options(words.dropFirst()))
            case ("node", 3...):
                try await NodeService(folder: words[1], options: Options(words.dropFirst(2))).serve()
            case ("refill", 3...):
                try await NodeService.refill(from: words[1], Options(words.dropFirst(2)))
            case ("refold", 4): try await comparison(words).refold()
            case ("compare", 4): print(try await comparison(words).compare())
            default: complain("usage: see the comment of clusterworker's main file")
            }
        } catch {
            complain("\(error)")
        }
    }

    private static func comparison(_ words: [String]) -> Comparison {
        Comparison(copy: "\(words[1])/shard-\(words[2])", single: words[3])
    }

    private static func complain(_ text: String) -> Never {
        FileHandle.standardError.write(Data("clusterworker: \(text)\n".utf8))
        exit(1)
    }
}

/// The words of a command line that begin with two dashes, and what follows each.
struct Options {
    private var values: [String: String] = [:]

    init(_ words: ArraySlice<String>) throws {
        var words = words
        while let name = words.popFirst() {
            guard name.hasPrefix("--"), let value = words.popFirst() else {
                throw RequestFault(description: "\(name) is no option with a value")
            }
            values[String(name.dropFirst(2))] = value
        }
    }

    subscript(name: String) -> String? { values[name] }

    func value(_ name: String) throws -> String { try required(values[name], "--\(name)") }

    func number(_ name: String) throws -> Int? {
        guard let text = values[name] else { return nil }
        return try required(Int(text), "a number after --\(name)")
    }
}
