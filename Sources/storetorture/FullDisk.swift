internal import Foundation
internal import Glibc

/// Fills a small file system, has the store checked on it, frees space, and has the writer go on.
struct FullDisk: Tool {
    static let name = "full"
    static let summary = "runs a writer on a small tmpfs until that is full, then with more room"
    static let options: [Option] = [
        .shim, .writer, .check,
        .optional("store", "DIR", "the store to begin with; none if the writer makes it"),
        .optional("size", "BYTES", standard: "8388608", "the room at first; four times as much later"),
        .optional("milliseconds", "N", standard: "300", "how long the writer goes on once there is room again"),
        .optional("locks", "keep|remove", standard: "keep", "remove: also opens it without its lock file"),
        .timeLimit, .scratch, .keep,
    ]

    private let arguments: Arguments
    private let command: Command
    private let check: Command

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        command = try arguments.command("command")
        check = try arguments.command("check")
    }

    func run() throws -> Bool {
        let size = try arguments.count("size"), limit = try arguments.timeLimit()
        let findings = Findings(keepPath: arguments.text("keep"))
        let scratch = try Scratch(in: arguments.text("scratch"))
        let disk = SmallDisk(path: scratch.path + "/disk", byteCount: size)
        let shim = Shim(path: try arguments.required("shim"))
        let folder = StoreFolder(path: disk.path + "/store")
        try folder.reset(to: arguments.text("store"))

        let fault = disk.isMounted ? [:] : shim.environment(fault: "enospc-growth=\(size)")
        let filling = try ChildProcess.run(command.filled(dir: folder.path), environment: fault, limit: limit)
        var transcript = WriterTranscript(filling.output)
        var acknowledged = transcript.acknowledged ?? 0
        print("filled: \(filling.summary); \(acknowledged) acknowledged")
        switch filling.ending {
        case .exited(1), .exited(3): if filling.ownErrorOutput.isEmpty { findings.fail("it failed without a message") }
        default: findings.fail("the writer on the full disk: \(filling.summary)", dataPath: folder.dataPath)
        }
        if transcript.acknowledgedAfterFailure { findings.fail("it acknowledged after a failure, without reopening") }
        try judge(folder, acknowledged, "on the full disk", findings)
        if arguments.text("locks") == "remove" { try openWithoutLock(folder, disk, acknowledged, findings) }

        try disk.grow(toByteCount: size * 4)
        let more = try ChildProcess.run(
            command.filled(dir: folder.path), limit: .milliseconds(arguments.count("milliseconds")))
        transcript = WriterTranscript(more.output)
        print("with more room: \(more.ending), \(transcript.acknowledgementCount) acknowledgements")
        if (transcript.acknowledged ?? 0) <= acknowledged {
            findings.fail("the writer did not go on: \(more.summary)", dataPath: folder.dataPath)
        }
        acknowledged = max(acknowledged, transcript.acknowledged ?? 0)
        try judge(folder, acknowledged, "with more room", findings)
        return findings.failureCount == 0
    }

    /// LMDB maps its lock file before the file system has room for it: touching it can then be a SIGBUS.
    private func openWithoutLock(
        _ folder: StoreFolder, _ disk: SmallDisk, _ acknowledged: UInt64, _ findings: Findings
    ) throws {
        try folder.removeLock()
        try disk.fill()
        let line = check.filled(dir: folder.path, acknowledged: acknowledged)
        let result = try ChildProcess.run(line, limit: try arguments.timeLimit())
        print("check on the full disk without a lock file: \(result.summary)")
        switch result.ending {
        case .exited(0), .exited(1), .exited(3): break
        default: findings.fail("without a lock file, on a full disk: \(result.summary)")
        }
        try folder.removeLock()
    }

    private func judge(
        _ folder: StoreFolder, _ acknowledged: UInt64, _ text: String, _ findings: Findings
    ) throws {
        let line = check.filled(dir: folder.path, acknowledged: acknowledged)
        let result = try ChildProcess.run(line, limit: try arguments.timeLimit())
        print("check \(text): \(result.summary)")
        guard result.ending != .exited(0) else { return }
        findings.fail("check \(text): \(result.summary)", dataPath: folder.dataPath)
    }
}

/// A tmpfs of limited size, or a plain folder where the system refuses to mount one; unmounted when this is gone.
private final class SmallDisk {
    let path: String
    let isMounted: Bool

    init(path: String, byteCount: Int) {
        self.path = path
        mkdir(path, 0o700)
        isMounted = mount("tmpfs", path, "tmpfs", 0, "size=\(byteCount)") == 0
        if !isMounted { print("no tmpfs (\(String(cString: strerror(errno)))): the shim plays the full disk") }
    }

    deinit { if isMounted { umount2(path, Int32(MNT_DETACH)) } }

    /// Takes what room is left, down to the last page.
    func fill() throws {
        guard isMounted else { return }
        let descriptor = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ToolError(text: "cannot make a file on the tmpfs") }
        let page = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, page, page.count) == page.count {}
        close(descriptor)
    }

    func grow(toByteCount byteCount: Int) throws {
        guard isMounted else { return }
        guard mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(byteCount)") == 0 else {
            throw ToolError(text: "cannot enlarge the tmpfs: \(String(cString: strerror(errno)))")
        }
    }
}
