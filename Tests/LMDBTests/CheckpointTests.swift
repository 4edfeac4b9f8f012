import Foundation
import LMDB
import SeededRandom
import Synchronization
import Testing

/// Checkpoints of an environment whose commits are not flushed: what they pin, what they save, and coming back to them.
@Suite struct CheckpointTests {
    private let directory = TemporaryDirectory()

    /// A durability that keeps the number of entries with each checkpoint.
    private final class Notes: CheckpointCompanion {
        let table: Table
        let durable = Mutex<[[UInt8]]>([])
        /// What was the newest slot whenever everything else was to be overwritten.
        let scrubbed = Mutex<[CheckpointSlot?]>([])
        private let directory: String
        init(table: Table, directory: String) {
            self.table = table
            self.directory = directory
        }

        func takeOver(from note: [UInt8], in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8] {
            [UInt8(truncatingIfNeeded: try transaction.entryCount(table))]
        }

        func noteAtRest(in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8]? {
            [UInt8(truncatingIfNeeded: try transaction.entryCount(table))]
        }

        func checkpointIsDurable(_ note: [UInt8]) { durable.withLock { $0.append(note) } }

        func scrub() throws(LMDBError) {
            let slot = try CheckpointFile.open(directory: directory, create: false).newestSlot()
            scrubbed.withLock { $0.append(slot) }
        }
    }

    private struct Guarded {
        let environment: Environment
        let table: Table
        let keeper: CheckpointKeeper
        let notes: Notes
    }

    private func open(restAfter: Duration? = nil) throws -> Guarded {
        var options = Environment.Options.creating
        options.durability = .checkpointed
        options.mapByteCount = 1 << 28
        let environment = try Environment.open(directory: directory.store, options: options)
        let table = try environment.openTable(name: "table", keys: .integer, create: true)
        try environment.sync()
        let file = try CheckpointFile.open(directory: directory.store, create: true)
        if try file.newestSlot() == nil {
            try file.initialize()
            let transaction = try environment.beginWrite(changes: false)
            try file.writeFirst(storeID: 5, of: environment, holding: transaction, note: [], now: 0)
        }
        let notes = Notes(table: table, directory: directory.store)
        let keeper = CheckpointKeeper(
            of: environment, file: file, companion: notes, storeID: 5, restAfter: restAfter, now: { 7 })
        environment.guardWrites(by: keeper)
        return Guarded(environment: environment, table: table, keeper: keeper, notes: notes)
    }

    private func slot() throws -> CheckpointSlot {
        try #require(try CheckpointFile.open(directory: directory.store, create: false).newestSlot())
    }

