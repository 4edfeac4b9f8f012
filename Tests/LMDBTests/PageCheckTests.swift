import Foundation
import LMDB
import SeededRandom
import Testing

/// LMDB writes over whatever its list of free pages names; nothing of what was committed may be lost by that.
@Suite struct PageCheckTests {
    private let directory = TemporaryDirectory()
    private var dataPath: String { directory.store + "/data.mdb" }

    /// A store with a table that only grows and one whose rows change, so that pages become free.
    private func makeStore(
        entryCount: UInt64 = 600, valueByteCount: Int = 100, rowByteCount: Int = 300
    ) throws -> RawDataFile {
        do {
            var options = Environment.Options.creating
            options.durability = .unsynced
            let environment = try Environment.open(directory: directory.store, options: options)
            let log = try environment.openTable(name: "log", keys: .integer, create: true)
            let rows = try environment.openTable(name: "rows", keys: .integer, create: true)
            for round in 0..<6 as Range<UInt64> {
                var writing = try environment.beginWrite()
                for key in (round * entryCount / 6)..<((round + 1) * entryCount / 6) {
                    let value = [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: valueByteCount)
                    try writing.append(log, integerKey: key, value: value.span.bytes)
                }
                for row in 0..<120 as Range<UInt64> {
                    let value = [UInt8](repeating: UInt8(round), count: rowByteCount)
                    try writing.put(rows, integerKey: row, value: value.span.bytes)
                }
                try writing.commit()
            }
            try environment.sync()
        }
        let file = try RawDataFile(dataPath)
        #expect(try file.number(file.longestFreeList) > 3, "there are free pages")
        return file
    }

    private func report() throws -> PageReport { try Environment.open(directory: directory.store).checkPages() }

    /// What appending to the log says. Whatever that is, the file must not have changed when it is an error.
    private func failureOfWriting() throws -> LMDBError? {
        let before = try Data(contentsOf: URL(fileURLWithPath: dataPath))
        do throws(LMDBError) {
            let environment = try Environment.open(directory: directory.store)
            let log = try environment.openTable(name: "log", keys: .integer, create: false)
            for _ in 0..<2 {
                let failure = #expect(throws: LMDBError.self) { try environment.store(log, 1_000_000, [1]) }
                guard case .corrupted? = failure else { return failure }
            }
            #expect(try environment.load(log, 0) != nil, "reading goes on")
        } catch {
            return error
        }
        let after = try? Data(contentsOf: URL(fileURLWithPath: dataPath))
        #expect(after == before, "nothing is written")
        return .corrupted("")
    }

    private func expectRefusal(_ comment: Comment? = nil) throws {
        let report = try report()
        #expect(!report.faults.isEmpty, comment)
        guard case .corrupted? = try failureOfWriting() else {
            Issue.record(comment ?? "written to")
            return
        }
    }

    @Test func `every page of a sound store is accounted for`() throws {
        let file = try makeStore()
        let report = try report()
        #expect(report.faults.isEmpty && report.lostPageCount == 0 && report.mapByteCounts.isEmpty)
        #expect(report.usedPageCount + report.freePageCount + 2 == Int(file.lastPage) + 1)
        let environment = try Environment.open(directory: directory.store)
        #expect(try environment.freePageCount() == report.freePageCount)
        let log = try environment.openTable(name: "log", keys: .integer, create: false)
        try environment.store(log, 1_000_000, [1])
        #expect(try environment.checkPages().faults.isEmpty)
    }

    @Test func `a page of the log in the list of free pages is found and never written over`() throws {
        var file = try makeStore()
        let list = try file.longestFreeList
        let leaf = file.leaves(under: try file.root(ofTable: "log"))[2]
        // The first of the list is its greatest; in its place, the list is still in order when the page is no less.
        let places = (1...file.number(list)).map { list + 8 * Int($0) }
        let place = places.last { file.number($0) > leaf } ?? places[0]
        file.set(place, to: leaf)
        try file.write(to: dataPath)
        #expect(try report().faults.contains { $0.contains("page \(leaf)") && $0.contains("free") })
        try expectRefusal()
    }

