internal import ByteCoding
internal import EventLog

/// A record is refused with a typed error, or encodes to the very bytes that it was decoded from.
///
/// The input is a record with its position where the checksum belongs. The checksum is put right first: otherwise no
/// input would get past it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecord(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard count >= 4 else { return 0 }
    guard let position = Position(stored: UInt64(bytes.span.bytes.load(0, as: UInt32.self))) else { return 0 }
    let checksum = RecordView.checksum(of: bytes.span.bytes, at: position)
    withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
    do throws(RecordError) {
        try check(try RecordView(bytes.span.bytes, at: position))
    } catch {
        precondition(error.position == position && error != .checksumMismatch(position), "a wrong error: \(error)")
    }
    return 0
}

private func check(_ record: borrowing RecordView) throws(RecordError) {
    let ranked = record.rankedImages
    let liked = record.likedImage
    let links = record.mintLinks
    // What reads a record in place must refuse it by itself: the fold does not decode bodies first.
    let id = try readImage(record)
    let body: RecordBody
    do throws(RecordError) { body = try RecordBody(of: record) } catch {
        precondition(ranked == nil && liked == nil, "a malformed body is read in place")
        throw error
    }
    precondition(body.kind == record.header.kind, "a body of another kind")
    checkParts(of: record)
    if record.isErased { return }
    switch body {
    case .rank(let winner, let loser):
        precondition(ranked?.winner == winner && ranked?.loser == loser, "a rank is read otherwise in place")
    case .like(let image), .unlike(let image): precondition(liked == image, "a like is read otherwise in place")
    case .imageRegistered(let image): precondition(id == image.id, "an image is read otherwise in place")
    case .versionRecalled(let recall):
        precondition(links?.mint == recall.mint && links?.previousMint == recall.previousMint, "a recall's links")
    case .erased: precondition(ranked == nil && liked == nil && links == nil, "an erased record says something")
    case .versionMinted(let mint) where !mint.version.isEmpty:
        precondition(links?.previousMint == mint.previousMint, "a mint's links")
        precondition(links?.symbolCount == mint.symbolCount, "a mint's number of symbols")
        let version = try record.versionBytes()
        precondition(version.withUnsafeBytes { $0.elementsEqual(mint.version) }, "a mint is read otherwise in place")
    default: precondition(ranked == nil && liked == nil && id == nil, "read in place as another kind")
    }
    if let eventID = record.header.eventID {
        precondition(EventID(eventID.description) == eventID, "an event id is not read back")
    }
    checkEncoding(of: record, body)
}

/// Erases the record, which must leave one that is refused by nothing and has the same place in the tree.
private func checkParts(of record: borrowing RecordView) {
    let salt = record.salt ?? RecordSalt(high: 1, low: 2)
    let entry = TreeEntry(of: record, salt: salt)
    guard record.hasPrivatePart, !record.isErased else { return }
    let bytes = record.erased(leaving: RecordCommitment.commitment(to: record, salt: salt))
    do throws(RecordError) {
        let erased = try RecordView(bytes.span.bytes, at: record.position)
        _ = try RecordBody(of: erased)
        precondition(erased.isErased, "an erasure is not told")
        precondition(TreeEntry(of: erased, salt: nil) == entry, "an erasure changes the tree")
    } catch {
        preconditionFailure("what an erasure leaves is refused: \(error)")
    }
}

/// The id of a registered image, read without decoding the body; nil for another kind.
private func readImage(_ record: borrowing RecordView) throws(RecordError) -> String? {
    guard record.header.kind == .imageRegistered else { return nil }
    return try record.imageID()
}

/// Appends the decoded record to a log that ends where it begins, and compares what would be stored.
private func checkEncoding(of record: borrowing RecordView, _ body: RecordBody) {
    let head = record.position.previous.map { LogHead(position: $0, recordedAt: record.header.recordedAt) }
    var group = RecordGroup(after: head, now: record.header.recordedAt)
    group.add(record.header, body, salt: record.salt)
    let expected = record.bytes.withUnsafeBytes { Array($0) }
    group.forEach { position, bytes in
        precondition(bytes.withUnsafeBytes { $0.elementsEqual(expected) }, "the record at \(position) is not canonical")
    }
}
