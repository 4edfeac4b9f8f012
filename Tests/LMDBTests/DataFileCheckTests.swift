import Foundation
import LMDB
import Testing

@Suite struct DataFileCheckTests {
    private let directory = TemporaryDirectory()
    private var dataPath: String { directory.store + "/data.mdb" }

    private func makeStore(entryCount: UInt64) throws -> [UInt8] {
        do {
            let environment = try Environment.open(directory: directory.store, options: .creating)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            var writing = try environment.beginWrite()
            for key in 0..<entryCount {
                try writing.append(table, integerKey: key, value: [UInt8](repeating: 1, count: 100).span.bytes)
            }
            try writing.commit()
        }
        return Array(try Data(contentsOf: URL(fileURLWithPath: dataPath)))
    }

    private func write(_ content: [UInt8]) throws {
        try FileManager.default.createDirectory(atPath: directory.store, withIntermediateDirectories: true)
        try Data(content).write(to: URL(fileURLWithPath: dataPath))
    }

    private func failureOfOpening() -> LMDBError? {
        do throws(LMDBError) {
            _ = try Environment.open(directory: directory.store)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        Array("this is a text file".utf8), [UInt8](repeating: 0, count: 8192), [UInt8](repeating: 0xFF, count: 8192),
        Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0, count: 8192), [0],
    ])
    func `a file of another kind is not a database`(content: [UInt8]) throws {
        try write(content)
        guard case .notADatabase(dataPath, _) = failureOfOpening() else {
            Issue.record("\(String(describing: failureOfOpening()))")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: directory.store + "/lock.mdb"))
        #expect(try Array(Data(contentsOf: URL(fileURLWithPath: dataPath))) == content)
    }

    @Test func `a directory in the place of the data file is not a database`() throws {
        try FileManager.default.createDirectory(atPath: dataPath, withIntermediateDirectories: true)
        guard case .notADatabase(dataPath, _) = failureOfOpening() else {
            Issue.record("\(String(describing: failureOfOpening()))")
            return
        }
    }

    @Test func `a file of a newer data format is a version mismatch`() throws {
        var content = try makeStore(entryCount: 1)
        for meta in [0, 4096] { content[meta + 20] = 2 }
        try write(content)
        #expect(failureOfOpening() == .versionMismatch(path: dataPath, found: 2))
    }

    /// What LMDB leaves when it cannot write a meta page: the old number and last page over the new roots.
    @Test func `a root beyond the file is damage in the last commit's page only`() throws {
        let content = try makeStore(entryCount: 1000)
        func number(_ offset: Int) -> UInt64 {
            content.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        }
        let pages = [0, 4096].sorted { number($0 + 144) < number($1 + 144) }
        let (older, newer) = (pages[0], pages[1])
        func writeStray(in page: Int) throws -> UInt64 {
            let root = number(page + 136) + 3
            var damaged = content
            withUnsafeBytes(of: root.littleEndian) { damaged.replaceSubrange((page + 128)..<(page + 136), with: $0) }
            try write(damaged)
            return root
        }

        _ = try writeStray(in: newer)
        guard case .corrupted = failureOfOpening() else {
            Issue.record("\(String(describing: failureOfOpening()))")
            return
        }
        let root = try writeStray(in: older)
        let environment = try Environment.open(directory: directory.store)
        let order = try environment.checkMetaPages(growingTable: "numbers")
        #expect(order == .earlierIsAstray(root: root, lastPage: number(older + 136)))
        // The next commit replaces the page.
        let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
        var writing = try environment.beginWrite()
        try writing.append(table, integerKey: 1000, value: [UInt8](repeating: 1, count: 100).span.bytes)
        try writing.commit()
        #expect(try environment.checkMetaPages(growingTable: "numbers") == .sound)
    }

    @Test func `a file cut off anywhere is an error and never a crash`() throws {
        let content = try makeStore(entryCount: 1000)
        #expect(content.count > 20 * 4096)
        var lengths = Array(stride(from: 4096, to: content.count, by: 4096))
        lengths += [1, 15, 16, 151, 152, 4095, 4097, 4096 + 151, content.count - 1, content.count - 4095]
        for length in lengths {
            try write(Array(content.prefix(length)))
            switch failureOfOpening() {
            case .corrupted: #expect(length >= 4096 + 152)
            case .notADatabase: #expect(length < 4096 + 152)
            case let other: Issue.record("\(length) bytes: \(String(describing: other))")
            }
        }
        try write(content)
        #expect(failureOfOpening() == nil)
    }

    @Test(
        arguments: [
            (40, 0), (40, 3), (40, 0xFFFF_FFFF), (80, 0x7FFF_FFFF), (128, 0x7FFF_FFFF), (128, 1), (136, 0),
            (136, 0x7FFF_FFFF),
        ] as [(Int, UInt32)])
    func `a meta page that contradicts itself is damage`(offset: Int, value: UInt32) throws {
        var content = try makeStore(entryCount: 10)
        for meta in [0, 4096] {
            let field = meta + offset
            for byte in 0..<4 { content[field + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte))) }
            if offset != 40 { for byte in 4..<8 { content[field + byte] = 0 } }
        }
        try write(content)
        guard case .corrupted = failureOfOpening() else {
            Issue.record("\(String(describing: failureOfOpening()))")
            return
        }
    }

    /// LMDB does not write pages that a transaction took at the end of the file and left unused, once it has taken free
    /// pages from its list. The largest case makes a list that is longer than a page.
    @Test(arguments: [50, 400, 4000] as [UInt64])
    func `a file that only lacks free pages is sound, and one that lacks more is not`(entryCount: UInt64) throws {
        var usedByteCount = 0
        do {
            let environment = try Environment.open(directory: directory.store, options: .creating)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            for value: UInt8 in 1...3 { try environment.store(table, 10_000, [value]) }
            try fillAndEmpty(table, of: environment, entryCount: entryCount)
            usedByteCount = environment.information.usedByteCount
            #expect(try environment.freePageCount() >= Int(entryCount) / 4)
        }
        let size = try #require(try FileManager.default.attributesOfItem(atPath: dataPath)[.size] as? Int)
        #expect(size < usedByteCount, "the case that this test is about")
        do {
            let environment = try Environment.open(directory: directory.store)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
            #expect(try environment.load(table, 10_000) == [3])
        }
        truncate(dataPath, 2 * 4096)
        guard case .corrupted = failureOfOpening() else {
            Issue.record("\(String(describing: failureOfOpening()))")
            return
        }
    }

    private func fillAndEmpty(_ table: Table, of environment: Environment, entryCount: UInt64) throws {
        let value = [UInt8](repeating: 1, count: 1000)
        var writing = try environment.beginWrite()
        for key in 0..<entryCount { try writing.put(table, integerKey: key, value: value.span.bytes) }
        for key in (0..<entryCount).reversed() { #expect(try writing.delete(table, integerKey: key)) }
        try writing.commit()
    }

    @Test func `a changed transaction number is found, whichever bit it is`() throws {
        do {
            let environment = try Environment.open(directory: directory.store, options: .creating)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            for key in 0..<5 as Range<UInt64> { try environment.store(table, key, [1]) }
            #expect(try environment.checkMetaPages(growingTable: "numbers") == .sound)
            #expect(try environment.checkMetaPages(growingTable: "no such table") == .sound)
        }
        let sound = Array(try Data(contentsOf: URL(fileURLWithPath: dataPath)))
        for page in 0..<2 {
            for bit in 0..<64 {
                var content = sound
                content[page * 4096 + 144 + bit / 8] ^= 1 << (bit % 8)
                try Data(content).write(to: URL(fileURLWithPath: dataPath))
                var isFound = false
                do throws(LMDBError) {
                    let environment = try Environment.open(directory: directory.store)
                    isFound = try environment.checkMetaPages(growingTable: "numbers") != .sound
                } catch {
                    isFound = true
                }
                #expect(isFound, "page \(page), bit \(bit)")
            }
        }
        try Data(sound).write(to: URL(fileURLWithPath: dataPath))
        #expect(
            try Environment.open(directory: directory.store).checkMetaPages(growingTable: "numbers") == .sound)
    }
}
