internal import Foundation
internal import Glibc
internal import Synchronization

/// How a child process ended and what it said.
struct ChildResult {
    enum Ending: Equatable {
        case exited(Int32)
        /// By a signal that the driver did not send.
        case signaled(Int32)
        /// By the driver, when the time was over.
        case killed
    }

    let ending: Ending
    let output: String
    let errorOutput: String

    /// What ended it and its last words, for a report.
    var summary: String {
        let last = (errorOutput + "\n" + output).split(separator: "\n").first.map { ": \($0)" } ?? ""
        switch ending {
        case .exited(let status): return "exit \(status)\(last)"
        case .signaled(let signal): return "signal \(signal)\(last)"
        case .killed: return "killed when the time was over\(last)"
        }
    }
}

/// Runs commands in process groups of their own, which end with SIGKILL when their time is over.
enum ChildProcess {
    private static let spawning = Mutex(())

    /// Runs a shell command to its end, or kills it and all that it started after a time.
    ///
    /// The shell replaces itself by the command (`exec`), so that the time counts for the command alone.
    static func run(
        _ command: String, environment: [String: String] = [:], limit: Duration
    ) throws -> ChildResult {
        // One at a time, so that no child inherits the pipes of another before they are marked to be closed.
        let (process, output, errorOutput) = try spawning.withLock { _ in
            let output = try Pipe(), errorOutput = try Pipe()
            defer {
                close(output.writeEnd)
                close(errorOutput.writeEnd)
            }
            let process = try spawn(
                "exec " + command, environment, output: output.writeEnd, error: errorOutput.writeEnd)
            return (process, output.readEnd, errorOutput.readEnd)
        }
        var readers = [PipeReader(output), PipeReader(errorOutput)]
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        PipeReader.drain(&readers, until: deadline)
        var isKilled = false
        // A process may close its output and go on.
        while waitpid(process, &status, WNOHANG) == 0 {
            if ContinuousClock.now >= deadline {
                isKilled = true
                kill(-process, SIGKILL)
                waitpid(process, &status, 0)
                break
            }
            usleep(100)
        }
        if isKilled { PipeReader.drain(&readers, until: .now + .seconds(5)) }
        readers.forEach { close($0.descriptor) }
        return ChildResult(
            ending: isKilled && status & 0x7F == SIGKILL ? .killed : ending(of: status),
            output: String(decoding: readers[0].bytes, as: UTF8.self),
            errorOutput: String(decoding: readers[1].bytes, as: UTF8.self))
    }

    /// The `WIFEXITED` family of macros.
    private static func ending(of status: Int32) -> ChildResult.Ending {
        status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signaled(status & 0x7F)
    }

    private static func spawn(
        _ line: String, _ additions: [String: String], output: Int32, error: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, error, 2)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        // A backtrace of a crashed Swift child takes seconds.
        let environment = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { _, new in new }
            .merging(additions) { _, new in new }
        let words = ["sh", "-c", line], settings = environment.map { "\($0.key)=\($0.value)" }
        var arguments = words.map { strdup($0) } + [nil]
        var variables = settings.map { strdup($0) } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw ToolError(text: "cannot start a shell: \(String(cString: strerror(code)))") }
        return process
    }
}

/// A pipe whose ends no other child inherits.
private struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw ToolError(text: "cannot make a pipe")
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }
}

/// Collects what comes out of a pipe.
private struct PipeReader {
    let descriptor: Int32
    private(set) var bytes: [UInt8] = []
    private var isAtEnd = false

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Reads all pipes to their ends, or until a time.
    static func drain(_ readers: inout [PipeReader], until deadline: ContinuousClock.Instant) {
        while !readers.allSatisfy(\.isAtEnd) {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return }
            // Poll ignores negative descriptors.
            var polled = readers.map {
                pollfd(fd: $0.isAtEnd ? -1 : $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            // Poll counts in whole milliseconds; what is left after the last is slept.
            let milliseconds = Int32(min(left / .milliseconds(1), 1000))
            if milliseconds == 0 { usleep(UInt32(left / .microseconds(1))) }
            guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { continue }
            for index in readers.indices where polled[index].revents != 0 { readers[index].readOnce() }
        }
    }

    private mutating func readOnce() {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &chunk, chunk.count)
        if count > 0 { bytes += chunk[..<count] } else { isAtEnd = true }
    }
}
