import Foundation
import LMDB
import Synchronization
import Testing

@Suite struct CommitFailureTests {
    private let directory = TemporaryDirectory()

    /// A limit on the file's size fails the writes of a commit as a disk error would, without one.
    @Test func `a failed commit poisons the environment for writes until it is opened again`() async {
        await #expect(processExitsWith: .success) { [path = directory.store as String] in
            var environment: Environment? = try Environment.open(directory: path, options: .creating)
            let table = try #require(try environment?.openTable(name: "numbers", keys: .integer, create: true))
            try environment?.store(table, 1, [1])
            try limitFiles(to: 1 << 20)
            let failure = #expect(throws: LMDBError.self) { try environment?.store(table, 2, oversized) }
            guard case .io = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(environment?.isPoisoned == true)
            try limitFiles(to: nil)
            #expect(throws: LMDBError.poisoned) { try environment?.store(table, 3, [3]) }
            #expect(throws: LMDBError.poisoned) { try environment?.sync() }
            #expect(try Environment.open(directory: path) === environment)
            #expect(try environment?.load(table, 1) == [1])
            #expect(try environment?.load(table, 2) == nil)
            environment = nil

            let reopened = try Environment.open(directory: path)
            let again = try reopened.openTable(name: "numbers", keys: .integer, create: false)
            try reopened.store(again, 3, [3])
            #expect(try reopened.load(again, 1) == [1])
            #expect(try reopened.load(again, 2) == nil)
            #expect(try reopened.load(again, 3) == [3])
        }
    }

    /// Something may hold the environment a moment longer than the store that was closed.
    @Test func `opening waits for a failed environment that is about to be closed`() async {
        await #expect(processExitsWith: .success) { [path = directory.store as String] in
            let held = Mutex<Environment?>(try Environment.open(directory: path, options: .creating))
            try held.withLock { environment in
                let table = try #require(try environment?.openTable(name: "numbers", keys: .integer, create: true))
                try limitFiles(to: 1 << 20)
                #expect(throws: LMDBError.self) { try environment?.store(table, 2, oversized) }
                try limitFiles(to: nil)
            }
            let release = Thread {
                usleep(100_000)
                held.withLock { $0 = nil }
            }
            release.start()

            let reopened = try Environment.open(directory: path)
            let table = try reopened.openTable(name: "numbers", keys: .integer, create: false)
            try reopened.store(table, 3, [3])
            #expect(try reopened.load(table, 3) == [3])
        }
    }

    @Test func `a writer that waited for one whose commit failed is refused`() async {
        await #expect(processExitsWith: .success) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path, options: .creating)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            try limitFiles(to: 1 << 20)
            let hasBegun = DispatchSemaphore(value: 0)
            let refused = DispatchSemaphore(value: 0)
            let waiter = Thread {
                hasBegun.wait()
                do throws(LMDBError) { try environment.store(table, 3, [3]) } catch {
                    if error == .poisoned { refused.signal() }
                }
            }
            waiter.start()
            var writing = try environment.beginWrite()
            try writing.put(table, integerKey: 2, value: oversized.span.bytes)
            hasBegun.signal()
            usleep(20_000)
            let failure = failureOfCommitting(writing)
            guard case .io = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(refused.wait(timeout: .now() + 10) == .success)
        }
    }

    @Test func `a full map fails the transaction and nothing else`() throws {
        var options = Environment.Options.creating
        options.mapByteCount = 1 << 20
        let environment = try Environment.open(directory: directory.store, options: options)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        try environment.store(table, 1, [1])
        #expect(throws: LMDBError.mapFull(byteCount: 1 << 20)) { try environment.store(table, 2, oversized) }
        #expect(!environment.isPoisoned)
        #expect(try environment.load(table, 2) == nil)
        try environment.store(table, 3, [3])
        #expect(try environment.load(table, 1) == [1])
        #expect(try environment.load(table, 3) == [3])
    }

    @Test func `a transaction in which an operation failed cannot be committed`() throws {
        var options = Environment.Options.creating
        options.mapByteCount = 1 << 20
        let environment = try Environment.open(directory: directory.store, options: options)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        var writing = try environment.beginWrite()
        var failure: LMDBError?
        for key: UInt64 in 0..<1000 where failure == nil {
            do throws(LMDBError) {
                try writing.put(table, integerKey: key, value: [UInt8](repeating: 1, count: 2000).span.bytes)
            } catch { failure = error }
        }
        #expect(failure == .mapFull(byteCount: 1 << 20))
        #expect(failureOfCommitting(writing) == .transactionFailed)
        #expect(!environment.isPoisoned)
        #expect(try environment.load(table, 0) == nil)
        try environment.store(table, 1, [1])
    }
}

private let oversized = [UInt8](repeating: 1, count: 2 << 20)

/// `#expect(throws:)` cannot consume a transaction.
private func failureOfCommitting(_ writing: consuming WriteTransaction) -> LMDBError? {
    do throws(LMDBError) {
        try writing.commit()
        return nil
    } catch {
        return error
    }
}
