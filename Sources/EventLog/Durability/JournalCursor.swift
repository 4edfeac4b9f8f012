internal import ByteCoding

/// A place in the journal: where the next group is, or will be.
package struct JournalCursor: Equatable, Sendable {
    /// Which of the two segments, 0 or 1.
    package var segment: Int
    /// The offset there, a multiple of 512.
    package var offset: Int
    /// The random number that all groups of this use of the segment carry.
    package var epoch: UInt64
    /// The epoch that this one goes on from, in the other segment.
    package var previousEpoch: UInt64
    /// The position of the next record.
    package var next: UInt64

    /// Where a new journal begins, after a position.
    package static func beginning(after head: UInt64) -> JournalCursor {
        JournalCursor(segment: 0, offset: 0, epoch: randomEpoch(), previousEpoch: 0, next: head + 1)
    }

    /// Where groups go on in the other segment.
    package func onOtherSegment() -> JournalCursor {
        JournalCursor(
            segment: 1 - segment, offset: 0, epoch: Self.randomEpoch(), previousEpoch: epoch, next: next)
    }

    /// The place after a group.
    func after(_ group: JournalGroup) -> JournalCursor {
        var cursor = self
        cursor.offset += JournalGroup.padded(group.byteCount)
        cursor.next = group.records.last + 1
        return cursor
    }

    private static func randomEpoch() -> UInt64 { .random(in: 1 ... .max) }
}

extension JournalCursor {
    /// The cursor as a checkpoint's note.
    package var note: [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt64(segment), UInt64(offset))
        writer.write(epoch, previousEpoch)
        writer.write(next)
        return writer.bytes
    }

    /// The cursor that a checkpoint's note is, or nil when it is none.
    package init?(note: [UInt8]) {
        do throws(ByteCodingError) {
            var reader = ByteReader(note.span.bytes)
            let segment: UInt64 = try reader.read()
            let offset: UInt64 = try reader.read()
            epoch = try reader.read()
            previousEpoch = try reader.read()
            next = try reader.read()
            try reader.finish()
            guard segment < 2, offset % UInt64(JournalGroup.blockByteCount) == 0, let offset = Int(exactly: offset),
                offset < 1 << 40, next > 0, next < 1 << 62
            else { return nil }
            self.segment = Int(segment)
            self.offset = offset
        } catch {
            return nil
        }
    }
}
