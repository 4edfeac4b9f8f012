import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Verifying, backing up and creating do what they say.
@Suite struct OperatingTests {
    let storectl: Storectl
    let code: String

    init() throws { (storectl, code) = try Storectl.withOneCode() }

    /// The children of a process.
    private func children(of process: Process) -> [pid_t] {
        let path = "/proc/\(process.processIdentifier)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return threads.flatMap { thread in
            ((try? String(contentsOfFile: "\(path)/\(thread)/children", encoding: .utf8)) ?? "").split(separator: " ")
                .compactMap { pid_t($0) }
        }
    }

    /// Runs `verify` on a pipe that takes nothing, so that its child cannot come to its end by itself, and has `act` end
    /// one of the two; returns the command's status, what it says, and whether the child has ended too.
    private func verification(
        endedBy act: (_ command: pid_t, _ child: pid_t) -> Void
    ) throws -> (status: Int32, errors: String, hasChildEnded: Bool) {
        let pipe = try Storectl.pipe(isBlocking: false)
        defer { close(pipe.reading) }
        let page = [UInt8](repeating: 0, count: 4096)
        while write(pipe.writing, page, page.count) > 0 {}
        let outcome = try storectl.piped(["verify"], to: pipe) { process in
            var found = children(of: process)
            while found.isEmpty, process.isRunning { found = children(of: process) }
            let child = try #require(found.first)
            act(process.processIdentifier, child)
            process.waitUntilExit()
            // Only a child that never ends uses up this time.
            for _ in 0..<30_000 where !hasEnded(child) { usleep(1000) }
            defer { kill(child, SIGKILL) }
            return hasEnded(child)
        }
        return (outcome.status, outcome.errors, outcome.result)
    }

    private func hasEnded(_ process: pid_t) -> Bool {
        let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return state?.contains(") Z") ?? true
    }

    @Test(arguments: [SIGKILL, SIGTERM, SIGHUP, SIGINT])
    func `a verification ends with the command that began it`(_ signal: Int32) throws {
        #expect(try verification { command, _ in kill(command, signal) }.hasChildEnded)
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func `a verification that was killed says nothing of damage`(_ signal: Int32) throws {
        let outcome = try verification { _, child in kill(child, signal) }
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("run it again") && !outcome.errors.contains("damaged"), "\(outcome.errors)")
    }

    @Test func `a path may end in slashes`() throws {
        let path = storectl.folder.appending(path: "new").path
        for suffix in ["/", "//"] {
            try storectl.run("init", "--store", path + suffix)
            #expect(try storectl.run(["stats"], store: path).status == 0)
            #expect(try storectl.run(["stats"], store: path + "//").status == 0)
            #expect(try storectl.run(["init"], store: path + "/").errors.contains("exists already"))
            try FileManager.default.removeItem(atPath: path)
        }
        try storectl.run("backup", path + "/")
        #expect(try storectl.run(["verify"], store: path).status == 0)
    }

    @Test func `a backup into the store's own folder is refused`() throws {
        let link = storectl.folder.appending(path: "link").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: storectl.store)
        let below = storectl.store + "/below"
        try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: false)
        for path in [
            storectl.store + "/copy", storectl.store + "//copy/", storectl.store + "/./copy", below + "/copy",
            below + "/../copy", link + "/copy", link + "/below/copy", storectl.store,
        ] {
            let refusal = try storectl.refused("backup", path, status: 3)
            #expect(refusal.contains("folder of the store"), "\(path): \(refusal)")
        }
        let entries = try FileManager.default.contentsOfDirectory(atPath: storectl.store).sorted()
        #expect(entries == ["below", "checkpoint", "data.mdb", "journal.a", "journal.b", "lock.mdb", "signing.key"])
        try storectl.run("backup", below + "/../../beside")
    }

    @Test func `a backup with a damaged record is no good backup`() throws {
        let data = URL(fileURLWithPath: storectl.store).appending(path: "data.mdb")
        var bytes = try Data(contentsOf: data)
        let places = bytes.ranges(of: SmallWorld.recordedID)
        try #require(!places.isEmpty)
        for place in places { bytes[place.upperBound + 1] ^= 0x10 }
        try bytes.write(to: data)
        let refusal = try storectl.refused("backup", storectl.folder.appending(path: "copy").path, status: 3)
        #expect(refusal.contains("position "), "\(refusal)")
        #expect(refusal.contains("storectl verify"))
    }

    @Test func `the beginning of a code needs six characters`() throws {
        let short = String(code.prefix(5))
        for command in [
            ["show", short], ["explain", short], ["diff", short, code], ["label", short, "x"], ["revoke", short],
            ["export-code", short], ["replay", "--code", short], ["map", "--codes", short, "--svg", "x.svg"],
            ["show", short + "-----"],
        ] {
            let outcome = try storectl.run(command)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("too short"), "\(command): \(outcome.errors)")
            #expect(outcome.errors.contains("6 characters"), "\(command): \(outcome.errors)")
        }
        #expect(try storectl.json("show", String(code.prefix(6)))["code"].text == code)
        #expect(try storectl.refused("show", "zzzzzz").contains("no version"))
        // Where only whole codes are taken, a short one is not called mistyped.
        for command in [["score", "--code", short, "i/1"], ["settings", "ada", "--space", "v6", "--pin", short]] {
            let outcome = try storectl.run(command)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("5 characters") && !outcome.errors.contains("check symbol"))
        }
    }
}
