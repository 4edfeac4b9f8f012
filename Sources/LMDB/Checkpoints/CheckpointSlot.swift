internal import ByteCoding

/// What the checkpoint file says: the commit to come back to, who writes, and where durability goes on after it.
///
/// docs/format.md specifies the bytes.
package struct CheckpointSlot: Equatable, Sendable {
    /// How the data file stands to the checkpoint.
    package enum State: UInt8, Sendable {
        /// The file is flushed and whole; nobody has changed it since.
        case clean = 0
        /// An owner changes the file, and pins the checkpoint's commit.
        case inUse = 1
        /// A flush failed: what is on disk is unknown until the store has been brought back to the checkpoint.
        case failed = 2
    }

    /// One more than that of the slot before; the greatest counts.
    package var sequence: UInt64
    /// Which store the file belongs to.
    package var storeID: UInt64
    /// Who pins the commit, by a random number; 0 for nobody.
    package var owner: UInt64
    /// The owner's process number, for people.
    package var ownerProcess: UInt32
    /// How the data file stands to the checkpoint.
    package var state: State
    /// When it was taken, in microseconds since 1970, for people.
    package var takenAt: Int64
    /// The meta page of the commit.
    package var meta: SavedMetaPage
    /// What the durability keeps with the checkpoint, which is its own matter; at most 256 bytes.
    package var note: [UInt8]
    /// How often what was deleted has been overwritten: who finds it raised clears its own memory.
    package var scrubCount: UInt64

    /// What a slot's record occupies: one sector, which a disk writes as a whole or not at all.
    static let byteCount = 512
    /// The most bytes of a note.
    static let maximumNoteByteCount = 256

    private enum Offset {
        static let meta = 48
        static let note = meta + SavedMetaPage.byteCount
        static let scrubCount = byteCount - 8
    }

    /// "PSCP" in the order of bytes.
    private static let magic: UInt32 = 0x5043_5350

    /// The record: a checksum over all that follows it, the fields, zeros, and the number of scrubs.
    package func encode() -> [UInt8] {
        precondition(note.count <= Self.maximumNoteByteCount, "a note has at most 256 bytes")
        var writer = ByteWriter(capacity: Self.byteCount)
        writer.write(UInt32(0))
        writer.write(Self.magic)
        writer.write(sequence)
        writer.write(storeID)
        writer.write(owner)
        writer.write(ownerProcess)
        writer.write(UInt32(state.rawValue))
        writer.write(takenAt)
        writer.write(bytes: meta.bytes)
        writer.write(UInt16(note.count))
        writer.write(bytes: note)
        writer.write(bytes: [UInt8](repeating: 0, count: Offset.scrubCount - writer.byteCount))
        writer.write(scrubCount)
        writer.overwrite(Self.checksum(writer.span()), at: 0)
        return writer.bytes
    }

    /// The slot that these bytes hold, or nil when they do not check.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        do throws(ByteCodingError) {
            var reader = ByteReader(bytes.span.bytes)
            guard try reader.read(UInt32.self) == Self.checksum(bytes.span.bytes),
                try reader.read(UInt32.self) == Self.magic
            else { return nil }
            sequence = try reader.read()
            storeID = try reader.read()
            owner = try reader.read()
            ownerProcess = try reader.read()
            guard let number = UInt8(exactly: try reader.read(UInt32.self)), let state = State(rawValue: number) else {
                return nil
            }
            self.state = state
            takenAt = try reader.read()
            guard
                let meta = SavedMetaPage(
                    bytes: try reader.readBytes(SavedMetaPage.byteCount).withUnsafeBytes { Array($0) })
            else { return nil }
            self.meta = meta
            let noteByteCount = Int(try reader.read(UInt16.self))
            guard noteByteCount <= Self.maximumNoteByteCount else { return nil }
            note = try reader.readBytes(noteByteCount).withUnsafeBytes { Array($0) }
            let rest = try reader.readBytes(Offset.scrubCount - Offset.note - 2 - noteByteCount)
            guard rest.withUnsafeBytes({ $0.allSatisfy { $0 == 0 } }) else { return nil }
            scrubCount = try reader.read()
        } catch {
            return nil
        }
    }

    /// Describes a slot.
    package init(
        sequence: UInt64, storeID: UInt64, owner: UInt64, ownerProcess: UInt32, state: State, takenAt: Int64,
        meta: SavedMetaPage, note: [UInt8], scrubCount: UInt64 = 0
    ) {
        self.sequence = sequence
        self.storeID = storeID
        self.owner = owner
        self.ownerProcess = ownerProcess
        self.state = state
        self.takenAt = takenAt
        self.meta = meta
        self.note = note
        self.scrubCount = scrubCount
    }

    private static func checksum(_ record: RawSpan) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(record.extracting(4..<byteCount))
        return checksum.value
    }
}
