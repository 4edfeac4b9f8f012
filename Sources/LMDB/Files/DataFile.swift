internal import Glibc

/// A data file open for plain reads.
struct DataFile: ~Copyable {
    let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Opens a file, or returns nil when there is none.
    static func open(_ path: String) throws(LMDBError) -> DataFile? {
        // Without O_NONBLOCK a named pipe in the file's place would make the process wait.
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw LMDBError(errorNumber: errno, "opening \(path)", path: path)
        }
        let file = DataFile(path: path, descriptor: descriptor)
        guard try file.status().isRegularFile else { throw .notADatabase(path: path, "it is not a file") }
        return file
    }

    deinit { close(descriptor) }

    /// The length of the file.
    func byteCount() throws(LMDBError) -> Int { try status().byteCount }

    /// Reads bytes at an offset, or returns nil when the file ends before.
    func read(byteCount: Int, at offset: UInt64) throws(LMDBError) -> FileBytes? {
        guard let offset = off_t(exactly: offset) else { return nil }
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            count = pread(descriptor, buffer.baseAddress, byteCount, offset)
            initialized = max(0, count)
        }
        guard count >= 0 else { throw LMDBError(errorNumber: errno, "reading \(path)", path: path) }
        return count == byteCount ? FileBytes(bytes: bytes) : nil
    }

    private func status() throws(LMDBError) -> FileStatus { try FileStatus(of: descriptor, path: path) }
}

/// Bytes of a file, with fields in the machine's own byte order, as LMDB writes them.
struct FileBytes {
    let bytes: [UInt8]

    /// The field at an offset; zero when the bytes end before, which no caller takes for sound.
    func load<Value: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Value.Type) -> Value {
        guard offset >= 0, offset + MemoryLayout<Value>.size <= bytes.count else { return 0 }
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }
}
