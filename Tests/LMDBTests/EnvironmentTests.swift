import Foundation
import LMDB
import Synchronization
import Testing

@Suite struct EnvironmentTests {
    private let directory = TemporaryDirectory()

    @Test func `a store that is missing is an error unless it is to be created`() throws {
        let failure = #expect(throws: LMDBError.self) { try Environment.open(directory: directory.store) }
        #expect(failure == .notFound(path: directory.store))
        #expect(!FileManager.default.fileExists(atPath: directory.store))

        _ = try Environment.open(directory: directory.store, options: .creating)
        _ = try Environment.open(directory: directory.store)
    }

    @Test func `a directory without a data file is no store and stays as it is`() throws {
        let failure = #expect(throws: LMDBError.self) { try Environment.open(directory: directory.path) }
        #expect(failure == .notFound(path: directory.path + "/data.mdb"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test func `what was committed is there after closing and opening again`() throws {
        do {
            let environment = try Environment.open(directory: directory.store, options: .creating)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            try environment.store(table, 1, [42])
        }
        #expect(try openDescriptors(of: directory.store + "/data.mdb").isEmpty)
        let environment = try Environment.open(directory: directory.store)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
        #expect(try environment.load(table, 1) == [42])
    }

    @Test func `a second opening gives the same instance, under any name of the directory`() throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        let link = directory.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory.store)
        for path in [directory.store, directory.store + "/", link, directory.path + "/./store"] {
            #expect(try Environment.open(directory: path) === environment)
        }
        #expect(try openDescriptors(of: directory.store + "/lock.mdb").count == 1)
    }

    @Test func `many threads that open and close at once never have the lock file open twice`() throws {
        _ = try Environment.open(directory: directory.store, options: .creating)
        let counts = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 200) { _ in
            guard let environment = try? Environment.open(directory: directory.store) else { return }
            let count = (try? openDescriptors(of: environment.path + "/lock.mdb").count) ?? 0
            counts.withLock { $0.append(count) }
        }
        #expect(counts.withLock { $0 } == Array(repeating: 1, count: 200))
    }

    @Test func `a transaction keeps its environment open`() throws {
        var environment: Environment? = try Environment.open(directory: directory.store, options: .creating)
        let table = try #require(try environment?.openTable(name: "numbers", keys: .integer, create: true))
        try environment?.store(table, 1, [42])
        guard let reading = try environment?.beginRead() else { throw LMDBError.poisoned }
        environment = nil
        #expect(try bytes(table, 1, in: reading) == [42])
        #expect(try openDescriptors(of: directory.store + "/lock.mdb").count == 1)
    }

    @Test func `a store whose files were replaced while open is not opened beside the old one`() throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        try FileManager.default.removeItem(atPath: directory.store + "/data.mdb")
        let failure = #expect(throws: LMDBError.self) {
            try Environment.open(directory: directory.store, options: .creating)
        }
        guard case .conflictingOpen = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        withExtendedLifetime(environment) {}
    }

    @Test func `no descriptor survives exec, and the files are their owner's alone`() throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        for name in ["data.mdb", "lock.mdb"] {
            let path = directory.store + "/" + name
            let descriptors = try openDescriptors(of: path)
            #expect(!descriptors.isEmpty)
            for descriptor in descriptors { #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0, "\(path)") }
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        withExtendedLifetime(environment) {}
    }

    @Test func `an existing store keeps its map unless it is to be enlarged`() throws {
        var options = Environment.Options.creating
        options.mapByteCount = 8 << 20
        do {
            let environment = try Environment.open(directory: directory.store, options: options)
            #expect(environment.information.mapByteCount == 8 << 20)
            _ = try environment.openTable(name: "numbers", keys: .integer, create: true)
        }
        options.mapByteCount = 32 << 20
        #expect(try Environment.open(directory: directory.store, options: options).information.mapByteCount == 8 << 20)
        options.enlargesMap = true
        do {
            let environment = try Environment.open(directory: directory.store, options: options)
            #expect(environment.information.mapByteCount == 32 << 20)
            _ = try environment.openTable(name: "names", keys: .bytes, create: true)
        }
        options.mapByteCount = 16 << 20
        #expect(try Environment.open(directory: directory.store, options: options).information.mapByteCount == 32 << 20)
    }

    @Test func `a map of a tebibyte is reserved by default and takes no space`() throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        #expect(environment.information.mapByteCount == 1 << 40)
        let size = try FileManager.default.attributesOfItem(atPath: directory.store + "/data.mdb")[.size] as? Int
        #expect(try #require(size) <= 64 << 10)
    }

    @Test func `a read-only environment reads and refuses to write`() throws {
        do {
            let environment = try Environment.open(directory: directory.store, options: .creating)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
            try environment.store(table, 1, [42])
        }
        var options = Environment.Options()
        options.readOnly = true
        let environment = try Environment.open(directory: directory.store, options: options)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
        #expect(try environment.load(table, 1) == [42])
        let denied = LMDBError.permissionDenied(path: directory.store)
        #expect(throws: denied) { try environment.beginWrite().commit() }
        #expect(throws: denied) { try environment.openTable(name: "more", keys: .integer, create: true) }
        #expect(throws: denied) { try environment.sync() }
        let failure = #expect(throws: LMDBError.self) { try Environment.open(directory: directory.store) }
        guard case .conflictingOpen = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func `full durability is not given on an unsynced environment that is open`() throws {
        var options = Environment.Options.creating
        options.durability = .unsynced
        let environment = try Environment.open(directory: directory.store, options: options)
        #expect(try Environment.open(directory: directory.store, options: options) === environment)
        #expect(throws: LMDBError.self) { try Environment.open(directory: directory.store) }
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        try environment.store(table, 1, [1])
        try environment.sync()
    }

    @Test(
        arguments: [
            (0x6969, "NFS"), (0x517B, "SMB"), (0xFF53_4D42, "SMB"), (0xFE53_4D42, "SMB"), (0x0102_1997, "9p"),
            (0xEF53, nil), (0x5846_5342, nil), (0x9123_683E, nil), (0x0102_1994, nil), (0x794C_7630, nil),
            (0x6573_5546, nil),
        ] as [(UInt32, String?)])
    func `network file systems are told by their magic numbers`(type: UInt32, kind: String?) {
        #expect(FileSystem.networkKind(ofType: type) == kind)
    }

    @Test func `every error says what happened and what to do`() {
        let errors: [LMDBError] = [
            .notFound(path: "p"), .alreadyExists(path: "p"), .notADatabase(path: "p", "d"),
            .versionMismatch(path: "p", found: 2), .corrupted("d"), .networkFileSystem(path: "p", kind: "NFS"),
            .conflictingOpen(path: "p", "d"), .tableNotFound(name: "t"), .tableMismatch(name: "t"),
            .tooManyTables(maximum: 1), .keyOutOfOrder, .mapFull(byteCount: 1), .mapResized, .readersFull(maximum: 1),
            .processNumberTaken, .transactionFull, .transactionFailed, .diskFull(path: "p"),
            .io(code: EIO, operation: "o"), .filesReplaced(path: "p", "d"), .panicked, .poisoned,
            .permissionDenied(path: "p"),
        ]
        for error in errors { #expect(error.description.contains(";"), "\(error)") }
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(LMDBError.system(code: EAGAIN, operation: "o").description.hasPrefix("o failed: "))
    }
}
