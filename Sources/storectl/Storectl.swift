import ArgumentParser
import Foundation

/// The store's tool for operators and auditors.
@main
struct Storectl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storectl",
        abstract: "Works with a personalization store: tastes, their codes, and the log behind them.",
        discussion: """
            Every command takes --store PATH, or the environment variable STORECTL_STORE, and --json.
            Exit status: 0 done; 1 the answer is no; 2 usage; 3 the store is damaged or an operation failed.

            First steps:
              storectl init --store taste
              storectl space define v6 --models 6,6.1 --images images.jsonl --store taste
              storectl import events.jsonl --store taste
              storectl resolve "a harbour --p" --user u1 --store taste
            """,
        version: "0.1.0-dev",
        groupedSubcommands: [
            CommandGroup(
                name: "Filling",
                subcommands: [
                    Init.self, SpaceCommand.self, Import.self, Rank.self, Pick.self, Skip.self, Like.self, Unlike.self,
                ]),
            CommandGroup(
                name: "Using",
                subcommands: [
                    Resolve.self, ProgressCommand.self, Pairs.self, Ask.self, Codes.self, Show.self, Explain.self,
                    Diff.self, Score.self,
                    Refold.self,
                ]),
            CommandGroup(
                name: "Owning",
                subcommands: [
                    Label.self, Revoke.self, Restore.self, Revert.self, Reset.self, Retract.self,
                    SettingsCommand.self, ExportCode.self, ImportCode.self, Alias.self, Aliases.self,
                ]),
            CommandGroup(
                name: "Keeping several", subcommands: [ProfileCommand.self, BoardCommand.self, Info.self]),
            CommandGroup(name: "Having in common", subcommands: [HouseCommand.self]),
            CommandGroup(
                name: "History",
                subcommands: [Log.self, AsOf.self, Timeline.self, TasteMapCommand.self, Replay.self, Export.self]),
            CommandGroup(
                name: "Proving",
                subcommands: [KeyCommand.self, CheckpointCommand.self, Prove.self, CheckProof.self]),
            CommandGroup(
                name: "Operating",
                subcommands: [
                    Stats.self, Verify.self, Backup.self, Recover.self, Rebuild.self, Grow.self, TakeDown.self,
                    PutBack.self, EraseCommand.self, ErasuresCommand.self, VerifyHere.self, ClusterCommand.self,
                ]),
        ])

    static func main() async {
        Descriptors.prepareStandardStreams()
        var status = await runCommand()
        if let failure = Output.finish() {
            failure.report()
            status = failure.status.rawValue
        }
        Foundation.exit(status)
    }

    /// Runs what the command line says and returns its exit status; a usage error has status 2, which the argument parser
    /// would call 64.
    private static func runCommand() async -> Int32 {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return EXIT_SUCCESS
        } catch let failure as Failure {
            failure.report()
            return failure.status.rawValue
        } catch {
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            if code == .success {
                Output.page(message)
            } else if !message.isEmpty {
                Output.complainPage(message)
            }
            return code == .validationFailure ? Failure.Status.usage.rawValue : code.rawValue
        }
    }
}
