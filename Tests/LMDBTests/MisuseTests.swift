import Foundation
import LMDB
import Testing

/// Mistakes of the programmer, which trap with a message where LMDB would hang, or read or write what it must not.
@Suite struct MisuseTests {
    private let directory = TemporaryDirectory()

    /// Holds a transaction where the compiler does not see which thread uses it.
    private final class Smuggler: @unchecked Sendable {
        var transaction: WriteTransaction?

        init(_ transaction: consuming WriteTransaction) { self.transaction = consume transaction }
    }

    @Test func `a second write transaction on a thread traps instead of waiting for itself`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path, options: .creating)
            exitCleanly {
                let writing = try environment.beginWrite()
                try environment.beginWrite().commit()
                try writing.commit()
            }
        }
    }

    @Test func `opening a table on a thread with a write transaction traps`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path, options: .creating)
            exitCleanly {
                let writing = try environment.beginWrite()
                _ = try environment.openTable(name: "numbers", keys: .integer, create: true)
                try writing.commit()
            }
        }
    }

    @Test func `committing on another thread traps instead of hanging the next writer`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path, options: .creating)
            let smuggler = Smuggler(try environment.beginWrite())
            Thread { exitCleanly { try smuggler.transaction.take()?.commit() } }.start()
            sleep(10)
            exit(EXIT_SUCCESS)
        }
    }

    @Test func `aborting on another thread traps too`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path, options: .creating)
            let smuggler = Smuggler(try environment.beginWrite())
            Thread { exitCleanly { smuggler.transaction = nil } }.start()
            sleep(10)
            exit(EXIT_SUCCESS)
        }
    }

    @Test func `an empty key traps`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            exitCleanly { try putAndGet(keyByteCount: 0, at: path) }
        }
    }

    @Test func `a key of 512 bytes traps and one of 511 does not`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            exitCleanly { try putAndGet(keyByteCount: 512, at: path) }
        }
        await #expect(processExitsWith: .success) { [path = directory.store as String] in
            exitCleanly { try putAndGet(keyByteCount: 511, at: path) }
        }
    }

    @Test func `a key of the other kind traps`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path, options: .creating)
            let table = try environment.openTable(name: "names", keys: .bytes, create: true)
            exitCleanly { _ = try environment.load(table, 1) }
        }
    }

    @Test func `the value of a cursor that is on no entry traps`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path, options: .creating)
            let table = try environment.openTable(name: "names", keys: .bytes, create: true)
            let reading = try environment.beginRead()
            var cursor = try reading.makeCursor(table)
            guard try !cursor.moveToNext() else { return }
            let value = cursor.value
            #expect(value.byteCount == 0)
        }
    }

    @Test func `filling fewer bytes than asked for traps`() async {
        await #expect(processExitsWith: .failure) { [path = directory.store as String] in
            let environment = try Environment.open(directory: path, options: .creating)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            exitCleanly {
                var writing = try environment.beginWrite()
                try writing.append(table, integerKey: 1, byteCount: 2) { output in output.append(1) }
            }
        }
    }
}

/// Exits as a success when `body` returns or throws, so that only a trap counts as a failure.
private func exitCleanly(_ body: () throws -> Void) -> Never {
    try? body()
    exit(EXIT_SUCCESS)
}

private func putAndGet(keyByteCount: Int, at path: String) throws {
    let environment = try Environment.open(directory: path, options: .creating)
    let table = try environment.openTable(name: "names", keys: .bytes, create: true)
    let key = [UInt8](repeating: 1, count: keyByteCount)
    var writing = try environment.beginWrite()
    try writing.put(table, key: key.span.bytes, value: key.span.bytes)
    try writing.commit()
}
