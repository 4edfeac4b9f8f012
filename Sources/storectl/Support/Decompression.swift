import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// An input that a program decompresses, fed to it by a thread, since what a pipe gave once cannot be read again.
final class Decompression {
    /// Where the decompressed bytes come from.
    let output: Int32
    private let program: String
    private let title: String
    private let process = Process()
    // Kept, because they close their descriptors when they go.
    private let (pipeIn, pipeOut) = (Pipe(), Pipe())
    private let feeding = Feeding()

    /// How many bytes of an input say what it is.
    static let signatureByteCount = 4

    /// The program that decompresses what begins so; nil for what is not compressed.
    static func program(for beginning: [UInt8]) -> String? {
        if beginning.starts(with: [0x1F, 0x8B]) { return "gzip" }
        if beginning == [0x28, 0xB5, 0x2F, 0xFD] { return "zstd" }
        // A frame that zstd skips: parallel compressors begin with one.
        if beginning.count == 4, beginning[0] & 0xF0 == 0x50, beginning[1...] == [0x2A, 0x4D, 0x18] { return "zstd" }
        return nil
    }

    /// Starts the program on an input, of which `beginning` has been read; the descriptor is closed when it is read out.
    init(by program: String, of input: Int32, after beginning: [UInt8], _ title: String) throws {
        (self.program, self.title) = (program, title)
        output = pipeOut.fileHandleForReading.fileDescriptor
        process.arguments = ["-dc"]
        process.standardInput = pipeIn
        process.standardOutput = pipeOut
        guard let executable = Self.find(program) else { throw Self.missing(program, title) }
        process.executableURL = executable
        do { try process.run() } catch { throw Self.missing(program, title) }
        feeding.begin(from: input, after: beginning, to: pipeIn.fileHandleForWriting)
    }

    deinit { if process.isRunning { process.terminate() } }

    /// Checks, when the output has ended, that it is all of it.
    func finish() throws {
        process.waitUntilExit()
        if let error = feeding.error { throw Lines.failure(title, error.description) }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw Lines.failure(title, "\(program) cannot decompress it to the end")
        }
    }

    private static func find(_ program: String) -> URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { URL(fileURLWithPath: String($0)).appending(path: program) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    private static func missing(_ program: String, _ title: String) -> Failure {
        Failure(
            status: .failed, kind: "input",
            message: "cannot read \(title): it is compressed with \(program), which cannot be run here; install it, or "
                + "decompress the input elsewhere and give '-' for it: \(program) -dc FILE | storectl import -")
    }
}

/// The thread that hands an input on, and what went wrong with reading it.
private final class Feeding: Sendable {
    private let failure = Mutex<Descriptors.Errno?>(nil)

    var error: Descriptors.Errno? { failure.withLock { $0 } }

    func begin(from input: Int32, after beginning: [UInt8], to pipe: FileHandle) {
        Thread.detachNewThread { [self] in
            let output = pipe.fileDescriptor
            var error = beginning.withUnsafeBytes { Descriptors.write($0, to: output) }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            reading: while error == 0 {
                switch buffer.withUnsafeMutableBytes({ Descriptors.read(input, into: $0) }) {
                case .success(0): break reading
                case .success(let count):
                    // An error here is the program's end, and its status says why it ended.
                    error = buffer[..<count].withUnsafeBytes { Descriptors.write($0, to: output) }
                case .failure(let number):
                    failure.withLock { $0 = number }
                    break reading
                }
            }
            if input > 0 { close(input) }
            pipe.closeFile()
        }
    }
}
