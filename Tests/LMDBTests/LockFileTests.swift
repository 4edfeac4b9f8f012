import Foundation
import LMDB
import Testing

/// The lock file has its room before it is mapped: on a full disk that is an error, and no SIGBUS.
@Suite struct LockFileTests {
    private let directory = TemporaryDirectory()
    private var lockPath: String { directory.store + "/lock.mdb" }

    private func makeStore() throws {
        let environment = try Environment.open(directory: directory.store, options: .creating)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
        try environment.store(table, 1, [1])
    }

    private func blocks(of path: String) -> (size: Int, allocated: Int) {
        var status = stat()
        #expect(stat(path, &status) == 0)
        return (Int(status.st_size), Int(status.st_blocks) * 512)
    }

    @Test func `a new lock file has room on the disk for all readers`() throws {
        try makeStore()
        let (size, allocated) = blocks(of: lockPath)
        // LMDB's own: 192 bytes with the first reader, 64 for each other.
        #expect(size == 192 + 1023 * 64)
        #expect(allocated >= size)
        let environment = try Environment.open(directory: directory.store)
        #expect(environment.information.maximumReaders == 1024)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.store).count == 2)
        let mode = try FileManager.default.attributesOfItem(atPath: lockPath)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(arguments: [0, 8192, 65_664, 200_000])
    func `the holes of a lock file that is there are filled`(size: Int) throws {
        try makeStore()
        truncate(lockPath, 0)
        truncate(lockPath, off_t(size))
        let environment = try Environment.open(directory: directory.store)
        let (found, allocated) = blocks(of: lockPath)
        #expect(found == max(size, 65_664) && allocated >= found)
        let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
        #expect(try environment.load(table, 1) == [1])
    }

    /// In a process of its own, which a signal would end.
    @Test func `without a lock file, a full disk is an error that says so`() async throws {
        let disk = try SmallDisk(in: directory)
        guard disk.isMounted else {
            print("skipped: no tmpfs can be mounted here")
            return
        }
        await #expect(processExitsWith: .success) { [disk = disk.path as String] in
            let path = disk + "/store"
            do {
                let environment = try Environment.open(directory: path, options: .creating)
                let table = try environment.openTable(name: "numbers", keys: .integer, create: true)
                try environment.store(table, 1, [1])
            }
            unlink(path + "/lock.mdb")
            SmallDisk.fill(disk)
            let failure = #expect(throws: LMDBError.self) { try Environment.open(directory: path) }
            #expect(failure == .diskFull(path: path + "/lock.mdb"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["data.mdb"])
            // A lock file with holes, as a copy may have it.
            let descriptor = open(path + "/lock.mdb", O_CREAT | O_WRONLY, 0o600)
            ftruncate(descriptor, 65_664)
            close(descriptor)
            #expect(throws: LMDBError.diskFull(path: path + "/lock.mdb")) { try Environment.open(directory: path) }

            unlink(disk + "/filler")
            let environment = try Environment.open(directory: path)
            let table = try environment.openTable(name: "numbers", keys: .integer, create: false)
            #expect(try environment.load(table, 1) == [1])
        }
    }
}

/// A tmpfs of 2 MiB, where the system lets one be mounted; unmounted when this is gone.
final class SmallDisk: Sendable {
    let path: String
    let isMounted: Bool

    init(in directory: TemporaryDirectory) throws {
        path = directory.path + "/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        isMounted = mount("tmpfs", path, "tmpfs", 0, "size=2097152") == 0
    }

    deinit { if isMounted { umount2(path, Int32(MNT_DETACH)) } }

    /// Takes what room is left, down to the last page.
    static func fill(_ path: String) {
        let descriptor = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let page = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, page, page.count) == page.count {}
        close(descriptor)
    }
}
