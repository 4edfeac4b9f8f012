import ByteCoding
import Foundation
import LMDB
import PersonalizationStore
import Projections
import TestSupport
import Testing

/// The log is whole and the tables derived from it are not: everything goes on from the log, and a rebuild mends it.
@Suite struct DamagedTablesTests {
    /// What can be wrong with derived tables.
    enum Damage: String, CaseIterable {
        case slotOutOfRange, checkpointAhead, checkpointTooShort, summaryTooShort, summaryAtTheEnd,
            rebuildNumberAtTheEnd
        case checkpointsMissing, checkpointsWithOtherKeys, garbageCheckpoints
        case rowsTooShort, rowTableMissing, everyTableMissing, rowTableWithOtherKeys

        /// Whether the store can still be opened for writing.
        var isTolerated: Bool {
            switch self {
            case .summaryAtTheEnd, .rebuildNumberAtTheEnd, .everyTableMissing, .rowsTooShort, .checkpointsMissing:
                true
            default: false
            }
        }

        /// Whether the tables are as those of a store that was never opened for writing.
        var isNoFinding: Bool {
            self == .everyTableMissing || self == .summaryAtTheEnd || self == .rebuildNumberAtTheEnd
        }

        func inflict(on store: DamagedStore) throws {
            try store.tamper { transaction in
                let heads = [5, 0] + Array("heads".utf8) + [UInt8(Heads.version), 0]
                func put(_ key: [UInt8], _ value: [UInt8]) throws {
                    let table = try transaction.openTable(name: Damage.checkpoints, keys: .bytes, create: true)
                    try transaction.put(table, key: key.span.bytes, value: value.span.bytes)
                }
                // With a right checksum: what the row says is all that is wrong with it.
                func putSealed(_ key: [UInt8], _ value: [UInt8]) throws {
                    try put(key, Damage.checksum(key: key, value: value) + value)
                }
                func discard(_ prefix: String) throws {
                    for name in Damage.tableNames where name.hasPrefix(prefix) {
                        try transaction.discardTable(name: name)
                    }
                }
                switch self {
                case .slotOutOfRange: try putSealed(heads, [9, 0, 0, 0, 0, 0, 0, 0, 7])
                case .checkpointAhead: try putSealed(heads, [UInt8](repeating: 0xFF, count: 8) + [0])
                case .checkpointTooShort: try putSealed(heads, [1, 2, 3])
                case .summaryTooShort: try putSealed([0xFF, 0xFF], [1])
                case .summaryAtTheEnd: try putSealed([0xFF, 0xFF], [UInt8](repeating: 0xFF, count: 16))
                case .rebuildNumberAtTheEnd: try putSealed([0xFE, 0xFF], [UInt8](repeating: 0xFF, count: 8))
                case .checkpointsMissing: try transaction.discardTable(name: Damage.checkpoints)
                case .checkpointsWithOtherKeys:
                    try transaction.discardTable(name: Damage.checkpoints)
                    _ = try transaction.openTable(name: Damage.checkpoints, keys: .integer, create: true)
                case .garbageCheckpoints:
                    for key in Damage.tableNames.map({ Array($0.utf8) }) + [heads, [0xFF, 0xFF], [0xFE, 0xFF]] {
                        try put(key, [UInt8](repeating: 0xA5, count: 23))
                    }
                case .rowsTooShort:
                    let table = try transaction.openTable(
                        name: "\(Profiles.name).\(Profiles.version).2.a", keys: .bytes, create: false)
                    var keys: [[UInt8]] = []
                    do {
                        var cursor = try transaction.makeCursor(table)
                        while try cursor.moveToNext() { keys.append(cursor.key.withUnsafeBytes { Array($0) }) }
                    }
                    try #require(!keys.isEmpty, "rows were flushed")
                    for key in keys {
                        try transaction.put(table, key: key.span.bytes, value: ([1] as [UInt8]).span.bytes)
                    }
                case .rowTableMissing: try discard("profiles")
                case .everyTableMissing: try discard("")
                case .rowTableWithOtherKeys:
                    try discard("profiles")
                    _ = try transaction.openTable(
                        name: "\(Profiles.name).\(Profiles.version).2.a", keys: .integer, create: true)
                }
            }
        }

        static let checkpoints = "checkpoints.2"

        /// The checksum of a row of the checkpoints, as docs/format.md, section 6, says.
        private static func checksum(key: [UInt8], value: [UInt8]) -> [UInt8] {
            func number(_ number: Int) -> [UInt8] { withUnsafeBytes(of: UInt64(number).littleEndian) { Array($0) } }
            var checksum = CRC32C()
            checksum.update((number(0) + Array(checkpoints.utf8) + number(key.count) + key + value).span.bytes)
            return withUnsafeBytes(of: checksum.value.littleEndian) { Array($0) }
        }

        static let tableNames =
            [checkpoints]
            + [
                slots(Heads.self), slots(Spaces.self), slots(Models.self), slots(Images.self), slots(Profiles.self),
                slots(SettingsStreams.self), slots(EventIDs.self), slots(Versions.self), slots(CodeStatuses.self),
                slots(Aliases.self), slots(Erasures.self), slots(ErasureSchedules.self), slots(UserProfiles.self),
                slots(References.self),
            ].joined() + ["tree.1.2.a", "tree.1.2.b"]

        private static func slots<P: Projection>(_ projection: P.Type) -> [String] {
            ["a", "b"].map { "\(P.name).\(P.version).2.\($0)" }
        }
    }

    @Test(arguments: Damage.allCases)
    func `reading, verifying and copying need the log alone, and a rebuild mends the tables`(
        _ damage: Damage
    ) async throws {
        let store = try await DamagedStore()
        try damage.inflict(on: store)
        let before = try store.state()
        #expect(try await read(store) == store.answers)
        try readLog(store)
        try verify(store, damage)
        #expect(try store.state() == before, "looking at the damage changes nothing")
        if !damage.isTolerated { #expect(throws: OpenError.self) { try Store.open(at: store.path) } }
        try Store.rebuild(at: store.path)
        try await checkMended(store)
    }

    private func read(_ store: DamagedStore) async throws -> [String] {
        try await DamagedStore.answers(of: try Store.openReadOnly(at: store.path))
    }

    private func readLog(_ store: DamagedStore) throws {
        let reading = try Store.openReadOnly(at: store.path)
        let head = try #require(try reading.head())
        #expect(try reading.events(limit: 10_000).count == Int(head.position.number))
        #expect(try reading.backup(to: store.folder.file("copy")) == head)
        #expect(
            try Store.openReadOnly(at: store.folder.file("copy")).events(limit: 10_000).count == head.position.number)
    }

    private func verify(_ store: DamagedStore, _ damage: Damage) throws {
        let report = try Store.openReadOnly(at: store.path).verify()
        #expect(report.findings.isEmpty == damage.isNoFinding, "\(report.findings)")
        if !damage.isNoFinding { #expect(report.findings.contains { $0.contains("table") }, "\(report.findings)") }
    }

    private func checkMended(_ store: DamagedStore) async throws {
        let writing = try Store.open(at: store.path)
        #expect(try writing.verify().findings == [])
        #expect(try await DamagedStore.answers(of: writing) == store.answers)
        let ada = ProfileName(user: "ada", space: "v6")
        let receipt = try await writing.append(.like(ada, image: "v6/1"))
        #expect(try writing.streamHead(of: ada)?.position == receipt.position)
        await writing.close()
        #expect(try writing.verify().findings == [])
    }
}
