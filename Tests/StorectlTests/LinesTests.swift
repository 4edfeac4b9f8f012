import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Lines come from files and pipes, compressed or not, and none is longer than what memory has room for.
@Suite struct LinesTests {
    let storectl: Storectl
    let plain: String
    private let lines = SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20)

    init() throws {
        storectl = try .withSpaces()
        plain = try storectl.file("events.jsonl", lines)
    }

    private func imported(_ script: String, _ arguments: String...) throws -> Int {
        let outcome = try storectl.shell(script, ["import"] + arguments + ["--json"])
        #expect(outcome.status == 0, "\(script): \(outcome.errors)")
        return Int(try JSON(parsing: outcome.output)["events"].number)
    }

    @Test func `compressed input is read from files and from standard input`() throws {
        #expect(try storectl.shell("gzip -k \"$2\" && zstd -q \"$2\"", [plain]).status == 0)
        for suffix in [".gz", ".zst"] {
            #expect(try imported("\"$@\"", plain + suffix) == 20)
            #expect(try imported("cat '\(plain)\(suffix)' | \"$@\"", "-") == 20)
            #expect(try imported("\"$@\" < '\(plain)\(suffix)'", "-") == 20)
            #expect(try imported("\"$1\" \"$2\" <(cat '\(plain)\(suffix)') \"$3\"") == 20, "from a named pipe")
        }
        #expect(try imported("cat '\(plain)' | \"$@\"", "-") == 20)
    }

    @Test func `images are read from compressed files too`() throws {
        let images = storectl.folder.appending(path: "v6.jsonl").path
        let outcome = try storectl.shell(
            "zstd -qc '\(images)' | \"$@\"",
            [
                "space", "define", "v8", "--models", "8", "--images", "-",
            ])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `compressed input that ends early is an error`() throws {
        #expect(try storectl.shell("gzip -k \"$2\" && zstd -q \"$2\"", [plain]).status == 0)
        for (suffix, program) in [(".gz", "gzip"), (".zst", "zstd")] {
            for script in ["head -c 100 '\(plain)\(suffix)' | \"$@\"", "head -c 5 '\(plain)\(suffix)' | \"$@\""] {
                let outcome = try storectl.shell(script, ["import", "-"])
                #expect(outcome.status == 3)
                #expect(outcome.errors.contains("\(program) cannot decompress it to the end"), "\(outcome.errors)")
            }
        }
    }

    @Test func `without the program the error says what the input is and what to do`() throws {
        #expect(try storectl.shell("gzip -k \"$2\" && zstd -q \"$2\"", [plain]).status == 0)
        for (suffix, program) in [(".gz", "gzip"), (".zst", "zstd")] {
            let outcome = try storectl.shell("\"$@\"", ["import", plain + suffix], environment: ["PATH": "/nowhere"])
            #expect(outcome.status == 3)
            #expect(outcome.errors.contains("compressed with \(program)"))
            #expect(outcome.errors.contains("\(program) -dc FILE | storectl import -"))
        }
    }

    @Test func `a line that is too long is named and those before it are imported`() throws {
        let long = String(repeating: " ", count: 200) + "{}\n"
        let file = try storectl.file("long.jsonl", lines + long + lines)
        for policy in ["stop", "skip"] {
            let outcome = try storectl.run(["import", file, "--max-line", "150", "--json", "--on-error", policy])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("line 21: it is longer than 150 bytes"), "\(outcome.errors)")
            #expect(outcome.errors.contains("--max-line"))
            #expect(try JSON(parsing: outcome.output)["events"].number == 20)
            #expect(try JSON(parsing: outcome.output)["complete"] == .bool(false))
        }
        let images = try storectl.refused("space", "define", "v8", "--images", file, "--max-line", "150")
        #expect(images.contains("line 1") || images.contains("line 21"))
    }

    @Test func `the limit is on the line without its line feed`() throws {
        let line = try #require(lines.split(separator: "\n").first).utf8.count
        let one = try storectl.file("one.jsonl", lines.prefix(line + 1) + "")
        let last = try storectl.file("last.jsonl", lines.prefix(line) + "")
        for file in [one, last] {
            #expect(try imported("\"$@\"", file, "--max-line", "\(line)") == 1)
            #expect(try storectl.run(["import", file, "--max-line", "\(line - 1)"]).status == 1)
        }
        #expect(try storectl.run(["import", one, "--max-line", "0"]).status == 2)
    }

    @Test func `one endless line in a small file is refused before it fills the memory`() throws {
        let outcome = try storectl.shell("head -c 40000000 /dev/zero | gzip | \"$@\"", ["import", "-"])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("line 1: it is longer than 16777216 bytes"))
    }

    @Test func `lines of every length around the buffer's size come through whole`() throws {
        // Space within a line, so that lines cross every boundary of the chunks that are read.
        let line = try #require(lines.split(separator: "\n").first)
        let padded = [0, 1, 262_143, 262_144, 262_145, 600_000, 3].map { count in
            String(repeating: " ", count: count) + line + "\n"
        }.joined()
        #expect(try imported("\"$@\"", try storectl.file("padded.jsonl", padded)) == 7)
        #expect(try imported("cat '\(storectl.folder.path)/padded.jsonl' | \"$@\"", "-") == 7)
    }

    @Test func `a bundle or a secret of endless length is refused`() throws {
        #expect(try storectl.shell("\"$@\" </dev/zero", ["import-code", "-"]).status == 3)
        let secret = ["init", "--store", storectl.folder.appending(path: "new").path, "--secret-file", "/dev/zero"]
        #expect(try storectl.run(secret).status == 3)
    }

    @Test func `standard input that is closed is an error, and one that does not block is waited for`() throws {
        let closed = try storectl.shell("\"$@\" <&-", ["import", "-"])
        #expect(closed.status == 3 && closed.errors.contains("standard input"), "\(closed.errors)")

        let pipe = try Storectl.pipe(isBlocking: true)
        try #require(fcntl(pipe.reading, F_SETFL, O_NONBLOCK) == 0)
        let process = Process()
        process.executableURL = Storectl.program
        process.arguments = ["import", "-", "--store", storectl.store]
        process.standardInput = FileHandle(fileDescriptor: pipe.reading, closeOnDealloc: true)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        // In two parts, so that the second is not there when the first has been read.
        let bytes = Array(lines.utf8)
        for part in [bytes[..<100], bytes[100...]] {
            part.withUnsafeBytes { _ = write(pipe.writing, $0.baseAddress, $0.count) }
            usleep(20_000)
        }
        close(pipe.writing)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try storectl.json("progress", "ada", "--space", "v6")["have"].number >= 10)
    }
}
