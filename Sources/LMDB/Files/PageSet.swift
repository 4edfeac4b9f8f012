/// A set of page numbers: a bit a page, in chunks that are made when a page of theirs comes in.
struct PageSet {
    private var chunks: [[UInt64]]
    private(set) var count: UInt64 = 0
    /// Greater numbers cannot be in the set.
    let lastPage: UInt64

    private static let pagesPerChunk: UInt64 = 1 << 15

    init(lastPage: UInt64) {
        self.lastPage = lastPage
        chunks = Array(repeating: [], count: Int(lastPage / Self.pagesPerChunk) + 1)
    }

    func contains(_ page: UInt64) -> Bool {
        guard page <= lastPage else { return false }
        let chunk = Int(page / Self.pagesPerChunk)
        guard !chunks[chunk].isEmpty else { return false }
        return chunks[chunk][Self.word(of: page)] & Self.bit(of: page) != 0
    }

    /// Takes a page in; false when it was there already.
    ///
    /// - Precondition: The page is not beyond the last one.
    mutating func insert(_ page: UInt64) -> Bool {
        precondition(page <= lastPage, "a page of the file")
        let chunk = Int(page / Self.pagesPerChunk)
        if chunks[chunk].isEmpty { chunks[chunk] = Array(repeating: 0, count: Int(Self.pagesPerChunk / 64)) }
        let word = Self.word(of: page)
        guard chunks[chunk][word] & Self.bit(of: page) == 0 else { return false }
        chunks[chunk][word] |= Self.bit(of: page)
        count += 1
        return true
    }

    private static func word(of page: UInt64) -> Int { Int(page % pagesPerChunk / 64) }
    private static func bit(of page: UInt64) -> UInt64 { 1 << (page % 64) }
}
