import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What is printed is complete, or the exit status says that it is not.
@Suite struct OutputTests {
    let storectl: Storectl
    let code: String

    init() throws { (storectl, code) = try Storectl.withOneCode() }

    @Test(arguments: [">/dev/full", ">&-"])
    func `standard output that cannot be written to is exit status 3 for every command`(_ redirection: String) throws {
        for command in try storectl.everyCommand(code) {
            let outcome = try storectl.shell("\"$@\" \(redirection)", command)
            #expect(outcome.status == 3, "\(command): \(outcome.errors)")
            #expect(outcome.errors.contains("standard output"), "\(command)")
        }
        for command in [["rank", "ben", "i/1", "i/2", "--space", "v6"], ["export"], ["verify"]] {
            for more in [">/dev/full 2>/dev/full", ">&- 2>&- <&-", ">&- <&-", "1</dev/null"] {
                #expect(try storectl.shell("\"$@\" \(more)", command).status == 3, "\(command) \(more)")
            }
        }
        #expect(try storectl.run(["verify"]).status == 0, "no message went into the store's files")
    }

    @Test(arguments: ["2>/dev/full", "2>&-"])
    func `what becomes of standard error changes no status and no output`(_ redirection: String) throws {
        for command in try storectl.everyCommand(code) {
            let outcome = try storectl.shell("\"$@\" \(redirection)", command)
            #expect(outcome.status == 0, "\(command)")
            #expect(!outcome.output.isEmpty, "\(command)")
        }
        let refused = ["rank", "ben", "i/1", "i/999", "--space", "v6"]
        #expect(try storectl.shell("\"$@\" \(redirection)", refused).status == 1)
        #expect(try storectl.shell("\"$@\" \(redirection)", refused + ["--json"]).status == 1)
        #expect(try storectl.shell("\"$@\" \(redirection)", ["dance"]).status == 2)
        #expect(try storectl.shell("\"$@\" \(redirection)", ["progress", "nobody", "--space", "v6"]).status == 1)
        #expect(try storectl.run(["verify"]).status == 0, "no message went into the store's files")
    }

    @Test func `a reader that has gone ends every command quietly with its own status`() throws {
        func run(_ arguments: [String]) throws -> (status: Int32, errors: String) {
            let pipe = try Storectl.pipe(isBlocking: true)
            close(pipe.reading)
            let outcome = try storectl.piped(arguments, to: pipe) { _ in }
            return (outcome.status, outcome.errors)
        }
        for command in try storectl.everyCommand(code) {
            let outcome = try run(command)
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(command): \(outcome.errors)")
        }
        #expect(try run(["progress", "nobody", "--space", "v6"]).status == 1, "the answer is still no")
        // Nobody reads the errors either.
        let refused = try storectl.shell("\"$@\" 2> >(exec true)", ["rank", "ben", "i/1", "i/999", "--space", "v6"])
        #expect(refused.status == 1)
    }

