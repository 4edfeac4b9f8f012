import Foundation
import PersonalizationStore
import Projections
import Testing

/// Random operations on a store and on a model of it must give the same answers.
///
/// `STORE_MODEL_OPERATIONS` (10,000, shared by the flush policies) and `STORE_MODEL_SEED` ask for longer runs and for
/// the one that failed.
@Suite struct StoreModelTests {
    /// When derived rows leave memory.
    enum Flushing: String, CaseIterable, Sendable {
        case nearlyAtOnce, often, onlyAtClosing

        var policy: DerivedTables.FlushPolicy {
            switch self {
            case .nearlyAtOnce: .init(generationRecordCount: 3, sliceRowCount: 1)
            case .often: .init(generationRecordCount: 60, sliceRowCount: 7)
            case .onlyAtClosing: .standard
            }
        }
    }

    /// What the writer keeps in memory: next to nothing with frequent flushes.
    private static func limits(_ flushing: Flushing) -> PlannerLimits {
        switch flushing {
        case .nearlyAtOnce: PlannerLimits(nameCount: 1, promptRecordCount: 0, deferredRecordCount: 2)
        case .often: PlannerLimits(nameCount: 3, promptRecordCount: 1, deferredRecordCount: 100)
        case .onlyAtClosing: .standard
        }
    }

    @Test(arguments: Flushing.allCases)
    func `a store answers as the model does`(_ flushing: Flushing) async throws {
        let seed = Self.seed()
        print("store model: seed \(seed), flushing \(flushing.rawValue)")
        let operationCount = (Self.number("STORE_MODEL_OPERATIONS") ?? 10_000) / Flushing.allCases.count
        var runner = try await ModelRunner(
            seed: seed, policy: flushing.policy, limits: Self.limits(flushing))
        for operation in 1...operationCount {
            try await runner.operate()
            if operation % 10 == 0 { try runner.compareSample() }
            if operation % 1000 == 0 { try runner.compareAll() }
        }
        try runner.compareAll()
        try await runner.verify()
        try await runner.reopen(isClosed: true)
        try await runner.reopen(isClosed: false)
        try runner.compareAll()
    }

    @Test func `with houses that are minted and pinned, too`() async throws {
        let seed = Self.seed()
        print("store model with houses: seed \(seed)")
        var runner = try await ModelRunner(
            seed: seed, policy: Flushing.often.policy, limits: Self.limits(.often))
        try await runner.addPeople()
        for operation in 1...(Self.number("STORE_MODEL_OPERATIONS") ?? 10_000) / 20 {
            try await runner.operate()
            if operation % 10 == 0 { try runner.compareSample() }
        }
        try runner.compareAll()
        try await runner.verify()
        try await runner.reopen(isClosed: false)
        try runner.compareAll()
        #expect(runner.model.versions.values.contains { $0.profile.isHouse }, runner.place)
    }

    /// The seed asked for, or a random one.
    static func seed() -> UInt64 { number("STORE_MODEL_SEED").map { UInt64($0) } ?? .random(in: 0..<1_000_000) }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
