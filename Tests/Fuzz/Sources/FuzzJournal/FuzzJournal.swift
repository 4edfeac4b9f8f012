internal import ByteCoding
internal import EventLog
internal import LMDB

/// A group of the journal or a checkpoint slot is refused, or encodes to the very bytes that it was decoded from.
///
/// The input is either of them, told apart by its length, with the checksum put right first: otherwise no input would get
/// past it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJournal(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard count >= 4 else { return 0 }
    var checksum = CRC32C()
    checksum.update(bytes.span.bytes.extracting(droppingFirst: 4))
    withUnsafeBytes(of: checksum.value.littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
    if let slot = CheckpointSlot(bytes) { check(slot, bytes) }
    if let group = JournalGroup(bytes) { check(group, bytes) }
    return 0
}

private func check(_ slot: CheckpointSlot, _ bytes: [UInt8]) {
    precondition(slot.encode() == bytes, "a slot that is not canonical was accepted")
    if let cursor = JournalCursor(note: slot.note) {
        precondition(cursor.note == slot.note, "a note that is not canonical was accepted")
    }
}

/// The records lie one after the other up to the end; whether they are records is found without a trap.
private func check(_ group: JournalGroup, _ bytes: [UInt8]) {
    var position = group.records.first
    var recordBytes: [UInt8] = []
    group.records.forEach { found, record in
        precondition(found.number == position, "positions have no gaps")
        position += 1
        record.withUnsafeBytes { recordBytes += $0 }
    }
    precondition(position == group.records.last + 1, "the last position is the last record's")
    precondition(bytes.suffix(recordBytes.count) == recordBytes[...], "records end with the group")
    do { try group.records.verify() } catch {
        // A typed error, which names one of the group's positions.
        precondition((group.records.first...group.records.last).contains(error.position.number), "a wrong position")
    }
}
