import Foundation
import LMDB
import Testing

@Suite struct CopyTests {
    private let directory = TemporaryDirectory()
    private let environment: Environment
    private let table: Table
    private var copyPath: String { directory.path + "/copy" }

    init() throws {
        environment = try Environment.open(directory: directory.store, options: .creating)
        table = try environment.openTable(name: "numbers", keys: .integer, create: true)
    }

    private func fill() throws {
        var writing = try environment.beginWrite()
        for key: UInt64 in 0..<2000 {
            let value = [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: Int(key % 3000))
            try writing.append(table, integerKey: key, value: value.span.bytes)
        }
        try writing.commit()
        var deleting = try environment.beginWrite()
        for key in stride(from: UInt64(0), to: 2000, by: 2) { #expect(try deleting.delete(table, integerKey: key)) }
        try deleting.commit()
    }

    @Test func `a copy has every entry, no free pages, and the same map`() throws {
        try fill()
        try environment.copyCompacting(toDirectory: copyPath)
        let copy = try Environment.open(directory: copyPath)
        let copied = try copy.openTable(name: "numbers", keys: .integer, create: false)
        let original = try environment.beginRead()
        let reading = try copy.beginRead()
        var left = try original.makeCursor(table)
        var right = try reading.makeCursor(copied)
        var count = 0
        while try left.moveToNext() {
            #expect(try right.moveToNext())
            #expect(left.integerKey == right.integerKey)
            #expect(left.value.array == right.value.array)
            count += 1
        }
        #expect(try !right.moveToNext())
        #expect(count == 1000)
        #expect(try environment.freePageCount() > 0)
        #expect(try copy.freePageCount() == 0)
        #expect(copy.information.usedByteCount < environment.information.usedByteCount)
        #expect(copy.information.mapByteCount == environment.information.mapByteCount)
        let mode = try FileManager.default.attributesOfItem(atPath: copyPath + "/data.mdb")[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a copy of an empty store opens`() throws {
        try environment.copyCompacting(toDirectory: copyPath)
        #expect(try Environment.open(directory: copyPath).findTable(name: "numbers", keys: .integer) != nil)
    }

    @Test func `nothing that exists is copied over`() throws {
        try FileManager.default.createDirectory(atPath: copyPath, withIntermediateDirectories: true)
        #expect(throws: LMDBError.alreadyExists(path: copyPath)) {
            try environment.copyCompacting(toDirectory: copyPath)
        }
        #expect(throws: LMDBError.alreadyExists(path: directory.store)) {
            try environment.copyCompacting(toDirectory: directory.store)
        }
        #expect(try environment.load(table, 1) == nil)
    }

    @Test func `a copy that fails leaves nothing`() async throws {
        try fill()
        await #expect(processExitsWith: .success) {
            [store = directory.store as String, copyPath = copyPath as String] in
            let environment = try Environment.open(directory: store)
            try limitFiles(to: 64 << 10)
            #expect(throws: LMDBError.self) { try environment.copyCompacting(toDirectory: copyPath) }
            #expect(!FileManager.default.fileExists(atPath: copyPath))
        }
        #expect(throws: LMDBError.notFound(path: directory.path + "/absent/copy")) {
            try environment.copyCompacting(toDirectory: directory.path + "/absent/copy")
        }
    }
}
