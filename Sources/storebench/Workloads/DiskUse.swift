internal import EventLog
internal import Glibc
internal import PersonalizationStore

/// `disk` measures what a rank event takes in a compacted store, all derived tables included, images left out.
enum DiskUse {
    static func run(_ arguments: Arguments) async throws -> Measurement {
        let path = try arguments.storePath
        var rankCount = 0
        var recordBytes = 0
        var imageCount = 0
        try RawLog(path: path).scan { record in
            switch record.header.kind {
            case .imageRegistered: imageCount += 1
            case .rank:
                rankCount += 1
                recordBytes += record.bytes.byteCount
            default: break
            }
        }
        guard rankCount > 0 else { throw BenchError.failed("the store has no rank event") }
        let store = try Store.open(at: path)
        guard let space = try store.spaceDescriptor(Catalogue.space) else {
            throw BenchError.failed("the store has no space \(Catalogue.space)")
        }
        let whole = try compactedByteCount(of: store, beside: path)
        let images = try await imageByteCount(imageCount, dimension: space.dimension, beside: path)
        return Measurement(
            unit: "bytes/event", values: [Double(whole - images) / Double(rankCount)], events: rankCount,
            details: [("logBytesPerEvent", logBytes(ofRecord: Double(recordBytes) / Double(rankCount)))])
    }

    /// What a record takes in a leaf page of 4096 bytes: LMDB's node header, the 8-byte key, the value, the page's slot
    /// for it, and its share of what the page cannot use.
    private static func logBytes(ofRecord byteCount: Double) -> Double {
        let page = 4096.0
        let pageHeader = 16.0
        let node = (8 + 8 + byteCount + 2).rounded(.up)
        return page / ((page - pageHeader) / node).rounded(.down)
    }

    /// What the space and its images alone take.
    private static func imageByteCount(_ count: Int, dimension: Int, beside path: String) async throws -> Int {
        let folder = path + ".images"
        let catalogue = Catalogue(users: 1, images: count)
        let store = try await BenchStore.create(at: folder, catalogue, dimension: dimension)
        defer { remove(folder) }
        await store.close()
        return try compactedByteCount(of: store, beside: folder)
    }

    private static func compactedByteCount(of store: Store, beside path: String) throws -> Int {
        let folder = path + ".compacted"
        _ = try store.backup(to: folder)
        defer { remove(folder) }
        var status = stat()
        guard stat("\(folder)/data.mdb", &status) == 0 else { throw BenchError.failed("the copy is not there") }
        return Int(status.st_size)
    }

    /// Removes a store that this workload made.
    private static func remove(_ folder: String) {
        unlink("\(folder)/data.mdb")
        unlink("\(folder)/lock.mdb")
        rmdir(folder)
    }
}
