import ArgumentParser
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The options of commands that read lines.
struct LineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The longest line that is taken, in bytes.", valueName: "bytes"))
    var maxLine = 16 << 20

    func validate() throws {
        guard (1...1 << 30).contains(maxLine) else { throw ValidationError("--max-line is from 1 to 1073741824 bytes") }
    }
}

/// The lines of a file or of standard input (`-`), compressed or not, one at a time.
///
/// Memory: twice the longest line at most, and no line is longer than the limit.
final class Lines {
    private let descriptor: Int32
    private let decompression: Decompression?
    private let title: String
    private let longestByteCount: Int
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    /// What of the buffer has been read and not been given out.
    private var unread = 0..<0
    private var isAtEnd = false
    private var lineCount = 0
    /// The file's size in bytes, when it is known and no compression hides it.
    let byteCount: Int?
    /// How many bytes have been read.
    private(set) var readByteCount = 0

    /// Opens the input; throws ``Failure`` when that fails.
    init(path: String, _ options: LineOptions) throws {
        title = path == "-" ? "standard input" : path
        longestByteCount = options.maxLine
        let input = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw Self.failure(title, "\(Descriptors.Errno(number: errno))") }
        // The first bytes say whether the input is compressed; a pipe gives them only once.
        var beginning: [UInt8] = []
        do {
            while beginning.count < Decompression.signatureByteCount {
                let more = try Self.read(input, byteCount: Decompression.signatureByteCount - beginning.count, title)
                if more.isEmpty { break }
                beginning += more
            }
            if let program = Decompression.program(for: beginning) {
                decompression = try Decompression(by: program, of: input, after: beginning, title)
            } else {
                decompression = nil
            }
        } catch {
            if input > 0 { close(input) }
            throw error
        }
        if let decompression {
            (descriptor, byteCount) = (decompression.output, nil)
            return
        }
        buffer.replaceSubrange(..<beginning.count, with: beginning)
        unread = 0..<beginning.count
        readByteCount = beginning.count
        var status = stat()
        byteCount = fstat(input, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        descriptor = input
    }

    deinit { if decompression == nil, descriptor > 0 { close(descriptor) } }

    /// The next line without its line feed, or nil after the last; throws ``Failure`` when it cannot be read or is too long.
    func next() throws -> [UInt8]? {
        var searched = 0
        while true {
            if let byteCount = unreadByteCount(before: UInt8(ascii: "\n"), from: searched) {
                return try take(byteCount, andSkip: 1)
            }
            searched = unread.count
            if searched > longestByteCount { throw tooLong() }
            if isAtEnd { return unread.isEmpty ? nil : try take(searched, andSkip: 0) }
            try fill()
        }
    }

    private func take(_ byteCount: Int, andSkip skipped: Int) throws -> [UInt8] {
        guard byteCount <= longestByteCount else { throw tooLong() }
        let start = unread.lowerBound
        lineCount += 1
        unread = start + byteCount + skipped..<unread.upperBound
        return Array(buffer[start..<start + byteCount])
    }

    /// How many unread bytes stand before the first of a kind, when it is at `offset` or later.
    private func unreadByteCount(before byte: UInt8, from offset: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress.map({ $0 + unread.lowerBound }),
                let found = memchr(base + offset, Int32(byte), unread.count - offset)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Reads more behind what is unread, which moves to the buffer's beginning.
    private func fill() throws {
        let count = unread.count
        buffer.withUnsafeMutableBytes { bytes in
            guard unread.lowerBound > 0, let base = bytes.baseAddress else { return }
            memmove(base, base + unread.lowerBound, count)
        }
        if count == buffer.count { buffer.append(contentsOf: repeatElement(0, count: count)) }
        let more = try buffer.withUnsafeMutableBytes { bytes in
            try Descriptors.read(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
                .mapError { Self.failure(title, $0.description) }.get()
        }
        unread = 0..<count + more
        readByteCount += more
        if more > 0 { return }
        isAtEnd = true
        try decompression?.finish()
    }

    private static func read(_ descriptor: Int32, byteCount: Int, _ title: String) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let count = try bytes.withUnsafeMutableBytes { buffer in
            try Descriptors.read(descriptor, into: buffer).mapError { failure(title, $0.description) }.get()
        }
        return Array(bytes[..<count])
    }

    private func tooLong() -> Failure {
        Failure(
            status: .no, kind: "line",
            message:
                "\(title), line \(lineCount + 1): it is longer than \(longestByteCount) bytes; break it into lines, "
                + "or allow longer ones with --max-line")
    }

    static func failure(_ title: String, _ reason: String) -> Failure {
        Failure(
            status: .failed, kind: "input", message: "cannot read \(title): \(reason); correct the path or the file")
    }
}
