internal import Glibc

/// The store's side of the benchmark suite: `storebench WORKLOAD --json [--store DIR] [--parameter value …]` runs one
/// measurement and prints one line of JSON, as Benchmarks/README.md specifies.
@main
enum StoreBench {
    static func main() async {
        do {
            let arguments = try Arguments(CommandLine.arguments.dropFirst())
            if arguments.workload == "events" { return try printEvents(arguments) }
            guard let workload = Workload.named(arguments.workload) else {
                throw BenchError.unsupported("no such workload: \(arguments.workload)")
            }
            // In a child task, so that no call hops from the main thread to the pool and back.
            let measurement = try await Task.detached { try await workload.run(arguments) }.value
            print(measurement.line(of: arguments))
        } catch {
            stop(error)
        }
    }

    /// Prints the first events of the seeded workload, one JSON array a line: shows that all languages draw the same.
    private static func printEvents(_ arguments: Arguments) throws {
        var source = try EventSource(arguments)
        for _ in 0..<(try arguments.number("events", 10)) {
            let draw = source.next()
            print("[\(draw.user),\(draw.winner),\(draw.loser),\(draw.at)]")
        }
    }

    /// Ends with the reason on standard error; status 3 says that the measurement is not offered.
    private static func stop(_ error: any Error) -> Never {
        var status: Int32 = 1
        if case .unsupported? = error as? BenchError { status = 3 }
        let text = Array("storebench: \(error)\n".utf8)
        _ = write(STDERR_FILENO, text, text.count)
        exit(status)
    }
}

/// One thing that can be measured.
struct Workload: Sendable {
    let name: String
    let run: @Sendable (Arguments) async throws -> Measurement

    /// The workload of a name, or nil when there is none.
    static func named(_ name: String) -> Workload? { all.first { $0.name == name } }

    private static let all = [
        Workload(name: "prepare", run: Preparing.run),
        Workload(name: "append", run: Appending.run),
        Workload(name: "import", run: Importing.run),
        Workload(name: "scan", run: Scanning.run),
        Workload(name: "get", run: Getting.run),
        Workload(name: "stream", run: Streaming.run),
        Workload(name: "resolve", run: Resolving.run),
        Workload(name: "fold", run: Folding.run),
        Workload(name: "audit", run: Auditing.run),
        Workload(name: "rebuild", run: Rebuilding.run),
        Workload(name: "open", run: Opening.run),
        Workload(name: "recover", run: Recovering.run),
        Workload(name: "disk", run: DiskUse.run),
        Workload(name: "score", run: Scoring.run),
        Workload(name: "pairs", run: Asking.run),
    ]
}