    @Test func `every flipped bit of the list of free pages is found`() throws {
        let file = try makeStore()
        let lists = file.leaves(under: file.freeRoot).map { file.offset(ofPage: $0) }
        let keys = Set(
            file.leaves(under: file.freeRoot).flatMap { file.nodes(ofPage: $0) }.flatMap { $0 + 8..<$0 + 16 })
        for page in lists {
            let upper = page + Int(file.number(page + 14, as: UInt16.self))
            let lower = page + Int(file.number(page + 12, as: UInt16.self))
            // LMDB does not read the header's bytes 8 and 9 in tables without duplicates.
            for byte in Array(page..<page + 8) + Array(page + 10..<lower) + Array(upper..<page + 4096) {
                let bit = (byte * 5 + byte / 8) % 8
                var damaged = file
                damaged.flip(bit: bit, ofByte: byte)
                try damaged.write(to: dataPath)
                let found = try report()
                if !found.faults.isEmpty || found.lostPageCount > 0 { continue }
                // Which transaction freed pages only says from when on they may be taken; to whom opens the store, all
                // of them may be.
                #expect(keys.contains(byte), "bit \(bit) of byte \(byte - page) of a page")
                try requireNothingIsLostByWriting()
            }
        }
    }

    private func requireNothingIsLostByWriting() throws {
        let environment = try Environment.open(directory: directory.store)
        let log = try environment.openTable(name: "log", keys: .integer, create: false)
        for key in 1_000_000..<1_000_008 as Range<UInt64> { try environment.store(log, key, [1]) }
        for key in 0..<600 as Range<UInt64> {
            #expect(try environment.load(log, key) == [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: 100))
        }
        #expect(try environment.checkPages().faults.isEmpty)
    }

