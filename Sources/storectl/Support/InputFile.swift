import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A small file that is read as a whole.
enum InputFile {
    /// Reads a file, or standard input (`-`); refuses one of more than `limit` bytes without reading on.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "\(Descriptors.Errno(number: errno))") }
        defer { if descriptor > 0 { close(descriptor) } }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var end = 0
        while true {
            let count = try bytes.withUnsafeMutableBytes { buffer in
                try Descriptors.read(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
                    .mapError { failure(path, $0.description) }.get()
            }
            end += count
            if count == 0 { return Array(bytes[..<end]) }
            if end > limit { throw failure(path, "it has more than \(limit) bytes, so it is not what is meant") }
        }
    }

    private static func failure(_ path: String, _ reason: String) -> Failure {
        Failure(
            status: .failed, kind: "input",
            message: "cannot read \(path == "-" ? "standard input" : path): \(reason); correct the path or the file")
    }
}
