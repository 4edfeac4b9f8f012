internal import CLibPQ

/// What a statement gave, in binary form; confined to the thread of its session.
final class DatabaseResult {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    /// The number of rows that it gave.
    var rowCount: Int { Int(PQntuples(result)) }

    /// The number of rows that an insert, update or delete changed.
    var changedCount: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    func isNull(_ row: Int, _ column: Int) -> Bool { PQgetisnull(result, Int32(row), Int32(column)) != 0 }

    /// The bytes of a field; empty for null.
    func bytes(_ row: Int, _ column: Int) -> [UInt8] {
        guard let start = PQgetvalue(result, Int32(row), Int32(column)) else { return [] }
        let count = Int(PQgetlength(result, Int32(row), Int32(column)))
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    func text(_ row: Int, _ column: Int) -> String { String(decoding: bytes(row, column), as: UTF8.self) }

    /// An integer of any size; 0 for null.
    func integer(_ row: Int, _ column: Int) -> Int64 {
        let bytes = bytes(row, column)
        guard let first = bytes.first else { return 0 }
        // The sign is that of the first byte.
        return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
    }

    func bool(_ row: Int, _ column: Int) -> Bool { bytes(row, column).first == 1 }
}
