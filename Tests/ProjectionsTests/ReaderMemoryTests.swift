import EventLog
import LMDB
import PersonalizationStore
import Projections
import Testing

/// A process that only reads holds no more than what nobody has flushed yet.
@Suite struct ReaderMemoryTests {
    @Test func `a reader drops what another process has flushed`() async throws {
        let policy = DerivedTables.FlushPolicy(generationRecordCount: 100, sliceRowCount: 10_000)
        var world = try await TallyWorld(seed: 7, policy: policy)
        let reader = try world.openTables(policy: policy)
        var most = 0
        for _ in 0..<20 {
            try await world.rank(100)
            _ = try reader.beginSnapshot()
            most = max(most, reader.recordsInMemory)
        }
        // What the writer gathers before it flushes, and as much again in a generation that is flushed in part.
        let count = try world.store.statistics().eventCount
        #expect(most <= 400, "of \(count) records")
        #expect(try world.differences(in: reader, Projector.standard) == [])
    }

    @Test func `a reader that comes back after a long time passes over what was flushed meanwhile`() async throws {
        let policy = DerivedTables.FlushPolicy(generationRecordCount: 50, sliceRowCount: 10_000)
        var world = try await TallyWorld(seed: 8, policy: policy)
        let reader = try world.openTables(policy: policy)
        try await world.rank(1_000)
        _ = try reader.beginSnapshot()
        #expect(reader.recordsInMemory <= 200)
        #expect(try world.differences(in: reader, Projector.standard) == [])
    }
}
