import EventLog
import Foundation
import LMDB
import PersonalizationStore
import Synchronization
import TestSupport
import Testing
import TransparencyLog

/// A signed checkpoint is extended by whatever may happen to a log; and what was erased without being asked for is found.
@Suite struct AccountabilityTests {
    /// Whether a log extends a checkpoint, by its records and by a proof.
    private func extends(_ store: Store, _ checkpoint: SignedCheckpoint) throws -> Bool {
        let findings = try store.verify(since: checkpoint).findings
        #expect(findings == [], "\(findings)")
        let proof = try store.consistencyProof(from: checkpoint)
        let read = try ConsistencyProof(parsing: proof.description, verifiedBy: ErasureWorld.signingKey().verifierKey)
        return findings.isEmpty && read.proves(from: checkpoint)
    }

    @Test func `erasing, appending and rebuilding in any order extend every earlier checkpoint`() async throws {
        let world = try await ErasureWorld()
        var store = try world.open()
        var checkpoints = [try store.signedCheckpoint()]
        func signAndCheck(_ what: String) throws {
            for checkpoint in checkpoints {
                #expect(try extends(store, checkpoint), "after \(what), from \(checkpoint.size)")
            }
            checkpoints.append(try store.signedCheckpoint())
        }
        try await store.erase(user: ErasureWorld.ada)
        try signAndCheck("an erasure")
        _ = try await store.append(
            (0..<30).map { .rank(ErasureWorld.adaProfile, winner: "v6/\($0 % 20)", loser: "v6/21") })
        _ = try await store.currentVersion(of: ErasureWorld.adaProfile)
        try signAndCheck("appends")
        try store.rebuild()
        try signAndCheck("a rebuild")
        try await store.erase(user: ErasureWorld.ada)
        try store.rebuild()
        await store.close()
        try Store.rebuild(at: world.path, options: .small)
        store = try world.open()
        try signAndCheck("an erasure, and a rebuild of a closed store")
        try await store.erase(user: "ben")
        _ = try await store.append(.like(ErasureWorld.benProfile, image: "v6/2"))
        try signAndCheck("an erasure of everybody")
        await store.close()
    }

    /// A store without erasures, in which a record is replaced by what erasing it rightly would leave.
    private func erasedInSecret(
        _ choose: (StoredEvent) -> Bool, erasingAda: Bool = false
    ) async throws -> (findings: [String], position: UInt64) {
        let world = try await ErasureWorld(eventCount: 20)
        let store = try world.open()
        let position = try #require(try store.events(limit: .max).last(where: choose)?.position)
        if erasingAda { try await store.erase(user: ErasureWorld.ada) }
        await store.close()
        let file = StoreFile(path: world.path)
        try file.putSealed(try file.erased(position), at: position.number)
        do throws(OpenError) { try Store.rebuild(at: world.path, options: .small) } catch {
            return (["no event explains that \(error)"], position.number)
        }
        let reopened = try Store.openReadOnly(at: world.path)
        return (try reopened.verify().findings, position.number)
    }

    @Test func `a record that was erased and that no event names is found`() async throws {
        // The newest of a stream, to which nothing leads; and one in the middle, which no rebuild can pass over.
        let mint = try await erasedInSecret { if case .minted = $0.content { true } else { false } }
        #expect(mint.findings.contains { $0.contains("position \(mint.position) ") && $0.contains("no event") })
        let like = try await erasedInSecret { if case .like = $0.content { true } else { false } }
        #expect(like.findings.contains { $0.contains("does not fit its neighbours") }, "\(like.findings)")
        let image = try await erasedInSecret {
            if case .imageRegistered(_, let image) = $0.content { image.author != nil } else { false }
        }
        #expect(image.findings.contains { $0.contains("position \(image.position) ") && $0.contains("no event") })
    }

    @Test func `an author who was erased without an event is found beside somebody's erasure`() async throws {
        // Ben made none of the images, and ada's are named.
        let image = try await erasedInSecret(
            {
                if case .imageRegistered(_, let image) = $0.content { image.author == "ben" } else { false }
            }, erasingAda: true)
        #expect(image.findings.contains { $0.contains("position \(image.position) ") && $0.contains("no event") })
    }

    @Test func `an erasure that is said to be carried out and left something is found`() async throws {
        let world = try await ErasureWorld(eventCount: 20)
        let file = StoreFile(path: world.path)
        var store = try world.open()
        let opening = try #require(
            try store.events(limit: .max).first {
                if case .profileOpened(let name) = $0.content { name == ErasureWorld.adaProfile } else { false }
            }?.position)
        await store.close()
        let living = try file.record(opening.number)
        store = try world.open()
        try await store.erase(user: ErasureWorld.ada)
        await store.close()
        try file.putSealed(living, at: opening.number)
        try Store.rebuild(at: world.path, options: .small)
        let findings = try Store.openReadOnly(at: world.path).verify().findings
        #expect(findings.contains { $0.contains("position \(opening) is there") }, "\(findings)")
    }

    @Test func `the opening of a stream, which has the salt, is erased last`() async throws {
        let world = try await ErasureWorld(eventCount: 20)
        let events: [UInt64]
        do {
            // Let go of afterwards, so that the next process is alone and goes back to the last checkpoint.
            let store = try world.open()
            // More than are replaced in two transactions.
            _ = try await store.append((0..<2_500).map { .like(ErasureWorld.adaProfile, image: "v6/\($0 % 24)") })
            events = try store.events(of: ErasureWorld.adaProfile, limit: .max).map(\.position.number)
            await store.close()
        }
        let opening = try #require(events.min())
        var erasedCounts: [Int] = []
        for transaction in 1...3 {
            // Goes back to where the one before began, and further than it came.
            await #expect(processExitsWith: .failure) {
                [path = world.path as String, transaction = transaction as Int] in
                let left = Mutex(transaction)
                var options = Store.Options.small
                options.onErasureStep = { step in
                    let isTime = left.withLock { left in
                        if step == .replaced { left -= 1 }
                        return left == 0
                    }
                    if isTime { kill(getpid(), SIGKILL) }
                }
                let store = try Store.open(at: path, options: options)
                if try store.erasures().isEmpty { try await store.erase(user: ErasureWorld.ada) }
                kill(getpid(), SIGKILL)
            }
            let file = StoreFile(path: world.path)
            let erased = try events.filter { try file.record($0).count == 46 }
            erasedCounts.append(erased.count)
            let living = events.filter { !erased.contains($0) }
            if let last = living.max() { #expect(erased.allSatisfy { $0 > last }, "the newest go first") }
            #expect(erased.contains(opening) == living.isEmpty)
        }
        #expect(
            erasedCounts[0] > 0 && erasedCounts[0] < erasedCounts[1] && erasedCounts[1] < events.count,
            "\(erasedCounts) of \(events.count)")
        let store = try world.open()
        #expect(try store.verify().findings == [])
        #expect(try world.found() == [])
        await store.close()
    }
}
