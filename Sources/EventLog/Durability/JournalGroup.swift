internal import ByteCoding

/// One group of records as it stands in the journal (docs/format.md, section 8).
package struct JournalGroup: Sendable {
    /// Where groups begin: a disk writes this much as a whole or not at all.
    package static let blockByteCount = 512

    /// What stands before the table of lengths.
    package struct Header: Equatable, Sendable {
        var checksum: UInt32
        /// The bytes of header, lengths and records.
        var byteCount: UInt32
        var epoch: UInt64
        var previousEpoch: UInt64
        var first: UInt64
        var count: UInt32

        static let byteCount = 40

        /// The header that bytes begin with, or nil when no writer wrote them; the checksum is another matter.
        init?(_ bytes: RawSpan) {
            do throws(ByteCodingError) {
                var reader = ByteReader(bytes)
                checksum = try reader.read()
                byteCount = try reader.read()
                epoch = try reader.read()
                previousEpoch = try reader.read()
                first = try reader.read()
                count = try reader.read()
                let reserved: UInt32 = try reader.read()
                guard reserved == 0, epoch != 0, first > 0, first < 1 << 62, count > 0,
                    UInt64(byteCount) >= UInt64(Self.byteCount) + 4 * UInt64(count)
                else { return nil }
            } catch {
                return nil
            }
        }
    }

    package let header: Header
    /// The records.
    package let records: DurableGroup
    /// Everything from the checksum to the last record.
    let bytes: [UInt8]
    var byteCount: Int { bytes.count }

    /// The group that these bytes are, or nil when they do not check.
    package init?(_ bytes: [UInt8]) {
        guard let header = Header(bytes.span.bytes), bytes.count == Int(header.byteCount),
            Self.checksum(bytes.span.bytes, RawSpan()) == header.checksum
        else { return nil }
        var ends: [Int] = []
        ends.reserveCapacity(Int(header.count))
        let start = Header.byteCount + 4 * Int(header.count)
        var end = start
        for index in 0..<Int(header.count) {
            let length = bytes.span.bytes.extracting(droppingFirst: Header.byteCount + 4 * index)
                .unsafeLoadUnaligned(as: UInt32.self)
            end += Int(UInt32(littleEndian: length))
            guard end <= bytes.count else { return nil }
            ends.append(end)
        }
        guard end == bytes.count else { return nil }
        self.header = header
        self.bytes = bytes
        records = DurableGroup(first: header.first, bytes: bytes, from: start, ends: ends)
    }

    /// Rounded up to whole blocks.
    package static func padded(_ byteCount: Int) -> Int {
        (byteCount + blockByteCount - 1) / blockByteCount * blockByteCount
    }

    /// What a group takes in the journal, padding left out.
    package static func byteCount(of group: borrowing RecordGroup) -> Int {
        Header.byteCount + 4 * group.count + group.byteCount
    }

    /// Header and lengths of a group that goes to a place, the checksum covering the records too.
    package static func head(of group: borrowing RecordGroup, at cursor: JournalCursor) -> [UInt8] {
        var writer = ByteWriter(capacity: Header.byteCount + 4 * group.count)
        writer.write(UInt32(0))
        writer.write(UInt32(byteCount(of: group)))
        writer.write(cursor.epoch, cursor.previousEpoch)
        writer.write(cursor.next)
        writer.write(UInt32(group.count))
        writer.write(UInt32(0))
        var start = 0
        for end in group.recordEnds {
            writer.write(UInt32(end - start))
            start = end
        }
        writer.overwrite(checksum(writer.span(), group.recordBytes), at: 0)
        return writer.bytes
    }

    /// Over everything but the checksum itself.
    private static func checksum(_ head: RawSpan, _ records: RawSpan) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(head.extracting(droppingFirst: 4))
        checksum.update(records)
        return checksum.value
    }
}