    @Test func `a slow reader of a pipe that does not block gets everything`() throws {
        // More than a pipe holds, in one line and in many.
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<2000))
        for command in try storectl.everyCommand(code) {
            let pipe = try Storectl.pipe(isBlocking: false)
            let outcome = try storectl.piped(command, to: pipe) { process in
                // Nothing is read before the pipe is full, or the command has ended.
                var waiting: Int32 = 0
                while waiting < 65_536 - 4096, process.isRunning {
                    _ = ioctl(pipe.reading, UInt(FIONREAD), &waiting)
                    usleep(1000)
                }
                return try FileHandle(fileDescriptor: pipe.reading, closeOnDealloc: true).readToEnd() ?? Data()
            }
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(command): \(outcome.errors)")
            #expect(!outcome.result.isEmpty, "\(command)")
            if ["log", "export", "show", "export-code", "--help"].contains(command[0]),
                !command.contains(where: { $0.hasPrefix(storectl.folder.path) })
            {
                let process = try storectl.start(command)
                process.process.waitUntilExit()
                #expect(try Data(contentsOf: process.output) == outcome.result, "\(command)")
            }
        }
    }

    @Test func `a file that may not grow is an error and no signal`() throws {
        let outcome = try storectl.shell("ulimit -f 8; \"$@\"", ["export"])
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("File too large"))
    }

    @Test func `a summary that is lost does not hide what was imported`() throws {
        let lines = try storectl.file("cy.jsonl", SmallWorld.rankings(of: "cy", liking: 0, pairs: 0..<5))
        let before = try storectl.json("stats")["events"].number
        let outcome = try storectl.shell("\"$@\" >/dev/full", ["import", lines, "--json"])
        #expect(outcome.status == 3)
        #expect(try JSON(parsing: outcome.errors)["error"]["kind"].text == "output")
        #expect(try storectl.json("stats")["events"].number == before + 6)
    }

    // MARK: Files

    private func filesToWrite(_ path: String) throws -> [[String]] {
        let bad = try storectl.file("bad.jsonl", "no JSON\n")
        return [
            ["export", "--secret-file", path], ["export-code", code, "--output", path],
            ["map", "--codes", code, "--svg", path], ["timeline", "ada", "--space", "v6", "--svg", path],
            ["import", bad, "--on-error", "skip", "--rejects", path],
            ["checkpoint", "--output", path], ["prove", code, "--output", path],
        ]
    }

    @Test func `a file that cannot be written is exit status 3`() throws {
        // A link, so that no fault could ever replace the device itself.
        let full = storectl.folder.appending(path: "full").path
        try FileManager.default.createSymbolicLink(atPath: full, withDestinationPath: "/dev/full")
        for path in [full, storectl.folder.appending(path: "nowhere/file").path, storectl.folder.path] {
            for command in try filesToWrite(path) {
                let outcome = try storectl.run(command)
                #expect(outcome.status == 3, "\(command): \(outcome.errors)")
                #expect(outcome.errors.contains(path), "\(command): \(outcome.errors)")
            }
        }
        for command in try filesToWrite(storectl.folder.appending(path: UUID().uuidString).path) {
            let path = storectl.folder.appending(path: UUID().uuidString).path
            let outcome = try storectl.shell("ulimit -f 0; \"$@\" >/dev/null", command.dropLast() + [path])
            #expect(outcome.status == 3, "\(command): \(outcome.errors)")
            #expect(
                command[0] == "import" || !FileManager.default.fileExists(atPath: path), "no half a file: \(command)")
        }
    }

    @Test func `files are their owner's alone and never replace others`() throws {
        for command in try filesToWrite("") {
            let path = storectl.folder.appending(path: UUID().uuidString).path
            let command = Array(command.dropLast()) + [path]
            #expect(try storectl.shell("umask 0; \"$@\"", command).status == 0, "\(command)")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(command)")
            let content = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(!content.isEmpty)
            let again = try storectl.run(command)
            #expect(again.status == 3 && again.errors.contains("exists already"), "\(command): \(again.errors)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content)
            // A link that somebody prepared leads nowhere.
            let (link, target) = (path + ".link", path + ".target")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            #expect(try storectl.run(command.dropLast() + [link]).status == 3, "\(command)")
            #expect(!FileManager.default.fileExists(atPath: target))
        }
    }

    @Test func `a named pipe is written to when it is one's own`() throws {
        let path = storectl.folder.appending(path: "pipe").path
        try #require(mkfifo(path, 0o600) == 0)
        let bundle = try storectl.shell(
            "cat '\(path)' & \"$@\" >/dev/null; wait", ["export-code", code, "--output", path])
        #expect(bundle.status == 0 && !bundle.output.isEmpty)
        // Somebody else's would hand the secret to them; only root can prepare one for this test.
        guard geteuid() == 0 else { return }
        try #require(chown(path, 65534, 65534) == 0)
        #expect(try storectl.run(["export", "--secret-file", path]).errors.contains("exists already"))
    }

    @Test func `without skipped lines there is no file of them`() throws {
        let path = storectl.folder.appending(path: "rejects").path
        let good = try storectl.file("good.jsonl", SmallWorld.rankings(of: "cy", liking: 0, pairs: 0..<1))
        #expect(try storectl.run(["import", good, "--on-error", "skip", "--rejects", path]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
