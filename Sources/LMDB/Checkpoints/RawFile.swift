internal import Glibc

/// A file that is read and written at offsets, without a map, and flushed.
package final class RawFile: Sendable {
    /// The descriptor, open as long as this is.
    package let descriptor: Int32
    /// Where the file is.
    package let path: String

    /// The same from the root of the file system, whatever the working directory is later.
    private let absolutePath: String

    /// Which file it is: an open one stays the same.
    private let identity: FileIdentity

    /// Takes over the descriptor, which is closed if this throws.
    private init(path: String, descriptor: Int32) throws(LMDBError) {
        do throws(LMDBError) {
            let status = try FileStatus(of: descriptor, path: path)
            guard status.isRegularFile else { throw .unrecoverable("\(path) is not a file") }
            identity = status.identity
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
        absolutePath = FileSystem.absolute(path)
    }

    deinit { close(descriptor) }

    /// Opens a file for reading and writing, or for reading only, making it (mode 0600) if asked.
    package static func open(_ path: String, create: Bool = false, writes: Bool = true) throws(LMDBError) -> RawFile {
        let flags = (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (create ? O_CREAT : 0)
        let descriptor = Glibc.open(path, flags, 0o600)
        guard descriptor >= 0 else { throw LMDBError(errorNumber: errno, "opening \(path)", path: path) }
        return try RawFile(path: path, descriptor: descriptor)
    }

    /// Throws ``LMDBError/filesReplaced(path:_:)`` when the path leads to another file by now, or to none: nobody would find
    /// what is written to this one. Cost: one system call.
    package func requireOwnPlace() throws(LMDBError) {
        guard let found = try FileSystem.identity(of: absolutePath) else {
            throw .filesReplaced(path: FileSystem.parent(of: path), "\(path) is gone")
        }
        guard found == identity else {
            throw .filesReplaced(path: FileSystem.parent(of: path), "\(path) is another file now")
        }
    }

    /// The length in bytes.
    package func byteCount() throws(LMDBError) -> Int { try FileStatus(of: descriptor, path: path).byteCount }

    /// Reads bytes at an offset; fewer when the file ends before.
    package func read(byteCount: Int, at offset: Int) throws(LMDBError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            while initialized < byteCount, let start = buffer.baseAddress {
                let count = pread(descriptor, start + initialized, byteCount - initialized, off_t(offset + initialized))
                if count < 0, errno == EINTR { continue }
                if count < 0 { code = errno }
                if count <= 0 { return }
                initialized += count
            }
        }
        guard code == 0 else { throw LMDBError(errorNumber: code, "reading \(path)", path: path) }
        return bytes
    }

    /// Writes bytes at an offset.
    package func write(_ bytes: [UInt8], at offset: UInt64) throws(LMDBError) {
        try write(first: bytes.span.bytes, second: RawSpan(), third: RawSpan(), at: Int(offset))
    }

    /// Writes several pieces one after the other from an offset on, in one call as a rule.
    package func write(first: RawSpan, second: RawSpan, third: RawSpan, at offset: Int) throws(LMDBError) {
        let code: Int32 = unsafe first.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { second in
                unsafe third.withUnsafeBytes { third in writeAll([first, second, third], at: offset) }
            }
        }
        guard code == 0 else { throw LMDBError(errorNumber: code, "writing \(path)", path: path) }
    }

    private func writeAll(_ pieces: [UnsafeRawBufferPointer], at offset: Int) -> Int32 {
        var vectors = pieces.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        var offset = off_t(offset)
        while vectors.contains(where: { $0.iov_len > 0 }) {
            var written = pwritev(descriptor, vectors, Int32(vectors.count), offset)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return written < 0 ? errno : EIO }
            offset += off_t(written)
            for index in vectors.indices {
                let count = min(written, vectors[index].iov_len)
                vectors[index].iov_base = vectors[index].iov_base.map { $0 + count }
                vectors[index].iov_len -= count
                written -= count
            }
        }
        return 0
    }

    /// Flushes the content, and as much of the metadata as finding it takes.
    package func syncData() throws(LMDBError) {
        guard fdatasync(descriptor) == 0 else { throw LMDBError(errorNumber: errno, "syncing \(path)", path: path) }
    }

    /// Makes the file at least so long, writing zeros, and flushes it: what is written there later changes no metadata.
    package func fillWithZeros(to byteCount: Int) throws(LMDBError) {
        var end = try self.byteCount()
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        while end < byteCount {
            let count = min(zeros.count, byteCount - end)
            try write(first: zeros.span.bytes.extracting(0..<count), second: RawSpan(), third: RawSpan(), at: end)
            end += count
        }
        guard fsync(descriptor) == 0 else { throw LMDBError(errorNumber: errno, "syncing \(path)", path: path) }
    }

    /// Overwrites the whole file with zeros and flushes it.
    package func overwriteWithZeros() throws(LMDBError) {
        let end = try byteCount()
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for start in stride(from: 0, to: end, by: zeros.count) {
            let count = min(zeros.count, end - start)
            try write(first: zeros.span.bytes.extracting(0..<count), second: RawSpan(), third: RawSpan(), at: start)
        }
        try syncData()
    }
}
