internal import ByteCoding
package import LMDB

/// The two segment files of a journal: written full of zeros when they are made, so that a flush of a group changes no
/// metadata and meets no full disk.
package struct JournalFiles: Sendable {
    private let segments: [RawFile]

    /// The names of the segments in the store's folder.
    package static let names = ["journal.a", "journal.b"]
    /// The size of a new segment. A segment that fills is made larger, up to ``largestSegmentByteCount``.
    package static let firstSegmentByteCount = 1 << 20
    /// What a segment grows to by itself; a larger group makes it as large as that takes.
    package static let largestSegmentByteCount = 32 << 20

    /// Opens the segments in a store's folder, making them if asked, or for reading only.
    package init(directory: String, create: Bool = false, writes: Bool = true) throws(LMDBError) {
        var segments: [RawFile] = []
        for name in Self.names {
            let file = try RawFile.open(directory + "/" + name, create: create, writes: writes)
            if create { try file.fillWithZeros(to: Self.firstSegmentByteCount) }
            segments.append(file)
        }
        self.segments = segments
    }

    /// The size of a segment.
    package func byteCount(of segment: Int) throws(LMDBError) -> Int { try segments[segment].byteCount() }

    /// Makes a segment at least so large. Slow, since it writes zeros and flushes them.
    func grow(_ segment: Int, to byteCount: Int) throws(LMDBError) {
        if try segments[segment].byteCount() < byteCount { try segments[segment].fillWithZeros(to: byteCount) }
    }

    // MARK: Writing

    /// Writes a group and flushes it, to a file that the next opening will find.
    package func write(_ group: borrowing RecordGroup, at cursor: JournalCursor) throws(LMDBError) {
        let head = JournalGroup.head(of: group, at: cursor)
        let end = head.count + group.byteCount
        let padding = [UInt8](repeating: 0, count: JournalGroup.padded(end) - end)
        try segments[cursor.segment].write(
            first: head.span.bytes, second: group.recordBytes, third: padding.span.bytes, at: cursor.offset)
        try segments[cursor.segment].syncData()
        try segments[cursor.segment].requireOwnPlace()
    }

    /// Writes a group that was found once more and flushes it: whoever wrote it may not have, or not with success.
    func rewrite(_ group: JournalGroup, at cursor: JournalCursor) throws(LMDBError) {
        let padding = [UInt8](repeating: 0, count: JournalGroup.padded(group.byteCount) - group.byteCount)
        try segments[cursor.segment].write(
            first: group.bytes.span.bytes, second: padding.span.bytes, third: RawSpan(), at: cursor.offset)
        try segments[cursor.segment].syncData()
    }

    /// Overwrites both segments with zeros and flushes them.
    func overwriteWithZeros() throws(LMDBError) {
        for segment in segments { try segment.overwriteWithZeros() }
    }

    // MARK: Reading

    /// Follows the groups from a place on, in both segments, to the first that does not check; returns where that is.
    ///
    /// - Parameter body: Sees each group and the place where it stands.
    @discardableResult
    package func follow(
        from start: JournalCursor, _ body: (JournalGroup, JournalCursor) throws(LMDBError) -> Void
    ) throws(LMDBError) -> JournalCursor {
        var cursor = start
        while true {
            if let group = try read(at: cursor) {
                try body(group, cursor)
                cursor = cursor.after(group)
            } else if let continued = try continuation(of: cursor), let group = try read(at: continued) {
                try body(group, continued)
                cursor = continued.after(group)
            } else {
                return cursor
            }
        }
    }

    /// The group at a place, or nil when none that belongs there checks.
    private func read(at cursor: JournalCursor) throws(LMDBError) -> JournalGroup? {
        guard let header = try header(segment: cursor.segment, offset: cursor.offset), header.epoch == cursor.epoch,
            header.previousEpoch == cursor.previousEpoch, header.first == cursor.next
        else { return nil }
        return try group(header, segment: cursor.segment, offset: cursor.offset)
    }

    /// Where the other segment goes on from a place, if its first group says so.
    private func continuation(of cursor: JournalCursor) throws(LMDBError) -> JournalCursor? {
        guard let header = try header(segment: 1 - cursor.segment, offset: 0), header.previousEpoch == cursor.epoch,
            header.epoch != cursor.epoch, header.first == cursor.next
        else { return nil }
        return JournalCursor(
            segment: 1 - cursor.segment, offset: 0, epoch: header.epoch, previousEpoch: cursor.epoch, next: cursor.next)
    }

    private func header(segment: Int, offset: Int) throws(LMDBError) -> JournalGroup.Header? {
        let bytes = try segments[segment].read(byteCount: JournalGroup.Header.byteCount, at: offset)
        return JournalGroup.Header(bytes.span.bytes)
    }

    private func group(
        _ header: JournalGroup.Header, segment: Int, offset: Int
    ) throws(LMDBError) -> JournalGroup? {
        let byteCount = Int(header.byteCount)
        let bytes = try segments[segment].read(byteCount: byteCount, at: offset)
        return bytes.count == byteCount ? JournalGroup(bytes) : nil
    }

    /// The first position of a group that checks, though the journal's end is before it: then something that was
    /// acknowledged is damaged. Nil when the end is the end.
    ///
    /// Cost: reads both segments.
    package func positionBeyond(_ end: JournalCursor) throws(LMDBError) -> UInt64? {
        if let position = try position(beyond: end, in: end.segment, from: end.offset) { return position }
        return try position(beyond: end, in: 1 - end.segment, from: 0)
    }

    private func position(beyond end: JournalCursor, in segment: Int, from start: Int) throws(LMDBError) -> UInt64? {
        let bytes = try segments[segment].read(byteCount: try byteCount(of: segment), at: 0)
        for offset in stride(from: start, to: bytes.count, by: JournalGroup.blockByteCount) {
            guard let header = Self.header(in: bytes, at: offset), header.first >= end.next else { continue }
            let epoch = segment == end.segment ? header.epoch : header.previousEpoch
            guard epoch == end.epoch, offset + Int(header.byteCount) <= bytes.count else { continue }
            if JournalGroup(Array(bytes[offset..<offset + Int(header.byteCount)])) != nil { return header.first }
        }
        return nil
    }

    private static func header(in bytes: [UInt8], at offset: Int) -> JournalGroup.Header? {
        let end = offset + JournalGroup.Header.byteCount
        guard end <= bytes.count else { return nil }
        return JournalGroup.Header(bytes.span.bytes.extracting(offset..<end))
    }
}
