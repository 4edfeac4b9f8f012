import CLMDB
import Foundation
import LMDB
import Testing

/// Reading without registering, which leaves every file as it is.
@Suite struct ReadOnlyTests {
    private let directory = TemporaryDirectory()

    private var reading: Environment.Options {
        var options = Environment.Options()
        options.readOnly = true
        options.registersOnlyBesideOthers = true
        return options
    }

    /// A store with three entries that nobody has open.
    private func makeStore() throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        for number in 1...3 as ClosedRange<UInt64> { try environment.store(table, number, [UInt8(number)]) }
    }

    private func content(_ name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: directory.store + "/" + name))
    }

    @Test func `nobody is there, so nothing is written`() throws {
        try makeStore()
        let before = try (content("data.mdb"), content("lock.mdb"))
        do {
            let environment = try Environment.open(directory: directory.store, options: reading)
            #expect(!environment.registersReaders)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
            #expect(try environment.load(table, 3) == [3])
            #expect(try environment.checkMetaPagesUnlocked(growingTable: "numbers") == .sound)
            #expect(try environment.readers() == [])
        }
        #expect(try content("data.mdb") == before.0)
        #expect(try content("lock.mdb") == before.1)
    }

    @Test func `a missing lock file is not made`() throws {
        try makeStore()
        try FileManager.default.removeItem(atPath: directory.store + "/lock.mdb")
        let environment = try Environment.open(directory: directory.store, options: reading)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
        #expect(try environment.load(table, 1) == [1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.store) == ["data.mdb"])
    }

    @Test func `the meta pages are judged without the lock as with it`() throws {
        try makeStore()
        let path = directory.store + "/data.mdb"
        let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        // The number of the last commit's page, at offset 144, is made one that does not follow the other's.
        let first = data[144]
        let second = data[pageByteCount + 144]
        data[(first > second ? 0 : pageByteCount) + 144] ^= 0x10
        try data.write(to: URL(fileURLWithPath: path))
        let environment = try Environment.open(directory: directory.store, options: reading)
        #expect(throws: LMDBError.self) { try environment.checkMetaPagesUnlocked(growingTable: "numbers") }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == data)
    }

    @Test func `a table is discarded whatever stands under its name`() throws {
        try makeStore()
        try putPlainEntry("entry")
        let environment = try Environment.open(directory: directory.store)
        #expect(throws: LMDBError.tableMismatch(name: "entry")) {
            try environment.openTable(name: "entry", keys: .bytes, create: true)
        }
        var writing = try environment.beginWrite()
        for name in ["entry", "numbers", "nothing"] {
            try writing.discardTable(name: name)
            _ = try writing.openTable(name: name, keys: .bytes, create: true)
        }
        try writing.commit()
        let table = try environment.openTable(name: "numbers", keys: .bytes, create: false)
        #expect(try environment.beginRead().entryCount(table) == 0)
    }

    /// Puts an entry into the main table that is no table, which only LMDB's own interface can.
    private func putPlainEntry(_ name: String) throws {
        var environment: OpaquePointer?
        var transaction: OpaquePointer?
        var main: MDB_dbi = 0
        #expect(mdb_env_create(&environment) == 0)
        #expect(mdb_env_set_maxdbs(environment, 4) == 0)
        #expect(mdb_env_open(environment, directory.store, 0, 0o600) == 0)
        #expect(mdb_txn_begin(environment, nil, 0, &transaction) == 0)
        #expect(mdb_dbi_open(transaction, nil, 0, &main) == 0)
        var key = Array(name.utf8)
        var value: [UInt8] = [1, 2, 3]
        let code = key.withUnsafeMutableBytes { key in
            value.withUnsafeMutableBytes { value in
                var keyValue = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
                var valueValue = MDB_val(mv_size: value.count, mv_data: value.baseAddress)
                return mdb_put(transaction, main, &keyValue, &valueValue, 0)
            }
        }
        #expect(code == 0)
        #expect(mdb_txn_commit(transaction) == 0)
        mdb_env_close(environment)
    }
}
