import Foundation
import LMDB
import Testing

/// A full map is no dead end.
@Suite struct MapGrowthTests {
    private let directory = TemporaryDirectory()

    private static let value = [UInt8](repeating: 7, count: 1000)

    /// Appends until the map is full, and returns what that was called.
    private func fill(_ environment: Environment, _ table: Table) throws -> LMDBError {
        while true {
            do throws(LMDBError) {
                var writing = try environment.beginWrite()
                let next = (try writing.lastIntegerKey(in: table) ?? 0) + 1
                try writing.append(table, integerKey: next, value: Self.value.span.bytes)
                try writing.commit()
            } catch {
                return error
            }
        }
    }

    @Test func `a full map is enlarged by another process, and this one is told to open the store again`() async throws
    {
        var options = Environment.Options.creating
        options.mapByteCount = 1 << 20
        do {
            let environment = try Environment.open(directory: directory.store, options: options)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            let failure = try fill(environment, table)
            #expect(failure == .mapFull(byteCount: 1 << 20))
            #expect(failure.description.contains("storectl grow"))
            #expect(!environment.isPoisoned)

            await #expect(processExitsWith: .success) { [path = directory.store as String] in
                var options = Environment.Options()
                options.mapByteCount = 4 << 20
                options.enlargesMap = true
                let environment = try Environment.open(directory: path, options: options)
                let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
                try environment.store(table, 0, [0])
            }
            #expect(try Environment.storedMapByteCount(directory: directory.store) == 4 << 20)
            #expect(try fill(environment, table) == .mapResized)
            options.mapByteCount = 4 << 20
            options.enlargesMap = true
            let failureOfOpening = #expect(throws: LMDBError.self) {
                try Environment.open(directory: directory.store, options: options)
            }
            guard case .conflictingOpen? = failureOfOpening else {
                Issue.record("\(String(describing: failureOfOpening))")
                return
            }
        }
        let environment = try Environment.open(directory: directory.store)
        #expect(environment.information.mapByteCount == 4 << 20)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
        let count = try #require(try environment.beginRead().lastIntegerKey(in: table))
        #expect(try fill(environment, table) == .mapFull(byteCount: 4 << 20))
        #expect(try #require(try environment.beginRead().lastIntegerKey(in: table)) > count * 3)
        #expect(try environment.checkPages().faults.isEmpty)
    }
}
