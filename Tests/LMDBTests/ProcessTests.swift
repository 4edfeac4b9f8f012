import Foundation
import LMDB
import Synchronization
import Testing

/// What happens between processes; the second one is the body of an exit test.
@Suite struct ProcessTests {
    private let directory = TemporaryDirectory()

    @Test func `the slot of a reader that was killed is cleared`() async throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        try environment.store(table, 1, [1])
        let pinned = environment.information.lastTransactionID
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path)
            let reading = try environment.beginRead()
            #expect(reading.transactionID > 0)
            kill(getpid(), SIGKILL)
        }
        let others = try environment.readers().filter { $0.processID != getpid() }
        #expect(others.map(\.transactionID) == [pinned])
        #expect(try environment.clearStaleReaders() == 1)
        #expect(try environment.readers().allSatisfy { $0.processID == getpid() })
    }

    @Test func `a reader finds a slot when killed ones took all`() async throws {
        var options = Environment.Options.creating
        options.maximumReaders = 3
        let environment = try Environment.open(directory: directory.store, options: options)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path)
            let first = try environment.beginRead()
            let second = try environment.beginRead()
            let third = try environment.beginRead()
            #expect(first.transactionID + second.transactionID + third.transactionID > 0)
            kill(getpid(), SIGKILL)
        }
        #expect(try environment.readers().count == 3)
        #expect(try environment.load(table, 1) == nil)
    }

    @Test func `a writer that was killed leaves the lock and the last commit`() async throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        try environment.store(table, 1, [1])
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
            try environment.store(table, 2, [2])
            var writing = try environment.beginWrite()
            try writing.put(table, integerKey: 3, value: raw([3]).span.bytes)
            kill(getpid(), SIGKILL)
            try writing.commit()
        }
        #expect(try environment.load(table, 2) == [2])
        #expect(try environment.load(table, 3) == nil)
        try environment.store(table, 3, [33])
        #expect(try environment.load(table, 3) == [33])
    }

    @Test func `two processes that write by turns lose nothing of each other`() async throws {
        var options = Environment.Options.creating
        options.durability = .unsynced
        let environment = try Environment.open(directory: directory.store, options: options)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        let path = directory.store
        let here = Task.detached { try appendTurns(500, to: table, of: environment, mark: 1) }
        await #expect(processExitsWith: .success) { [path = path as String] in
            var options = Environment.Options()
            options.durability = .unsynced
            let environment = try Environment.open(directory: path, options: options)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
            try appendTurns(500, to: table, of: environment, mark: 2)
        }
        try await here.value
        let reading = try environment.beginRead()
        var counts: [UInt8: Int] = [:]
        var expected: UInt64 = 1
        var cursor = try reading.makeCursor(table)
        while try cursor.moveToNext() {
            #expect(cursor.integerKey == expected)
            expected += 1
            counts[cursor.value.array[0], default: 0] += 1
        }
        #expect(counts == [1: 500, 2: 500])
    }

    /// As two containers that share a volume but not their PID namespaces would: each is, say, process 7.
    @Test func `a process whose number another one has marked is told so`() async throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        let base = directory.path
        let outcome = Mutex<LMDBError?>(nil)
        // On a thread of its own. Other tests may block the threads of tasks until every child process of this one has
        // ended, since children inherit what others are waiting to see closed; this one's child waits for this thread.
        let here = Thread {
            waitForFile(base + "/locked")
            do throws(LMDBError) { _ = try environment.beginRead().transactionID } catch {
                outcome.withLock { $0 = error }
            }
            _ = FileManager.default.createFile(atPath: base + "/done", contents: nil)
        }
        here.start()
        await #expect(processExitsWith: .success) { [base = base as String, number = getpid() as Int32] in
            let descriptor = Glibc.open(base + "/store/lock.mdb", O_RDWR)
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            lock.l_start = off_t(number)
            lock.l_len = 1
            let code = fcntl(descriptor, F_SETLK, &lock)
            #expect(code == 0)
            _ = FileManager.default.createFile(atPath: base + "/locked", contents: nil)
            waitForFile(base + "/done")
        }
        #expect(outcome.withLock { $0 } == .processNumberTaken)
        #expect(try environment.beginRead().transactionID == 0)
    }
}

/// Returns when there is a file at a path, or after a minute.
private func waitForFile(_ path: String) {
    for _ in 0..<60_000 where !FileManager.default.fileExists(atPath: path) { usleep(1000) }
}

/// Appends one entry a transaction, so that another process gets its turn between any two.
private func appendTurns(_ count: Int, to table: Table, of environment: Environment, mark: UInt8) throws {
    for _ in 0..<count {
        var writing = try environment.beginWrite()
        let next = (try writing.lastIntegerKey(in: table) ?? 0) + 1
        try writing.append(table, integerKey: next, value: [mark].span.bytes)
        try writing.commit()
    }
}
