import Foundation
import Testing

/// A data file's bytes, taken apart by LMDB 0.9's layout as lmdb.h and mdb.c give it, for tests that damage one place.
struct RawDataFile {
    var bytes: [UInt8]
    static let pageByteCount = 4096

    init(_ path: String) throws { bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    func write(to path: String) throws {
        // In place: the file stays the same one.
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: Data(bytes))
        try file.truncate(atOffset: UInt64(bytes.count))
        try file.close()
    }

    func number<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = UInt64.self) -> Value {
        bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }

    mutating func set<Value: FixedWidthInteger>(_ offset: Int, to value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }

    mutating func flip(bit: Int, ofByte offset: Int) { bytes[offset] ^= 1 << bit }

    /// The offset of the later transaction's meta page.
    var meta: Int { number(144) > number(Self.pageByteCount + 144) ? 0 : Self.pageByteCount }
    var lastPage: UInt64 { number(meta + 136) }
    var freeRoot: UInt64 { number(meta + 80) }
    var mainRoot: UInt64 { number(meta + 128) }

    func offset(ofPage page: UInt64) -> Int { Int(page) * Self.pageByteCount }
    func isLeaf(_ page: UInt64) -> Bool { number(offset(ofPage: page) + 10, as: UInt16.self) == 2 }

    /// The offsets in the file of a page's nodes.
    func nodes(ofPage page: UInt64) -> [Int] {
        let start = offset(ofPage: page)
        let count = (Int(number(start + 12, as: UInt16.self)) - 16) / 2
        return (0..<count).map { start + Int(number(start + 16 + 2 * $0, as: UInt16.self)) }
    }

    /// Where a leaf node's value is; that of a large one is on pages of its own.
    func value(ofNode node: Int) -> Int {
        let place = node + 8 + Int(number(node + 6, as: UInt16.self))
        return number(node + 4, as: UInt16.self) & 1 == 0 ? place : offset(ofPage: number(place)) + 16
    }

    /// The leaf pages of a tree, from left to right.
    func leaves(under page: UInt64) -> [UInt64] {
        if isLeaf(page) { return [page] }
        return nodes(ofPage: page).flatMap { node in
            leaves(under: UInt64(number(node, as: UInt32.self)) | UInt64(number(node + 4, as: UInt16.self)) << 32)
        }
    }

    /// The root of a named table.
    func root(ofTable name: String) throws -> UInt64 {
        let nodes = leaves(under: mainRoot).flatMap { self.nodes(ofPage: $0) }
        let node = try #require(
            nodes.first { node in
                bytes[(node + 8)...].prefix(Int(number(node + 6, as: UInt16.self))).elementsEqual(name.utf8)
            })
        return number(value(ofNode: node) + 40)
    }

    /// Where the lists of free pages are: a count and then as many numbers.
    var freeLists: [Int] {
        freeRoot == .max ? [] : leaves(under: freeRoot).flatMap { nodes(ofPage: $0) }.map { value(ofNode: $0) }
    }

    /// The place of the longest list of free pages.
    var longestFreeList: Int {
        get throws { try #require(freeLists.max { number($0) < number($1) }) }
    }
}
