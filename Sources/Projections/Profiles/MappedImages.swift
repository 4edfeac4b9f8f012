internal import CPrefetch
internal import EventLog
package import LMDB

/// An image of the mapped log, its record verified.
///
/// A pointer, since spans cannot be kept in an array: valid while the transaction is in which it was located. Small, so
/// that a table of images is.
struct MappedImage {
    /// The embedding. The id ends some bytes before it; a salt and then the author follow.
    private let start: UnsafeRawPointer
    private let embeddingByteCount: Int32
    /// -1 when no author is known.
    private let authorByteCount: Int16
    private let idByteCount: UInt8
    /// From the end of the id to the embedding.
    private let gapByteCount: UInt8

    var embedding: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: Int(embeddingByteCount)) }

    var id: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: start - Int(gapByteCount) - Int(idByteCount), count: Int(idByteCount))
    }

    /// Finds an image's record and verifies it.
    static func locate(
        _ position: Position, in log: LogTable, _ transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> MappedImage {
        let record = try log.record(at: position, in: transaction)
        do throws(RecordError) { return try MappedImage(try record.image(), at: position) } catch {
            throw .record(error)
        }
    }

    private init(_ image: borrowing ImageView, at position: Position) throws(RecordError) {
        guard let start = image.embedding.withUnsafeBytes({ $0.baseAddress }),
            let idStart = image.id.withUnsafeBytes({ $0.baseAddress }),
            let authorByteCount = Int16(exactly: image.author.byteCount),
            let idByteCount = UInt8(exactly: image.id.byteCount),
            let gapByteCount = UInt8(exactly: start - idStart - image.id.byteCount)
        else { throw .notCanonical(position, "the lengths of an image's fields") }
        self.start = start
        embeddingByteCount = Int32(image.embedding.byteCount)
        self.authorByteCount = image.hasAuthor ? authorByteCount : -1
        self.idByteCount = idByteCount
        self.gapByteCount = gapByteCount
    }

    /// Has the processor fetch the id.
    func prefetchID() {
        let id = id
        guard let start = id.baseAddress else { return }
        prefetch_for_reading(start)
        prefetch_for_reading(start + max(0, id.count - 1))
    }

    /// Has the processor fetch the embedding.
    func prefetchEmbedding() { prefetch_range(start, Int(embeddingByteCount)) }

    /// Whether the image was made by the user with this name.
    func isAuthored(by user: String) -> Bool {
        guard authorByteCount >= 0 else { return false }
        let author = UnsafeRawBufferPointer(
            start: start + Int(embeddingByteCount) + RecordSalt.byteCount, count: Int(authorByteCount))
        return RawSpan(_unsafeBytes: author).hasSameBytes(as: user)
    }
}

/// Images that several folds share, each located and verified once, as long as nobody commits.
///
/// Entries point into the map. They hold for every snapshot of one commit, even with none open in between: LMDB
/// overwrites no page of the newest commit before there is a newer one, and then ``MappedImages/begin(_:)`` forgets them.
///
/// `@unchecked Sendable`: it goes from task to task, but whoever took it from where it was kept has it alone.
package final class MappedImages: @unchecked Sendable {
    /// Unchecked, since nobody else has it: it is asked for hundreds of images for each fold.
    @exclusivity(unchecked) private var images = PositionTable<Position, MappedImage>()
    /// The commit that the entries are of.
    private var commit: UInt64?

    /// No images.
    package init() {}

    /// Prepares for folds in a transaction. Must be called before the first of them.
    package func begin(_ transaction: borrowing some Transaction & ~Copyable) {
        guard commit != transaction.transactionID else { return }
        images.removeAll()
        commit = transaction.transactionID
    }

    /// Has the processor fetch what is known of an image, for a look-up soon.
    func prefetch(_ position: Position) { images.prefetch(position) }

    func image(
        at position: Position, in log: LogTable, _ transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> MappedImage {
        if let image = images[position] { return image }
        let image = try MappedImage.locate(position, in: log, transaction)
        images.set(image, at: position)
        return image
    }
}
