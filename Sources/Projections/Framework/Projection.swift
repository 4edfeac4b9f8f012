package import ByteCoding
public import EventLog

/// A named, versioned, pure function that keeps one derived table up to date from the log.
///
/// A projection is a fold by key: each record names the keys whose rows it changes, and each row's new value depends on
/// the row's old value and the record alone. That restriction is what makes flushing in slices, restarting after a kill
/// at any point, time travel in memory and rebuilding all the same simple thing: the framework stores with each row the
/// position of the last record applied to it, and applies every record to every row exactly once.
///
/// To add a projection, write one type that conforms (docs/projections.md has a compiled example). To change what one
/// computes, raise its ``version``: the new table is built beside the old one.
package protocol Projection: Sendable {
    /// What a row is found by.
    associatedtype Key: ProjectionKey
    /// What a row holds.
    associatedtype Row: ProjectionRow

    /// The table's name, unique among projections and never reused for another meaning.
    static var name: String { get }
    /// Raised whenever rows would come out differently than before.
    static var version: UInt16 { get }
    /// The kinds of record that can change rows; others are not shown to the projection.
    static var kinds: RecordKinds { get }
    /// True when no row is ever changed after it was made; the framework then never reads one to make another.
    static var isInsertOnly: Bool { get }
    /// True when a row that is not there is believed only in a table whose rows have been counted once, since taking a
    /// lost one for one that never was would do harm. Costs a look at every row, once for each process.
    static var isCounted: Bool { get }

    /// The rows that a record changes.
    static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<Key>
    /// The row once a record that was applied to it before is erased with the person to whom it belonged; nil when nothing of
    /// it is to stay. Then it is deleted, and is as if it had never been.
    static func erase(_ record: borrowing RecordView, at key: Key, from row: Row) throws(RecordError) -> Row?
    /// The row after the record; `row` is nil when the key has none yet.
    static func apply(_ record: borrowing RecordView, at key: Key, to row: Row?) throws(RecordError) -> Row
}

extension Projection {
    /// Rows change, unless a projection says otherwise.
    package static var isInsertOnly: Bool { false }
    /// Tables are counted, unless a projection says otherwise.
    package static var isCounted: Bool { true }
    /// Nothing stays, unless a projection says otherwise.
    package static func erase(_ record: borrowing RecordView, at key: Key, from row: Row) -> Row? { nil }
}

/// The keys whose rows one record changes.
package enum ProjectionKeys<Key: Sendable>: Sendable {
    /// No row.
    case none
    /// One row.
    case one(Key)
    /// Two rows, with different keys.
    case two(Key, Key)
}

/// What a projection's rows are found by: a value whose order is the order of its bytes.
package protocol ProjectionKey: Hashable, Comparable, Sendable {
    /// A hash for tables in memory, all of whose bits matter: `hashValue` unless a type knows a faster one.
    var tableHash: UInt64 { get }
    /// Appends the key's bytes, 1 to 511 of them, which sort as the keys do: big-endian numbers.
    func encode(to writer: inout ByteWriter)
}

/// What a projection stores under a key.
package protocol ProjectionRow: Hashable, Sendable {
    /// Appends the row's canonical bytes.
    func encode(to writer: inout ByteWriter)
    /// Decodes a row, refusing bytes that encoding would not write.
    init(from reader: inout ByteReader) throws(ByteCodingError)
}

extension ProjectionKey {
    /// The hash of the standard library.
    package var tableHash: UInt64 { UInt64(bitPattern: Int64(hashValue)) }
}

extension Position: ProjectionKey {
    /// One multiplication, the halves of the product combined. That is enough here: positions are given by the log, so
    /// nobody can choose them to collide.
    package var tableHash: UInt64 {
        let (high, low) = number.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return high ^ low
    }

    /// Eight bytes, big-endian.
    package func encode(to writer: inout ByteWriter) { writer.write(number.bigEndian) }
}

extension Position: ProjectionRow {
    /// Reads eight bytes, little-endian.
    package init(from reader: inout ByteReader) throws(ByteCodingError) {
        guard let position = Position(stored: UInt64(bigEndian: try reader.read(UInt64.self))) else {
            throw .truncated(needed: 8, available: 0)
        }
        self = position
    }
}
