import EventLog
import Foundation
import LMDB
import PersonalizationStore
import Synchronization
import TestSupport
import Testing

/// A store that is only read: the same answers, and not a byte of its files is changed.
@Suite struct ReadOnlyStoreTests {
    @Test func `answers are those of the writer, and every file stays as it is`() async throws {
        let store = try await DamagedStore()
        let before = try store.state()
        let reading = try Store.openReadOnly(at: store.path)
        #expect(reading.isReadOnly)
        #expect(try await DamagedStore.answers(of: reading) == store.answers)
        #expect(try reading.statistics().checkpointLag > 0, "the newest events were never flushed")
        #expect(try reading.verify().isClean)
        await reading.close()
        #expect(try store.state() == before)
    }

    @Test func `a copy without a lock file gets none by being looked at`() async throws {
        let store = try await DamagedStore()
        try FileManager.default.removeItem(atPath: store.path + "/lock.mdb")
        let before = try store.state()
        #expect(try await DamagedStore.answers(of: try Store.openReadOnly(at: store.path)) == store.answers)
        #expect(try store.state() == before)
    }

    @Test func `whatever would write throws`() async throws {
        let store = try await DamagedStore()
        let reading = try Store.openReadOnly(at: store.path)
        func isRefused(_ body: () async throws -> Void) async -> Bool {
            do { try await body() } catch StoreError.storage(.readOnly(let path)) {
                return path == store.path
            } catch {
                return false
            }
            return false
        }
        let ada = ProfileName(user: "ada", space: "v6")
        let code = try #require(try reading.codes(of: ada).first).version.code
        let writes: [() async throws -> Void] = [
            { _ = try await reading.append(.like(ada, image: "v6/1")) },
            { _ = try await reading.label(code, of: ada, "x") },
            { _ = try await reading.revoke(code, of: ada) },
            { try await reading.setSettings(of: "ada", in: "v6", to: .standard) },
            { try reading.rebuild() },
            { try reading.clearStaleReaders() },
        ]
        for (index, write) in writes.enumerated() { #expect(await isRefused(write), "write \(index)") }
        let before = try store.state()
        await reading.close()
        #expect(try store.state() == before)
    }

    @Test func `a folder without a store is called missing`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: OpenError.self) { try Store.openReadOnly(at: folder.file("nothing")) }
    }

    /// The second process reads what this one, which stays at work, writes to.
    @Test func `beside a running writer a reader registers, and sees what comes`() async throws {
        let store = try await DamagedStore()
        let writing = try Store.open(at: store.path)
        await #expect(processExitsWith: .success) {
            [path = store.path as String, expected = store.answers as [String]] in
            let reading = try Store.openReadOnly(at: path)
            let answers = try await DamagedStore.answers(of: reading)
            #expect(answers == expected)
            // One's own reader is among those that the lock file has.
            let readers = try reading.statistics().readers
            #expect(readers.contains { $0.processID == getpid() })
        }
        await writing.close()
    }

    /// This process begins to read while nobody is there; then a second one opens the store and writes.
    @Test func `a writer that comes later is noticed, and reading goes on after opening again`() async throws {
        let store = try await DamagedStore()
        let (path, base) = (store.path, store.folder.path)
        let outcome = Mutex<String?>(nil)
        // On a thread of its own: the threads of tasks may be waiting for child processes.
        let reader = Thread {
            let found: String
            do { found = try readBeforeAndAfter(path, base) } catch { found = "\(error)" }
            outcome.withLock { $0 = found }
            _ = FileManager.default.createFile(atPath: base + "/done", contents: nil)
        }
        reader.start()
        await #expect(processExitsWith: .success) { [path = path as String, base = base as String] in
            waitForFile(base + "/reads")
            let store = try Store.open(at: path)
            _ = try await store.append(.like(ProfileName(user: "ada", space: "v6"), image: "v6/1"))
            _ = FileManager.default.createFile(atPath: base + "/written", contents: nil)
            waitForFile(base + "/done")
            await store.close()
        }
        #expect(outcome.withLock { $0 } == "noticed, 1 more after opening again")
    }

    @Test func `opening for writing gives up when told, and says who has the lock`() async throws {
        let store = try await DamagedStore()
        let (path, base) = (store.path, store.folder.path)
        // On one thread from its beginning to its end, as a write transaction must be.
        let holder = Thread {
            do {
                let transaction = try Environment.open(directory: path).beginWrite()
                _ = FileManager.default.createFile(atPath: base + "/held", contents: nil)
                waitForFile(base + "/done")
                #expect(transaction.transactionID > 0)
            } catch {
                Issue.record(error)
            }
        }
        holder.start()
        await #expect(processExitsWith: .success) {
            [path = path as String, base = base as String, holder = getpid() as Int32] in
            defer { _ = FileManager.default.createFile(atPath: base + "/done", contents: nil) }
            waitForFile(base + "/held")
            let message = messageOfOpening(path)
            #expect(message.contains("process \(holder) "), "\(message)")
            let head = try Store.openReadOnly(at: path).head()
            #expect(head != nil)
        }
    }
}

/// Opens for writing without patience, and returns what the error says.
private func messageOfOpening(_ path: String) -> String {
    var options = Store.Options()
    options.lockTimeout = .milliseconds(50)
    do throws(OpenError) {
        _ = try Store.open(at: path, options: options)
        return "opened"
    } catch {
        return error.description
    }
}

/// Reads once, lets the writer come, and reads again, which must fail, and then with a store that was opened anew.
private func readBeforeAndAfter(_ path: String, _ base: String) throws -> String {
    let count: UInt64
    var found = "not noticed"
    do {
        let reading = try Store.openReadOnly(at: path)
        count = try reading.head()?.position.number ?? 0
        _ = FileManager.default.createFile(atPath: base + "/reads", contents: nil)
        waitForFile(base + "/written")
        do throws(StoreError) { _ = try reading.head() } catch {
            found = error.storageError?.isOpenedMeanwhile ?? false ? "noticed" : error.description
        }
    }
    let more = (try Store.openReadOnly(at: path).head()?.position.number ?? 0) - count
    return "\(found), \(more) more after opening again"
}

/// Returns when there is a file at a path, or after a minute.
private func waitForFile(_ path: String) {
    for _ in 0..<60_000 where !FileManager.default.fileExists(atPath: path) { usleep(1000) }
}
