internal import Glibc
internal import PersonalizationStore

/// `import` measures the bulk import of interchange JSON Lines into a fresh store, durable at the end.
enum Importing {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let dimension = try arguments.number("dimension", 64, atLeast: 1)
        let events = try arguments.number("events", 100_000, atLeast: 1)
        let catalogue = try Catalogue(arguments)
        let store = try Store.create(at: try arguments.storePath)
        var importer = Importer(into: store)
        // The space comes first, as in an exported history; its line is not among the generated ones.
        try await importer.add(spaceLine(catalogue, dimension: dimension))
        let lines = try LineReader(path: try arguments.required("file"))
        let start = MonotonicClock.now()
        while let line = try lines.next() { try await importer.add(line) }
        try await importer.finish()
        await store.close()
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        let report = importer.report
        guard report.imageCount == catalogue.imageIDs.count, report.eventCount == events else {
            throw BenchError.failed("imported \(report.eventCount) events and \(report.imageCount) images")
        }
        return .rate("events/s", events, seconds: seconds)
    }

    private static func spaceLine(_ catalogue: Catalogue, dimension: Int) throws -> [UInt8] {
        let images = try catalogue.images(dimension: dimension)
        let space = try SpaceDescriptor(
            name: Catalogue.space, catalogue: images.map { (id: $0.id, embedding: $0.embedding) })
        let panel = space.panel.flatMap { $0.x.components + $0.y.components }
        let text = """
            {"kind":"space","name":"\(Catalogue.space)","threshold":1,"meanQ14":\(space.mean),"panelQ14":\(panel)}
            """
        return Array(text.utf8)
    }
}

/// The lines of a file, one at a time.
private final class LineReader {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private static let chunkByteCount = 1 << 18

    init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BenchError.failed("--file cannot be read: errno \(errno)") }
    }

    deinit { close(descriptor) }

    /// The next line without its line feed, or nil after the last.
    func next() throws -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            buffer.removeFirst(start)
            start = 0
            searched = buffer.count
            if try fill() == 0 {
                defer { buffer = [] }
                return buffer.isEmpty ? nil : buffer
            }
        }
    }

    private func fill() throws -> Int {
        let chunk = try [UInt8](unsafeUninitializedCapacity: Self.chunkByteCount) { storage, initialized in
            let count = read(descriptor, storage.baseAddress, storage.count)
            guard count >= 0 else { throw BenchError.failed("--file cannot be read: errno \(errno)") }
            initialized = count
        }
        buffer += chunk
        return chunk.count
    }
}
