internal import Foundation
internal import Glibc

/// Flips a bit of a copy of a store, has the copy judged, and restores it.
struct FlipProbe: Sendable {
    private let verify: Command
    private let harmless: Command
    private let store: String
    private let limit: Duration
    /// What the digest command prints of the undamaged store.
    private let digest: String

    /// Checks that the commands work on an undamaged copy, and that the digest is the same each time.
    init(
        verify: Command, harmless: Command, store: String, limit: Duration, pristine: StoreFolder
    ) throws {
        func output(_ command: Command) throws -> String {
            try pristine.reset(to: store)
            let result = try ChildProcess.run(command.filled(dir: pristine.path), limit: limit)
            guard result.ending == .exited(0) else {
                throw ToolError(text: "'\(command.template)' on the undamaged store: \(result.summary)")
            }
            return result.output
        }
        self.verify = verify
        self.harmless = harmless
        self.store = store
        self.limit = limit
        _ = try output(verify)
        digest = try output(harmless)
        guard !digest.isEmpty, try output(harmless) == digest else {
            throw ToolError(text: "the digest of the undamaged store is empty, or another each time")
        }
    }

    /// - Parameter report: Called with what was wrong, if anything, while the copy is still damaged.
    func judge(
        _ flip: PageMap.Flip, in folder: StoreFolder, report: (String) -> Void
    ) throws -> BitFlips.Outcome {
        try folder.removeLock()
        let file = try FlippableFile(path: folder.dataPath)
        try file.toggle(flip)
        let (outcome, text) = try classify(folder)
        if let text { report(text) }
        // What a command wrote into the copy is undone by copying anew, the bit alone by flipping it back.
        if try file.isTouched() { try folder.reset(to: store) } else { try file.toggle(flip) }
        return outcome
    }

    private func classify(_ folder: StoreFolder) throws -> (BitFlips.Outcome, String?) {
        let verified = try ChildProcess.run(verify.filled(dir: folder.path), limit: limit)
        switch verified.ending {
        case .exited(0): break
        case .exited(1), .exited(3):
            let isSilent = (verified.output + verified.errorOutput).allSatisfy(\.isWhitespace)
            return isSilent ? (.crashed, "verify: \(verified.summary) without a message") : (.detected, nil)
        default: return (.crashed, "verify: \(verified.summary)")
        }
        let answered = try ChildProcess.run(harmless.filled(dir: folder.path), limit: limit)
        guard answered.ending == .exited(0) else { return (.missed, "not detected, then \(answered.summary)") }
        return answered.output == digest ? (.harmless, nil) : (.missed, "not detected, and the digest is another")
    }
}

/// A data file of which single bits are flipped in place.
private final class FlippableFile {
    private let descriptor: Int32
    /// A time of modification long past, so that any write by somebody else shows.
    private static let oldTime = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)

    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw ToolError(text: "cannot open \(path) to flip a bit") }
    }

    deinit { close(descriptor) }

    func toggle(_ flip: PageMap.Flip) throws {
        var byte: UInt8 = 0
        let times = [Self.oldTime, Self.oldTime]
        guard pread(descriptor, &byte, 1, flip.offset) == 1 else { throw ToolError(text: "cannot read byte \(flip)") }
        byte ^= 1 << UInt8(flip.bit)
        guard pwrite(descriptor, &byte, 1, flip.offset) == 1, futimens(descriptor, times) == 0 else {
            throw ToolError(text: "cannot flip \(flip)")
        }
    }

    /// Whether somebody has written to the file since the last flip.
    func isTouched() throws -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ToolError(text: "cannot look at the flipped file") }
        return status.st_mtim.tv_sec != Self.oldTime.tv_sec
    }
}
