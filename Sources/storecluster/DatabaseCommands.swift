import ArgumentParser
import PersonalizationCluster
import PersonalizationStore

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes the cluster's tables in a database that has none.",
        discussion: """
            Run it as the role that is to own the tables. The number of shards is for ever; 256 is right for everything but
            tests. Every node needs the file with the secret.

            Example:
              storecluster init --server "host=db1,db2 dbname=store user=operator" --secret-file secret --role node
            """)

    @OptionGroup var options: ServerOptions
    @Option(help: "A file with 64 hexadecimal digits; made when it is missing.") var secretFile: String
    @Option(help: "How many shards users are spread over.") var shards = 256
    @Option(help: "The role that nodes connect with, which gets the rights that they need.") var role: String?

    func run() async throws {
        let secret = try SecretFile.readOrMake(secretFile)
        try await ClusterDatabase.initialize(
            try options.conninfo, shardCount: shards, secret: secret, grantingTo: role)
        Output.show(["shards": shards]) { "made a cluster of \(shards) shards; next: storecluster node" }
    }
}

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows servers, synchronous standbys, shards, nodes with their lag, and forks that were met.",
        discussion: """
            Run it as the owner, or as a member of pg_monitor, to see the standbys. Exit status 1 when a server cannot be asked
            or has no synchronous standby.

            Example:
              storecluster status
            """)

    @OptionGroup var options: ServerOptions
    @Flag(help: "Lists every shard.") var shards = false

    func run() async throws {
        let status = try await ClusterDatabase.status(of: try options.conninfo)
        Output.show(status) { text(status) }
        let isWell = status.servers.allSatisfy { server in
            server.failure == nil && !server.synchronousStandbyNames.isEmpty && server.synchronousStandbys != []
        }
        if !isWell { throw ExitCode(1) }
    }

    private func text(_ status: ClusterStatus) -> String {
        var lines: [String] = []
        for server in status.servers {
            lines.append("server \(server.name): \(Text.count(UInt64(server.shardCount), "shard"))")
            if let failure = server.failure {
                lines.append("  cannot be asked: \(failure)")
            } else if server.synchronousStandbyNames.isEmpty {
                lines.append("  synchronous_standby_names is empty: no node appends here")
            } else if let standbys = server.synchronousStandbys {
                lines.append(
                    standbys.isEmpty
                        ? "  no synchronous standby: appends wait"
                        : "  synchronous standby: \(standbys.joined(separator: ", "))")
            } else {
                lines.append("  synchronous standby: this role may not see it")
            }
        }
        let events = status.shards.reduce(0) { $0 + $1.eventCount }
        lines.append(
            "\(Text.count(UInt64(status.shardCount), "shard")) and the catalogue, \(Text.count(events, "event")), "
                + Text.count(UInt64(status.codeCount), "code"))
        for shard in status.shards where shards || shard.isSealed {
            let name = shard.number == status.shardCount ? "catalogue" : "shard \(shard.number)"
            lines.append(
                "  \(name): \(Text.count(shard.eventCount, "event"))\(shard.isSealed ? ", closed: a move is under way" : "")"
            )
        }
        for node in status.nodes {
            let lag =
                node.lag == 0
                ? "has everything" : "lacks \(Text.count(node.lag, "event")) of \(node.laggingShardCount) shards"
            lines.append("node \(node.name): \(lag); said so \(Text.seconds(node.seconds)) ago")
        }
        for fork in status.forks {
            lines.append(
                "fork: \(fork.node) undid \(Text.count(fork.removed, "event")) of shard \(fork.shard) after position "
                    + "\(fork.after), \(Text.seconds(fork.seconds)) ago")
        }
        return lines.joined(separator: "\n")
    }
}

struct MoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Moves a shard's log to another server, while nodes go on.",
        discussion: """
            Run it as the owner. Appends to the shard wait for a moment, other shards notice nothing. An interrupted move is
            finished by the same command.

            Example:
              storecluster move 17 --to "host=db3,db4 dbname=store user=node" --owner "host=db3,db4 dbname=store user=operator"
            """)

    @OptionGroup var options: ServerOptions
    @Argument(help: "The shard's number.") var shard: Int
    @Option(help: "The connection string by which nodes reach the other server.") var to: String
    @Option(help: "The connection string of the owner's role there; that of --to when not given.") var owner: String?
    @Option(help: "The role that nodes connect with, when the tables have yet to be made there.") var role: String?

    func run() async throws {
        let count = try await ClusterDatabase.move(
            shard: shard, to: to, home: try options.conninfo, targetOwner: owner, grantingTo: role)
        Output.show(["shard": UInt64(shard), "events": count]) {
            "moved shard \(shard) with \(Text.count(count, "event"))"
        }
    }
}
