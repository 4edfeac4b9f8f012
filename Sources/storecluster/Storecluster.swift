import ArgumentParser
import PersonalizationCluster
import PersonalizationStore

/// The tool for a cluster's operators; `storectl cluster` runs it.
@main
struct Storecluster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storecluster",
        abstract: "Works with a cluster: shards whose log is in PostgreSQL, and nodes with copies of them.",
        discussion: """
            Every command takes --server CONNINFO, a connection string of libpq, or the environment variable
            STORECLUSTER_SERVER, and --json. 'storectl cluster' is the same. What can be asked of one copy, storectl is
            asked, with --store NODE/shard-N.
            Exit status: 0 done; 1 the answer is no; 2 usage; 3 an operation failed.
            """,
        subcommands: [
            InitCommand.self, StatusCommand.self, NodeCommand.self, MoveCommand.self, RefillCommand.self,
            CheckCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as any ClassifiedError {
            Output.fail(kind: error.kind.rawValue, error.description, status: 3)
        } catch let refusal as Refusal {
            Output.fail(kind: refusal.kind, refusal.message, status: refusal.status)
        } catch {
            exit(withError: error)
        }
    }
}

/// Why a command did not do what it was asked, when the library did not say it.
struct Refusal: Error {
    let kind: String
    let message: String
    var status: Int32 = 3
}
