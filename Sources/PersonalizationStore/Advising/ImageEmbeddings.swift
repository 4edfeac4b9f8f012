internal import EventLog
internal import Projections
internal import TasteFold

/// The embeddings of some images of a space, each read once.
struct ImageEmbeddings {
    private let byteCount: Int
    private var indices: [Position: Int] = [:]
    /// One image's components after the other's, as the log has them.
    private var bytes: [UInt8] = []

    /// None yet, of so many components.
    init(dimension: Int) { byteCount = 2 * dimension }

    /// Which of the embeddings is the image's; it is read if it is not among them yet.
    mutating func index(of image: Position, in snapshot: borrowing Snapshot) throws(StorageError) -> Int {
        if let index = indices[image] { return index }
        let record = try snapshot.record(at: image)
        do throws(RecordError) {
            let registration = try record.image()
            guard registration.embedding.byteCount == byteCount else {
                throw .notCanonical(image, "an image of another dimension than its space's")
            }
            registration.embedding.withUnsafeBytes { bytes.append(contentsOf: $0) }
        } catch {
            throw .record(error)
        }
        let index = indices.count
        indices[image] = index
        return index
    }

    /// Adds the difference of two of the embeddings to rows; returns false when it is zero and was left out.
    func append(_ index: Int, minus other: Int, to rows: inout DifferenceMatrix) throws(FoldError) -> Bool {
        let all = bytes.span.bytes
        return try rows.append(
            all.extracting(index * byteCount..<(index + 1) * byteCount),
            minus: all.extracting(other * byteCount..<(other + 1) * byteCount))
    }
}
