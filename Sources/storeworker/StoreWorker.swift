import Foundation
import PersonalizationStore

/// The store's side of the torture tools (Tests/Torture/README.md): a writer that says what was acknowledged, a checker
/// that must find all of it, and a digest of every answer.
///
///   storeworker write DIR [--batches N] [--clients N] [--reopen] [--close] [--rest] [--checkpoint-often] [--unpinned]
///                                                  prints each acknowledged position; rest waits, without closing, until
///                                                  the checkpoint is clean; unpinned is a fault on purpose
///   storeworker check DIR ACKNOWLEDGED                             exit 0 when everything acknowledged is there
///   storeworker erase DIR                                          has a person, erases the person, and appends once more
///   storeworker check-erased DIR ACKNOWLEDGED                      exit 0 when nothing of that person is left
///   storeworker verify DIR                                         in a child process; exit 0, 1 or 3 with a message
///   storeworker digest DIR                                         a digest of all answers
///   storeworker hold DIR [SECONDS]                                 takes the writer's lock, says "holding", and stops
///                                                                  itself (SIGSTOP), or holds it for a time and ends
@main
struct StoreWorker {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count >= 2 else { stop(usage: "no tool or no folder") }
        let path = words[1]
        do {
            switch words[0] {
            case "write": try await Writer(path: path, options: Array(words.dropFirst(2))).run()
            case "check": try Checker(path: path).check(acknowledged: words.count > 2 ? UInt64(words[2]) ?? 0 : 0)
            case "erase": try await Eraser(path: path).erase()
            case "check-erased":
                try Eraser(path: path).check(acknowledged: words.count > 2 ? UInt64(words[2]) ?? 0 : 0)
            case "verify": verifyInChild(path)
            case "verify-here": try Checker(path: path).verify()
            case "digest": say(try Checker(path: path).digest())
            case "hold": try LockHolder(path: path).hold(seconds: words.count > 2 ? UInt32(words[2]) : nil)
            default: stop(usage: "unknown tool \(words[0])")
            }
        } catch let failure as CheckFailure {
            complain(failure.text)
            exit(1)
        } catch {
            complain("\(error)")
            exit(3)
        }
    }

    /// Verifies in a child, whose crash by a damaged B-tree is a finding like any other.
    private static func verifyInChild(_ path: String) -> Never {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["verify-here", path]
        do { try child.run() } catch {
            complain("cannot start the verification: \(error)")
            exit(3)
        }
        child.waitUntilExit()
        if child.terminationReason == .uncaughtSignal {
            complain("the data file is damaged: reading it ended the process (signal \(child.terminationStatus))")
            exit(3)
        }
        exit(child.terminationStatus)
    }

    private static func stop(usage problem: String) -> Never {
        complain("\(problem); usage: storeworker write|check|erase|check-erased|verify|digest|hold DIR ...")
        exit(2)
    }

    /// Writes a line at once: a buffer would hold it back until the kill, and with it what was acknowledged.
    static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    static func complain(_ text: String) {
        FileHandle.standardError.write(Data("storeworker: \(text)\n".utf8))
    }
}

/// Something that a check found.
struct CheckFailure: Error {
    let text: String
}
