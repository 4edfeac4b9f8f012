import Foundation
import Testing

/// On a full disk, commands say so; none dies of a signal, calls the store damaged, or leaves something behind.
@Suite struct FullDiskTests {
    @Test func `without a lock file reading works, and what writes says that there is no space`() throws {
        let storectl = try Storectl.withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let disk = try SmallDisk(in: storectl.folder, byteCount: 8 << 20)
        guard disk.isMounted else {
            print("skipped: no tmpfs can be mounted here")
            return
        }
        let copy = disk.path + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        let names = ["checkpoint", "data.mdb", "journal.a", "journal.b"]
        for name in names {
            try FileManager.default.copyItem(atPath: storectl.store + "/" + name, toPath: copy + "/" + name)
        }
        disk.fill()
        for command in [["stats"], ["verify"], ["log"], ["codes", "ada", "--space", "v6"]] {
            let outcome = try storectl.run(command + ["--store", copy])
            #expect(outcome.status == 0, "\(command) needs no lock file: \(outcome.output)\(outcome.errors)")
        }
        for command in [["like", "ada", "i/1", "--space", "v6"], ["rebuild"]] {
            let outcome = try storectl.run(command + ["--store", copy])
            #expect(outcome.status == 3, "\(command): \(outcome.output)\(outcome.errors)")
            #expect(outcome.errors.contains("no space is left"), "\(command): \(outcome.errors)")
            #expect(!outcome.errors.contains("damaged"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy).sorted() == names)

        let fresh = try storectl.run(["init", "--store", disk.path + "/fresh"])
        #expect(fresh.status == 3 && fresh.errors.contains("no space is left"), "\(fresh.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).sorted() == ["copy", "filler"])

        try FileManager.default.removeItem(atPath: disk.path + "/filler")
        #expect(try storectl.run(["verify", "--store", copy]).status == 0)
    }

    @Test func `init makes its folder for its owner only, and takes nothing that others prepared`() throws {
        let storectl = try Storectl()
        let process = storectl.folder.path
        // A guess of any process number: what is there already is never used.
        for number in 1...3 {
            try FileManager.default.createDirectory(
                atPath: process + "/store.creating-\(number)", withIntermediateDirectories: true)
        }
        try storectl.run("init", "--store", storectl.store + "/")
        let mode = try FileManager.default.attributesOfItem(atPath: storectl.store)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        let names = try FileManager.default.contentsOfDirectory(atPath: process).filter { $0.hasPrefix("store") }
        #expect(names.sorted() == ["store", "store.creating-1", "store.creating-2", "store.creating-3"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: storectl.store).sorted() == [
                "checkpoint", "data.mdb", "journal.a", "journal.b", "lock.mdb", "signing.key",
            ])
        for number in 1...3 {
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: process + "/store.creating-\(number)").isEmpty)
        }
    }
}

/// A tmpfs, where the system lets one be mounted; unmounted when this is gone.
private final class SmallDisk {
    let path: String
    let isMounted: Bool

    init(in folder: URL, byteCount: Int) throws {
        path = folder.appending(path: "disk").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        isMounted = mount("tmpfs", path, "tmpfs", 0, "size=\(byteCount)") == 0
    }

    deinit { if isMounted { umount2(path, Int32(MNT_DETACH)) } }

    /// Takes what room is left, down to the last page.
    func fill() {
        let descriptor = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let page = [UInt8](repeating: 0, count: 4096)
        while write(descriptor, page, page.count) == page.count {}
        close(descriptor)
    }
}
