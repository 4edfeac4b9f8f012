import Foundation
import LMDB
import Synchronization
import Testing

@Suite struct ReaderTests {
    private let directory = TemporaryDirectory()

    private func open(maximumReaders: Int = 1024) throws -> (Environment, Table) {
        var options = Environment.Options.creating
        options.maximumReaders = maximumReaders
        let environment = try Environment.open(directory: directory.store, options: options)
        return (environment, try environment.openTable(name: "numbers", keys: .integer, create: true))
    }

    @Test func `many threads share a pool of reader slots and each sees whole commits`() throws {
        let (environment, table) = try open(maximumReaders: 64)
        try environment.store(table, 1, [0, 0])
        let wrong = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<500 {
                if thread == 0, round % 10 == 0 {
                    let value = UInt8(truncatingIfNeeded: round)
                    do { try environment.store(table, 1, [value, value]) } catch { wrong.add(1, ordering: .relaxed) }
                }
                let value = try? environment.load(table, 1)
                if value?.count != 2 || value?[0] != value?[1] { wrong.add(1, ordering: .relaxed) }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
        #expect(environment.information.usedReaderSlotCount <= 8)
        #expect(environment.readTransactionAges.isEmpty)
        #expect(try environment.readers().allSatisfy { $0.transactionID == nil })
    }

    @Test func `reader slots beyond those that wait for reuse are given back`() throws {
        let (environment, _) = try open(maximumReaders: 64)
        func nest(_ depth: Int) throws {
            let reading = try environment.beginRead()
            if depth > 1 {
                try nest(depth - 1)
            } else {
                #expect(try environment.readers().count == 40)
            }
            #expect(reading.transactionID > 0)
        }
        try nest(40)
        #expect(try environment.readers().count == 64 / 8)
    }

    @Test func `a reader too many is an error, and there is room again when one has ended`() throws {
        let (environment, table) = try open(maximumReaders: 2)
        try environment.store(table, 1, [1])
        let first = try environment.beginRead()
        func fill() throws {
            let second = try environment.beginRead()
            #expect(throws: LMDBError.readersFull(maximum: 2)) { _ = try environment.load(table, 1) }
            #expect(try bytes(table, 1, in: second) == [1])
        }
        try fill()
        #expect(try environment.load(table, 1) == [1])
        #expect(try bytes(table, 1, in: first) == [1])
    }

    @Test func `a reader that waits gets the slot that another thread gives back`() throws {
        let (environment, table) = try open(maximumReaders: 1)
        try environment.store(table, 1, [1])
        let hasBegun = DispatchSemaphore(value: 0)
        let succeeded = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 2) { thread in
            if thread == 0 {
                guard let reading = try? environment.beginRead() else {
                    hasBegun.signal()
                    return
                }
                hasBegun.signal()
                usleep(2000)
                if (try? bytes(table, 1, in: reading)) == [1] { succeeded.add(1, ordering: .relaxed) }
            } else {
                hasBegun.wait()
                if (try? environment.load(table, 1)) == [1] { succeeded.add(1, ordering: .relaxed) }
            }
        }
        #expect(succeeded.load(ordering: .relaxed) == 2)
    }

    @Test func `the ages of open read transactions are told by the clock, longest first`() throws {
        let clock = ManualClock()
        let environment = try Environment.open(directory: directory.store, options: .creating, clock: clock)
        #expect(environment.oldestReadTransactionAge == nil)
        let first = try environment.beginRead()
        clock.advance(by: .seconds(5))
        let second = try environment.beginRead()
        clock.advance(by: .milliseconds(250))
        #expect(environment.readTransactionAges == [.milliseconds(5250), .milliseconds(250)])
        #expect(environment.oldestReadTransactionAge == .milliseconds(5250))
        #expect(first.transactionID == second.transactionID)
    }

    @Test func `the system's clock tells ages too`() throws {
        let (environment, _) = try open()
        let reading = try environment.beginRead()
        usleep(30_000)
        let age = try #require(environment.oldestReadTransactionAge)
        #expect(age >= .milliseconds(20) && age < .seconds(600))
        #expect(reading.transactionID > 0)
    }

    @Test func `the list of readers names process, thread and pinned commit`() throws {
        let (environment, table) = try open()
        try environment.store(table, 1, [1])
        let reading = try environment.beginRead()
        let readers = try environment.readers()
        #expect(readers.map(\.processID) == [getpid()])
        #expect(readers.map(\.threadID) == [UInt64(pthread_self())])
        #expect(readers.map(\.transactionID) == [reading.transactionID])
        #expect(environment.information.lastTransactionID == reading.transactionID)
    }

    @Test func `a commit after a reader began leaves its pages in place`() throws {
        let (environment, table) = try open()
        let old = [UInt8](repeating: 1, count: 1000)
        for key: UInt64 in 0..<100 { try environment.store(table, key, old) }
        let reading = try environment.beginRead()
        for key: UInt64 in 0..<100 { try environment.store(table, key, [UInt8](repeating: 2, count: 1000)) }
        for key: UInt64 in 0..<100 { #expect(try bytes(table, key, in: reading) == old) }
        #expect(try environment.freePageCount() > 100)
    }
}
