import ArgumentParser
import EventLog
import Foundation
import PersonalizationCluster
import PersonalizationStore

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Makes a node's folder, or brings it up to date; with --follow, keeps it so.",
        discussion: """
            A backend that embeds PersonalizationCluster is a node itself. This one takes no requests: it fills a new folder
            before a backend uses it, or keeps a copy for audits, with its name different from every other node's. The secret
            is needed when the folder is new. Ends at SIGINT or SIGTERM.

            Example:
              storecluster node copies --name audit --secret-file secret --follow
            """)

    @OptionGroup var options: ServerOptions
    @Argument(help: "The node's folder.") var folder: String
    @Option(help: "The node's name.") var name: String
    @Option(help: "The file with the cluster's secret.") var secretFile: String?
    @Flag(help: "Goes on following until it is told to end.") var follow = false
    @Option(help: "How many seconds it may take to catch up.") var seconds = 3600

    func run() async throws {
        var nodeOptions = ClusterStore.Options(server: try options.conninfo, node: name)
        if let secretFile { nodeOptions.secret = try SecretFile.read(secretFile) }
        let cluster = try await ClusterStore.open(at: folder, options: nodeOptions)
        do {
            try await cluster.catchUp(atMost: .seconds(seconds))
        } catch {
            await cluster.close()
            throw error
        }
        let count = try cluster.eventCount()
        Output.show(["events": count]) { "\(folder) has everything: \(Text.count(count, "event"))" }
        if follow { await Self.untilTold() }
        await cluster.close()
    }

    /// Returns when the process is told to end.
    private static func untilTold() async {
        let signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number)
        }
        let stream = AsyncStream<Void> { continuation in
            for source in signals {
                source.setEventHandler { continuation.yield() }
                source.resume()
            }
        }
        for await _ in stream { return }
    }
}

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compares a node's copies with the databases, group by group.",
        discussion: """
            Computes each group's chain from the copy's records, and compares it and the records' bytes with the database's
            rows. Reads all of both; the node may be running. Exit status 1 when something differs.

            Example:
              storecluster check /var/lib/taste
            """)

    @OptionGroup var options: ServerOptions
    @Argument(help: "The node's folder.") var folder: String

    func run() async throws {
        var groupCount = 0
        let findings = try await NodeCopies(at: folder).check(home: try options.conninfo) { groupCount += $1 }
        Output.show(CheckReport(groups: groupCount, findings: findings)) {
            findings.isEmpty
                ? "compared \(Text.count(UInt64(groupCount), "group")): all are the same"
                : findings.joined(separator: "\n")
        }
        if !findings.isEmpty { throw ExitCode(1) }
    }
}

struct CheckReport: Encodable {
    let groups: Int
    let findings: [String]
}

struct RefillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refill", abstract: "Puts back into the databases what they have lost and a node's copies have.",
        discussion: """
            For after a restore, before nodes append again: a restored database would give the positions of what it has lost
            to other events, and the nodes would have to undo what was acknowledged. Run it as the owner with each node's
            folder, the longest copies first. What is there is never changed; exit status 1 when a shard could not be refilled
            since its database goes on differently.

            Example:
              storecluster refill /var/lib/taste
            """)

    @OptionGroup var options: ServerOptions
    @Argument(help: "The node's folder.") var folder: String
    @Option(help: "The role that nodes connect with, when even the tables are gone.") var role: String?

    func run() async throws {
        let (groupCount, codeCount, findings) = try await NodeCopies(at: folder).refill(
            home: try options.conninfo, grantingTo: role)
        Output.show(RefillReport(groups: groupCount, codes: codeCount, findings: findings)) {
            ([
                "put back \(Text.count(UInt64(groupCount), "group")) and \(Text.count(UInt64(codeCount), "code"))"
            ] + findings).joined(separator: "\n")
        }
        if !findings.isEmpty { throw ExitCode(1) }
    }
}

struct RefillReport: Encodable {
    let groups: Int
    let codes: Int
    let findings: [String]
}