    @Test(arguments: [UInt64.max, UInt64(Int64.max), 1 << 61, 1 << 32, 10_000])
    func `a count that the list does not hold is damage and no trap`(count: UInt64) throws {
        var file = try makeStore()
        file.set(try file.longestFreeList, to: count)
        try file.write(to: dataPath)
        do {
            let environment = try Environment.open(directory: directory.store)
            let failure = #expect(throws: LMDBError.self) { try environment.freePageCount() }
            guard case .corrupted? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
        try expectRefusal()
    }

    enum ListFault: CaseIterable { case twice, unsorted, metaPage, zero, beyondTheEnd, hugeNumber, futureTransaction }

    @Test(arguments: ListFault.allCases)
    func `a list of free pages that cannot be is refused`(fault: ListFault) throws {
        var file = try makeStore()
        let list = try file.longestFreeList
        let (first, second) = (file.number(list + 8), file.number(list + 16))
        switch fault {
        case .twice: file.set(list + 16, to: first)
        case .unsorted:
            file.set(list + 8, to: second)
            file.set(list + 16, to: first)
        case .metaPage: file.set(list + 8 * Int(file.number(list)), to: 1 as UInt64)
        case .zero: file.set(list + 8 * Int(file.number(list)), to: 0 as UInt64)
        case .beyondTheEnd: file.set(list + 8, to: file.lastPage + 1)
        case .hugeNumber: file.set(list + 8, to: UInt64.max)
        case .futureTransaction:
            let node = try #require(file.leaves(under: file.freeRoot).flatMap { file.nodes(ofPage: $0) }.last)
            file.set(node + 8, to: UInt64.max / 2)
        }
        try file.write(to: dataPath)
        try expectRefusal("\(fault)")
    }

    @Test func `a page that gives another number than its own is refused, since LMDB would free that one`() throws {
        var file = try makeStore()
        let leaf = try #require(file.leaves(under: try file.root(ofTable: "rows")).first)
        file.set(file.offset(ofPage: leaf), to: file.leaves(under: try file.root(ofTable: "log"))[1])
        try file.write(to: dataPath)
        try expectRefusal()
    }

    @Test func `a last page before pages in use is refused, since LMDB would take those`() throws {
        let file = try makeStore()
        let greatest = file.leaves(under: try file.root(ofTable: "log")).max() ?? 0
        let roots = max(file.freeRoot, file.mainRoot)
        for lastPage in [file.lastPage / 2, greatest - 1, max(roots, greatest - 1)] where lastPage < greatest {
            var damaged = file
            damaged.set(file.meta + 136, to: lastPage)
            try damaged.write(to: dataPath)
            // Opening finds it already where one of the roots is beyond.
            if lastPage >= roots { try expectRefusal() } else { #expect(throws: LMDBError.self) { try report() } }
        }
    }

    @Test func `a page that belongs to two tables is refused`() throws {
        var file = try makeStore()
        let leaf = file.leaves(under: try file.root(ofTable: "log"))[1]
        let branch = try file.root(ofTable: "rows")
        file.set(file.nodes(ofPage: branch)[1], to: UInt32(leaf))
        try file.write(to: dataPath)
        #expect(try report().sharesPages)
        try expectRefusal()
    }

    /// Every branch refers two hundred times to the next: 200 to the power of 20 ways through 21 pages.
    @Test(arguments: [false, true])
    func `a tree whose branches share their pages is damage, found at once`(inFreeList: Bool) throws {
        var file = try makeStore()
        let first = UInt64(file.bytes.count / 4096)
        let height: UInt64 = 20
        for level in 0..<height {
            var page = RawDataFile.emptyPage(number: first + level, flags: level == height - 1 ? 2 : 1)
            page.fill(withNodes: 200, child: level == height - 1 ? 0 : first + level + 1)
            file.bytes += page.bytes
        }
        for meta in [0, 4096] {
            file.set(meta + (inFreeList ? 80 : 128), to: first)
            // The free list is read at opening when it must explain why pages are missing.
            file.set(meta + 136, to: first + height - (inFreeList ? 0 : 1))
        }
        try file.write(to: dataPath)
        let failure = #expect(throws: LMDBError.self) {
            try Environment.open(directory: directory.store).checkMetaPages(growingTable: "log")
        }
        guard case .corrupted? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    /// More than 16 MiB, of which a writer reads the branches only.
    @Test(arguments: [1000, 3000])
    func `in a large file too no page in use is written over`(valueByteCount: Int) throws {
        let entryCount: UInt64 = valueByteCount == 1000 ? 18_000 : 6000
        var file = try makeStore(
            entryCount: entryCount, valueByteCount: valueByteCount, rowByteCount: valueByteCount == 1000 ? 300 : 3000)
        #expect(file.lastPage > 4096)
        let leaves = file.leaves(under: try file.root(ofTable: "log"))
        // In the middle, far from the pages that are read anyway; a large value's page where there are some.
        let leaf = leaves[leaves.count / 2]
        let node = try #require(file.nodes(ofPage: leaf).first)
        let place = node + 8 + Int(file.number(node + 6, as: UInt16.self))
        let victim: UInt64 = valueByteCount == 1000 ? leaf : file.number(place)
        #expect(try report().faults.isEmpty)
        let list = try file.longestFreeList
        let places = (1...file.number(list)).map { list + 8 * Int($0) }
        file.set(places.last { file.number($0) > victim } ?? places[0], to: victim)
        try file.write(to: dataPath)
        try expectRefusal()
    }

    /// All that LMDB finds its way by, besides the keys.
    @Test func `flipped bits of the headers of pages and nodes are found`() throws {
        let file = try makeStore()
        var random = SeededGenerator(seed: 20_261_126)
        let trees = [file.freeRoot, file.mainRoot, try file.root(ofTable: "log"), try file.root(ofTable: "rows")]
        for root in trees {
            let branches = file.isLeaf(root) ? [] : [root]
            for page in branches + file.leaves(under: root) {
                let start = file.offset(ofPage: page)
                let lower = Int(file.number(start + 12, as: UInt16.self))
                let nodes = file.nodes(ofPage: page).flatMap { $0 - start..<$0 - start + 8 }
                for byte in Array(0..<8) + Array(10..<lower) + nodes {
                    var damaged = file
                    damaged.flip(bit: Int.random(in: 0..<8, using: &random), ofByte: start + byte)
                    try damaged.write(to: dataPath)
                    #expect(try !report().faults.isEmpty, "byte \(byte) of page \(page)")
                }
            }
        }
    }
}

extension RawDataFile {
    /// A page of no nodes.
    struct Page {
        var bytes: [UInt8]

        /// Nodes without keys but for a number, all with one child.
        mutating func fill(withNodes count: Int, child: UInt64) {
            for index in 0..<count {
                let offset = 4096 - 16 * (index + 1)
                put(UInt16(offset), at: 16 + 2 * index)
                put(UInt32(truncatingIfNeeded: child), at: offset)
                put(UInt16(8), at: offset + 6)
                put(UInt64(index), at: offset + 8)
            }
            put(UInt16(16 + 2 * count), at: 12)
            put(UInt16(4096 - 16 * count), at: 14)
        }

        mutating func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
            withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
        }
    }

    static func emptyPage(number: UInt64, flags: UInt16) -> Page {
        var page = Page(bytes: [UInt8](repeating: 0, count: 4096))
        page.put(number, at: 0)
        page.put(flags, at: 10)
        return page
    }
}
