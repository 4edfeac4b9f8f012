internal import Foundation

/// The driver: names the tools and runs one.
@main
enum StoreTorture {
    private static let tools: [any (Tool & SendableMetatype).Type] = [
        TraceRecorder.self, CrashSimulation.self, KillLoop.self, FaultRounds.self, FullDisk.self, BitFlips.self,
    ]

    static func main() {
        let words = CommandLine.arguments.dropFirst()
        guard let tool = tools.first(where: { $0.name == words.first }) else {
            print("usage: storetorture TOOL OPTIONS; exit status 0: nothing found, 1: findings, 2: could not work\n")
            print(tools.map { $0.usage }.joined(separator: "\n\n"))
            exit(words.isEmpty || words.first == "--help" ? 0 : 2)
        }
        do {
            let passed = try run(tool, words.dropFirst())
            print(passed ? "passed" : "FAILED")
            exit(passed ? 0 : 1)
        } catch let error as UsageError {
            stop("\(error.text)\n\n\(tool.usage)")
        } catch let error as ToolError {
            stop(error.text)
        } catch {
            stop("\(error)")
        }
    }

    private static func run<Chosen: Tool>(_: Chosen.Type, _ words: ArraySlice<String>) throws -> Bool {
        try Chosen(try Arguments(words, options: Chosen.options)).run()
    }

    /// Ends with a message about how the driver was used or what kept it from working: neither is a finding.
    private static func stop(_ text: String) -> Never {
        FileHandle.standardError.write(Data("storetorture: \(text)\n".utf8))
        exit(2)
    }
}
