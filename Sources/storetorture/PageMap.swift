internal import SeededRandom

/// What kind of page each byte of an LMDB data file is in, by the pages' headers, for the reports.
///
/// A free page is counted as what it was when it was last in use.
struct PageMap: Sendable {
    /// One bit of the file.
    struct Flip: Sendable, CustomStringConvertible {
        let offset: Int
        let bit: Int
        var description: String { "bit \(bit) of byte \(offset)" }
    }

    static let kinds = ["meta page", "branch page", "leaf page", "overflow page", "other page"]

    private static let pageByteCount = 4096
    /// Page header and `MDB_meta`; the rest of a meta page is unused.
    private static let metaByteCount = 152

    private let kinds: [String]
    private let byteCount: Int

    init(_ data: [UInt8]) {
        byteCount = data.count
        var kinds: [String] = []
        while kinds.count * Self.pageByteCount + 16 <= data.count {
            let start = kinds.count * Self.pageByteCount, flags = data[start + 10]
            // `mp_pages`, of which the low two bytes are enough here.
            let pageCount = flags & 0x04 == 0 ? 1 : max(1, Int(data[start + 12]) | Int(data[start + 13]) << 8)
            let kind = Self.kind(ofFlags: flags)
            kinds += [String](repeating: kind, count: min(pageCount, data.count / Self.pageByteCount - kinds.count))
        }
        self.kinds = kinds
    }

    func kind(at offset: Int) -> String {
        let page = offset / Self.pageByteCount
        return page < kinds.count ? kinds[page] : "other page"
    }

    /// A random bit of the file; one time in sixteen one of the fields of a meta page, which matter most.
    func randomFlip(using generator: inout SeededGenerator) -> Flip {
        let bit = Int.random(in: 0..<8, using: &generator)
        guard Int.random(in: 0..<16, using: &generator) == 0 else {
            return Flip(offset: Int.random(in: 0..<byteCount, using: &generator), bit: bit)
        }
        let page = Int.random(in: 0..<2, using: &generator)
        return Flip(
            offset: page * Self.pageByteCount + Int.random(in: 0..<Self.metaByteCount, using: &generator), bit: bit)
    }

    /// `mp_flags`: P_BRANCH, P_LEAF, P_OVERFLOW, P_META.
    private static func kind(ofFlags flags: UInt8) -> String {
        switch flags & 0x0F {
        case 0x08: "meta page"
        case 0x01: "branch page"
        case 0x02: "leaf page"
        case 0x04: "overflow page"
        default: "other page"
        }
    }
}