    private func data() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: directory.store + "/data.mdb")))
    }

    @Test func `the first change makes its process the owner, before anything is written`() throws {
        let store = try open()
        #expect(try slot().state == .clean)
        let before = try slot().meta.transactionID
        try store.environment.store(store.table, 1, [1])
        let slot = try slot()
        #expect(slot.state == .inUse && slot.meta.transactionID == before && slot.note == [0])
        #expect(slot.ownerProcess == UInt32(getpid()))
        #expect(store.keeper.isOwner)
    }

    @Test func `who only looks changes nothing`() throws {
        let store = try open()
        _ = try store.environment.beginWrite(changes: false)
        _ = try store.environment.checkMetaPages(growingTable: "table")
        #expect(try slot().state == .clean)
    }

    @Test func `a checkpoint at rest is clean, pins nothing, and has the last commit`() throws {
        let store = try open()
        for key in 1...5 { try store.environment.store(store.table, UInt64(key), [1]) }
        try store.keeper.rest()
        let slot = try slot()
        #expect(slot.state == .clean && slot.owner == 0 && slot.note == [5])
        #expect(slot.meta.transactionID == store.environment.information.lastTransactionID)
        #expect(try store.environment.readers().allSatisfy { $0.transactionID == nil })
        #expect(!store.keeper.isOwner)
    }

    @Test func `a checkpoint is taken while changes go on, and replaces the pin`() throws {
        let store = try open()
        for key in 1...5 { try store.environment.store(store.table, UInt64(key), [1]) }
        let pinned = try #require(try store.environment.readers().compactMap(\.transactionID).min())
        do {
            let transaction = try store.environment.beginWrite()
            #expect(try store.keeper.beginCheckpoint(note: [5], holding: transaction))
        }
        store.keeper.awaitCheckpoint()
        let slot = try slot()
        #expect(slot.state == .inUse && slot.note == [5] && slot.meta.transactionID > pinned)
        #expect(try store.environment.readers().compactMap(\.transactionID).min() == slot.meta.transactionID)
        #expect(store.notes.durable.withLock { $0 } == [[0], [5]])
    }

    @Test func `a settled checkpoint is clean, also that of another owner`() throws {
        let store = try open()
        for key in 1...5 { try store.environment.store(store.table, UInt64(key), [1]) }
        let file = try CheckpointFile.open(directory: directory.store, create: false)
        let other = CheckpointKeeper(
            of: store.environment, file: file, companion: store.notes, storeID: 5, restAfter: nil, now: { 8 })
        for _ in 0..<2 {
            let transaction = try store.environment.beginWrite(changes: false)
            #expect(try other.settle(holding: transaction))
            let slot = try slot()
            #expect(slot.state == .clean && slot.note == [5])
            #expect(slot.meta.transactionID == store.environment.information.lastTransactionID)
        }
        #expect(!other.isOwner)
        try store.environment.store(store.table, 6, [1])
        #expect(try slot().state == .inUse)
        try store.environment.settle()
        #expect(try slot().state == .clean && slot().note == [6])
    }

    /// What would come back after a power loss is the last commit, before anything else is overwritten.
    @Test func `a scrub settles, overwrites what the checkpoint pinned, and has its companion do the same`() throws {
        let store = try open()
        let secret = Array("a person's secret".utf8)
        for key in 1...5 { try store.environment.store(store.table, UInt64(key), secret) }
        try store.environment.settle()
        for key in 1...5 { try store.environment.store(store.table, UInt64(key), [UInt8(key)]) }
        #expect(try slot().state == .inUse, "a pin keeps the secret")
        let words = try store.environment.openTable(name: "words", keys: .bytes, create: true)
        _ = try store.environment.scrub(waitingAtMost: .zero) { (transaction) throws(LMDBError) in
            try transaction.put(words, key: [1].span.bytes, value: [1].span.bytes)
        }
        #expect(!(try data()).contains(secret))
        let slot = try slot()
        #expect(slot.state == .clean)
        #expect(slot.meta.transactionID == store.environment.information.lastTransactionID)
        #expect(store.notes.scrubbed.withLock { $0 } == [slot])
    }

    @Test func `a second keeper takes over, and the first notices`() throws {
        let store = try open()
        try store.environment.store(store.table, 1, [1])
        let last = store.environment.information.lastTransactionID
        // As another process would, with descriptors of its own.
        let file = try CheckpointFile.open(directory: directory.store, create: false)
        let other = CheckpointKeeper(
            of: store.environment, file: file, companion: store.notes, storeID: 5, restAfter: nil, now: { 8 })
        do {
            let transaction = try store.environment.beginWrite(changes: false)
            try other.willChange(transaction)
        }
        #expect(try slot().meta.transactionID == last)
        #expect(other.isOwner)
        // The first one must become the owner again before it changes anything.
        try store.environment.store(store.table, 2, [2])
        let slot = try slot()
        #expect(slot.sequence == 4 && slot.meta.transactionID == last && slot.state == .inUse)
        other.environmentWillClose()
    }

    /// What a disk may hold after a power loss: every piece written since the checkpoint, or not. The pages of the
    /// checkpoint are pinned, so that putting its meta page back brings all of it back.
    @Test(arguments: 0..<12)
    func `with the saved meta page any mixture of old and new pieces is the checkpoint again`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let pristine: [UInt8], crashed: [UInt8], saved: CheckpointSlot
        var model: [UInt64: [UInt8]] = [:]
        do {
            let store = try open()
            func commit(into model: inout [UInt64: [UInt8]]) throws {
                var transaction = try store.environment.beginWrite()
                // Each key once: a large value that is replaced by a smaller one in the same transaction keeps its pages,
                // which the check of pages before a change takes for damage. The store never does that.
                let keys = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
                    UInt64.random(in: 0..<400, using: &generator)
                }
                for key in Set(keys).sorted() {
                    if Bool.random(using: &generator), model[key] != nil {
                        _ = try transaction.delete(store.table, integerKey: key)
                        model[key] = nil
                    } else {
                        let value = [UInt8](
                            repeating: UInt8.random(in: 0...255, using: &generator),
                            count: [8, 40, 1500, 5000].randomElement(using: &generator) ?? 8)
                        try transaction.put(store.table, integerKey: key, value: value.span.bytes)
                        model[key] = value
                    }
                }
                try transaction.commit()
            }
            for _ in 0..<30 { try commit(into: &model) }
            do {
                let transaction = try store.environment.beginWrite()
                #expect(try store.keeper.beginCheckpoint(note: [], holding: transaction))
            }
            store.keeper.awaitCheckpoint()
            (saved, pristine) = (try slot(), try data())
            var later = model
            for _ in 0..<40 { try commit(into: &later) }
            crashed = try data()
        }
        for _ in 0..<8 {
            let unit = [512, 4096].randomElement(using: &generator) ?? 512
            let share = [0.1, 0.5, 0.9].randomElement(using: &generator) ?? 0.5
            var image = crashed
            for offset in stride(from: 0, to: image.count, by: unit)
            where Double.random(in: 0..<1, using: &generator) < share {
                for index in offset..<min(offset + unit, image.count) {
                    image[index] = index < pristine.count ? pristine[index] : 0
                }
            }
            try? FileManager.default.removeItem(atPath: directory.store + "/lock.mdb")
            try Data(image).write(to: URL(fileURLWithPath: directory.store + "/data.mdb"))
            try Environment.restore(saved.meta, directory: directory.store)
            let environment = try Environment.open(directory: directory.store)
            try environment.checkMetaPages(growingTable: "nothing")
            let table = try environment.openTable(name: "table", keys: .integer, create: false)
            var found: [UInt64: [UInt8]] = [:]
            do {
                let transaction = try environment.beginRead()
                var cursor = try transaction.makeCursor(table)
                while try cursor.moveToNext() { found[cursor.integerKey] = cursor.value.array }
            }
            #expect(found == model)
            // And it goes on: the list of free pages is whole, too.
            for key in 1000..<1040 { try environment.store(table, UInt64(key), [UInt8](repeating: 1, count: 3000)) }
        }
    }

    @Test func `a meta page is not put into a file that is not its own`() throws {
        let meta: SavedMetaPage
        do {
            let store = try open()
            for key in 1...5 { try store.environment.store(store.table, UInt64(key), [1]) }
            try store.keeper.rest()
            meta = try slot().meta
        }
        let before = try data()
        let copy = directory.path + "/copy"
        do { try Environment.open(directory: directory.store).copyCompacting(toDirectory: copy) }
        #expect(throws: LMDBError.self) { try Environment.restore(meta, directory: copy) }
        try Environment.restore(meta, directory: directory.store)
        #expect(try data().count == before.count)
    }

    @Test func `a damaged copy of a slot is replaced by the other, and two are refused`() throws {
        _ = try open().environment
        let path = directory.store + "/checkpoint"
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let expected = try slot()
        let start = Int(expected.sequence & 1) * 4096
        for bit in 0..<512 * 8 {
            var bytes = whole
            bytes[start + bit / 8] ^= 1 << UInt8(bit % 8)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let file = try CheckpointFile.open(directory: directory.store, create: false)
            #expect(try file.newestSlot() == expected)
            if bit == 0 {
                #expect(try file.findings().count == 1)
                bytes[start + 4096 - 512] ^= 1
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                #expect(throws: LMDBError.self) { try file.newestSlot() }
            }
        }
    }

    @Test func `a slot has the golden bytes`() throws {
        let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "EventLogTests/Vectors/journal.json")
        let golden = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: vectors))
        let digits = Array(try #require(golden["slot"]).utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).map { index in
            UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) ?? 0
        }
        let slot = try #require(CheckpointSlot(bytes))
        #expect(slot.sequence == 7 && slot.storeID == 0x3132 && slot.owner == 0x4142 && slot.ownerProcess == 4321)
        #expect(
            slot.state == .inUse && slot.takenAt == 1_700_000_000_000_000 && slot.note == (0..<40).map { UInt8($0) })
        #expect(slot.meta.transactionID == 5)
        #expect(slot.encode() == bytes)
    }

    @Test func `after a failed flush nobody changes anything, and the checkpoint stays`() throws {
        let store = try open()
        try store.environment.store(store.table, 1, [1])
        let before = try slot()
        // What a process writes whose flush failed.
        var failed = before
        failed.sequence += 1
        failed.state = .failed
        failed.owner = 0
        try CheckpointFile.open(directory: directory.store, create: false).write(failed)
        #expect(throws: CheckpointKeeper.flushFailed(directory.store)) { _ = try store.environment.beginWrite() }
        #expect(throws: CheckpointKeeper.flushFailed(directory.store)) { try store.keeper.rest() }
        #expect(try slot() == failed)
        #expect(try store.environment.load(store.table, 1) == [1], "reads go on")
        #expect(
            try store.environment.readers().contains { $0.transactionID == before.meta.transactionID },
            "the pin is held until the environment is closed")
    }

    @Test func `a store that is open is not taken alone`() throws {
        _ = try open().environment
        let first = try CheckpointFile.open(directory: directory.store, create: false)
        let second = try CheckpointFile.open(directory: directory.store, create: false)
        #expect(try first.takeAlone())
        try first.share()
        #expect(try !second.takeAlone())
        try second.share()
        #expect(try !first.takeAlone())
    }

    @Test func `a reader is let in where the data file can be trusted, and keeps recovery out`() throws {
        let store = try open()
        #expect(try CheckpointFile.openForReading(directory: directory.path) == nil, "a folder without a store")
        #expect(try CheckpointFile.openForReading(directory: directory.store) != nil, "a clean store")
        try store.environment.store(store.table, 1, [1])
        #expect(throws: LMDBError.needsRecovery(path: directory.store)) {
            _ = try CheckpointFile.openForReading(directory: directory.store)
        }
        // As every process does that has it open.
        try store.keeper.file.share()
        let reader = try CheckpointFile.openForReading(directory: directory.store)
        try store.keeper.rest()
        let other = try CheckpointFile.open(directory: directory.store, create: false)
        #expect(try withExtendedLifetime(reader) { try !other.takeAlone() })
    }

    @Test func `a reader alone keeps recovery out`() throws {
        _ = try open().environment
        do {
            let reader = try CheckpointFile.openForReading(directory: directory.store)
            let other = try CheckpointFile.open(directory: directory.store, create: false)
            #expect(try withExtendedLifetime(reader) { try !other.takeAlone() })
        }
        #expect(try CheckpointFile.open(directory: directory.store, create: false).takeAlone())
    }

    @Test func `more than the map holds is refused before it is written`() throws {
        let store = try open()
        try store.environment.reserve(byteCount: 1 << 20)
        #expect(throws: LMDBError.mapFull(byteCount: 1 << 28)) { try store.environment.reserve(byteCount: 1 << 29) }
        let length = try data().count
        try store.environment.store(store.table, 1, [1])
        #expect(try data().count < length + (1 << 20), "the file is not longer for what it may take")
    }
}
