import ArgumentParser
import Foundation

/// Runs the cluster's own tool, which is a program of its own so that `storectl` needs no libpq (docs/decisions/0023).
struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster", abstract: "Works with a cluster; runs 'storecluster', which must be beside storectl.",
        discussion: """
            Commands: init, status, node, move, refill, check. 'storectl cluster --help' is storecluster's.

            Example:
              storectl cluster status --server "host=db1,db2 dbname=store user=operator"
            """)

    @Argument(parsing: .captureForPassthrough, help: "What storecluster is told.") var arguments: [String] = []

    func run() throws {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let tool = URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: "storecluster").path
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            throw Failure(
                status: .failed, kind: "open",
                message:
                    "\(tool) is not there; build the product 'storecluster', which needs libpq, and put it beside storectl"
            )
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([tool] + arguments).map { strdup($0) }
        words.append(nil)
        execv(tool, words)
        throw Failure(
            status: .failed, kind: "open", message: "\(tool) cannot be run: \(String(cString: strerror(errno)))")
    }
}
