import Foundation
import LMDB
import Synchronization
import Testing

/// Nothing is acknowledged that is not in the files which the next opening will find.
@Suite struct OwnFilesTests {
    private let directory = TemporaryDirectory()
    private var dataPath: String { directory.store + "/data.mdb" }
    private var lockPath: String { directory.store + "/lock.mdb" }
    private let files = FileManager.default

    private func makeStore() throws -> (Environment, Table) {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        try environment.store(table, 1, [1])
        return (environment, table)
    }

    private func expectRefusal(of environment: Environment, _ table: Table) {
        for _ in 0..<2 {
            let failure = #expect(throws: LMDBError.self) { try environment.store(table, 2, [2]) }
            guard case .filesReplaced? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
        #expect((try? environment.load(table, 1)) == [1], "reading goes on")
        #expect(!environment.isPoisoned)
    }

    enum Change: CaseIterable {
        case dataRemoved, dataReplaced, lockRemoved, lockReplaced, folderMoved, folderReplaced, copiedOver
    }

    private func make(_ change: Change) throws {
        let copy = directory.path + "/copy"
        switch change {
        case .dataRemoved: try files.removeItem(atPath: dataPath)
        case .lockRemoved: try files.removeItem(atPath: lockPath)
        case .dataReplaced:
            try files.copyItem(atPath: dataPath, toPath: copy)
            #expect(rename(copy, dataPath) == 0)
        case .lockReplaced:
            try files.copyItem(atPath: lockPath, toPath: copy)
            #expect(rename(copy, lockPath) == 0)
        case .folderMoved: #expect(rename(directory.store, copy) == 0)
        case .folderReplaced:
            try files.copyItem(atPath: directory.store, toPath: copy)
            #expect(rename(directory.store, directory.path + "/old") == 0)
            #expect(rename(copy, directory.store) == 0)
        case .copiedOver:
            // What `cp backup/data.mdb store/data.mdb` does: the same file has other bytes, of another transaction.
            var file = try RawDataFile(dataPath)
            for meta in [0, 4096] { file.set(meta + 144, to: file.number(meta + 144) + 10) }
            try file.write(to: dataPath)
        }
    }

    @Test(arguments: Change.allCases)
    func `a writer refuses when its files are others`(change: Change) throws {
        let (environment, table) = try makeStore()
        try make(change)
        expectRefusal(of: environment, table)
    }

    @Test(arguments: Change.allCases)
    func `a commit that is under way when its files become others is not acknowledged`(change: Change) throws {
        let (environment, table) = try makeStore()
        var writing = try environment.beginWrite()
        try writing.put(table, integerKey: 2, value: raw([2]).span.bytes)
        try make(change)
        var failure: LMDBError?
        do throws(LMDBError) { try writing.commit() } catch { failure = error }
        guard case .filesReplaced? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        // Bytes that are copied over the open file are noticed when the commit is in it.
        if change == .copiedOver { return }
        #expect(try environment.load(table, 2) == nil, "nothing was written")
        expectRefusal(of: environment, table)
    }

    @Test func `files that came back are not trusted until the store is opened again`() throws {
        var opened: (Environment, Table)? = try makeStore()
        if let (environment, table) = opened {
            #expect(rename(lockPath, lockPath + ".away") == 0)
            expectRefusal(of: environment, table)
            #expect(rename(lockPath + ".away", lockPath) == 0)
            expectRefusal(of: environment, table)
        }
        opened = nil
        let environment = try Environment.open(directory: directory.store)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
        try environment.store(table, 2, [2])
        #expect(try environment.load(table, 2) == [2])
    }

    @Test func `a relative path means the same store in another working directory`() async {
        await #expect(processExitsWith: .success) { [base = directory.path as String] in
            #expect(FileManager.default.changeCurrentDirectoryPath(base))
            let environment = try Environment.open(directory: "store", options: .creating)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            #expect(FileManager.default.changeCurrentDirectoryPath("/"))
            try environment.store(table, 1, [1])
        }
    }

    /// The lock file is deleted under a writer, and a second process makes another one: two writers with a lock each.
    @Test(arguments: 0..<5)
    func `no acknowledged entry is lost when the lock file is deleted under two writers`(round: Int) async throws {
        let (environment, table) = try makeStore()
        let acknowledged = Mutex<[UInt64]>([])
        let isDone = Atomic(false)
        let base = directory.path
        let here = Thread {
            var last: UInt64 = 1
            while !isDone.load(ordering: .relaxed) {
                guard let next = try? appendOne(to: table, of: environment, mark: 1) else { break }
                acknowledged.withLock { $0.append(next) }
                last = next
                // The other one begins when there is something to lose.
                if last == 50 { unlink(base + "/store/lock.mdb") }
            }
            _ = FileManager.default.createFile(atPath: base + "/stopped", contents: nil)
        }
        here.start()
        await #expect(processExitsWith: .success) { [base = base as String] in
            while FileManager.default.fileExists(atPath: base + "/store/lock.mdb") { usleep(100) }
            let file = try #require(fopen(base + "/acknowledged", "w"))
            var count = 0
            // It may meet the other one's last commit; then it has written nothing, and opens the store again.
            for _ in 0..<3 where count == 0 {
                let environment = try Environment.open(directory: base + "/store")
                let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
                while count < 300, let next = try? appendOne(to: table, of: environment, mark: 2) {
                    fputs("\(next)\n", file)
                    count += 1
                }
            }
            fclose(file)
            #expect(count == 300)
        }
        isDone.store(true, ordering: .relaxed)
        while !files.fileExists(atPath: base + "/stopped") { usleep(1000) }
        let others = try String(contentsOfFile: base + "/acknowledged", encoding: .utf8).split(separator: "\n")
        let copy = try Environment.open(directory: try copyOfStore())
        let copied = try copy.openTable(name: "numbers", keys: .integer, create: false)
        #expect(try copy.checkPages().faults.isEmpty)
        for key in acknowledged.withLock({ $0 }) { #expect(try copy.load(copied, key) == [1], "entry \(key)") }
        for key in others.compactMap({ UInt64($0) }) { #expect(try copy.load(copied, key) == [2], "entry \(key)") }
    }

    /// This process still has the old lock file open, so it cannot open the store itself.
    private func copyOfStore() throws -> String {
        let path = directory.path + "/copied"
        try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        try files.copyItem(atPath: dataPath, toPath: path + "/data.mdb")
        return path
    }
}

/// Appends one entry after the last and returns its key once it is acknowledged.
private func appendOne(to table: Table, of environment: Environment, mark: UInt8) throws -> UInt64 {
    var writing = try environment.beginWrite()
    let next = (try writing.lastIntegerKey(in: table) ?? 0) + 1
    try writing.append(table, integerKey: next, value: raw([mark]).span.bytes)
    try writing.commit()
    return next
}
