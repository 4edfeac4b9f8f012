internal import EventLog
internal import LMDB

/// An image of the mapped log, its record verified.
///
/// Pointers, since spans cannot be kept in an array: valid while the transaction is in which it was located.
struct MappedImage {
    let embedding: UnsafeRawBufferPointer
    let id: UnsafeRawBufferPointer
    /// Nil when no author is known.
    let author: UnsafeRawBufferPointer?

    /// Finds an image's record and verifies it.
    static func locate(
        _ position: Position, in log: LogTable, _ transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> MappedImage {
        let record = try log.record(at: position, in: transaction)
        do throws(RecordError) {
            let image = try record.image()
            return MappedImage(
                embedding: image.embedding.withUnsafeBytes { $0 }, id: image.id.withUnsafeBytes { $0 },
                author: image.hasAuthor ? image.author.withUnsafeBytes { $0 } : nil)
        } catch {
            throw .record(error)
        }
    }

    /// Whether the image was made by the user with this name.
    func isAuthored(by user: String) -> Bool {
        guard let author else { return false }
        return RawSpan(_unsafeBytes: author).hasSameBytes(as: user)
    }
}

/// Images that several folds of one snapshot share, each located and verified once.
///
/// Make one for each snapshot and let it go with it: its entries point into the snapshot's map.
package final class MappedImages {
    private var images: [Position: MappedImage] = [:]

    package init() {}

    func image(
        at position: Position, in log: LogTable, _ transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> MappedImage {
        if let image = images[position] { return image }
        let image = try MappedImage.locate(position, in: log, transaction)
        images[position] = image
        return image
    }
}
