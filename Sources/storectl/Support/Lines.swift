import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The lines of a file, of standard input (`-`), or of a gzip-compressed file, one at a time.
final class Lines {
    private let descriptor: Int32
    private let process: Process?
    private let title: String
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// The file's size in bytes, when it is known and no compression hides it.
    let byteCount: Int?
    /// How many bytes have been read.
    private(set) var readByteCount = 0

    /// Opens the input; throws ``Failure`` when that fails.
    init(path: String) throws {
        title = path == "-" ? "standard input" : path
        if path == "-" {
            (descriptor, process, byteCount) = (0, nil, nil)
            return
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(title, String(cString: strerror(errno))) }
        var magic = [UInt8](repeating: 0, count: 2)
        guard pread(descriptor, &magic, 2, 0) == 2, magic == [0x1F, 0x8B] else {
            var status = stat()
            byteCount =
                fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
            (self.descriptor, process) = (descriptor, nil)
            return
        }
        close(descriptor)
        let pipe = Pipe()
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", "--", path]
        gzip.standardOutput = pipe
        do { try gzip.run() } catch { throw Self.failure(title, "it is compressed, and gzip cannot be run: \(error)") }
        (self.descriptor, process, byteCount) = (pipe.fileHandleForReading.fileDescriptor, gzip, nil)
        openPipe = pipe
    }

    private var openPipe: Pipe?

    deinit {
        if process == nil, descriptor > 0 { close(descriptor) }
        process?.terminate()
    }

    /// The next line without its line feed, or nil after the last.
    func next() throws -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            searched = buffer.count
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? Array(buffer[start...]) : nil
            }
            searched -= start
            buffer.removeFirst(start)
            start = 0
            try fill()
        }
    }

    private func fill() throws {
        let chunk = 1 << 18
        let old = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: chunk))
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + old, chunk) }
        if count < 0, errno == EINTR {
            buffer.removeLast(chunk)
            return
        }
        guard count >= 0 else { throw Self.failure(title, String(cString: strerror(errno))) }
        buffer.removeLast(chunk - count)
        readByteCount += count
        if count > 0 { return }
        isAtEnd = true
        process?.waitUntilExit()
        if let process, process.terminationStatus != 0 {
            throw Self.failure(title, "gzip cannot decompress it to the end")
        }
    }

    private static func failure(_ title: String, _ reason: String) -> Failure {
        Failure(
            status: .failed, kind: "input", message: "cannot read \(title): \(reason); correct the path or the file")
    }
}
