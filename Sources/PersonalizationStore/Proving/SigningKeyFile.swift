public import TransparencyLog

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A signing key in a file: one line of text, which its owner alone may read. Anywhere: a store's own is in its folder, and
/// one that is kept on another disk, or brought in only when it is needed, signs as well.
public enum SigningKeyFile {
    /// Reads a key.
    public static func read(at path: String) throws(ProofError) -> SigningKey {
        guard let handle = FileManager.default.contents(atPath: path), handle.count <= byteLimit else {
            throw .keyFile(
                path: path, FileManager.default.fileExists(atPath: path) ? "it cannot be read" : "there is none")
        }
        let text = String(decoding: handle, as: UTF8.self)
        do throws(TransparencyError) {
            return try SigningKey(text: text.hasSuffix("\n") ? text.dropLast() : text[...])
        } catch { throw .keyFile(path: path, error.description) }
    }

    /// Writes a key to a new file with mode 0600, and replaces none. Durable on return.
    public static func write(_ key: SigningKey, to path: String) throws(ProofError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw .keyExists(path: path) }
            throw .keyFile(path: path, reason(errno))
        }
        let bytes = Array((key.text + "\n").utf8)
        var failure: Int32 = 0
        var written = 0
        while failure == 0, written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { systemWrite(descriptor, $0) }
            if count > 0 { written += count } else if errno != EINTR { failure = errno }
        }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        close(descriptor)
        if failure == 0 { failure = syncFolder(of: path) }
        guard failure == 0 else {
            unlink(path)
            throw .keyFile(path: path, reason(failure))
        }
    }

    /// Takes a key's file away, as one that was written for a store that could not be made.
    static func remove(at path: String) { unlink(path) }

    private static func syncFolder(of path: String) -> Int32 {
        let end = path.lastIndex(of: "/")
        let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        // Not every file system can sync a folder.
        return fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno
    }

    private static func reason(_ error: Int32) -> String { String(cString: strerror(error)) }

    /// The longest text of a key, and then some.
    private static var byteLimit: Int { 4096 }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
