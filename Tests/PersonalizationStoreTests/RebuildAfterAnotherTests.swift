import Foundation
import PersonalizationStore
import TestSupport
import Testing

/// Rebuilds by one process right after another's, of which it has not heard.
@Suite struct RebuildAfterAnotherTests {
    @Test func `a rebuild killed right after another process's has changed nothing`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"))
        let space = try SyntheticSpace("v6")
        try await space.define(in: store)
        let late = ProfileName(user: "late", space: "v6")
        let ids = space.images.map(\.id)
        // More than a rebuild reads at a time, so that it stands half-way without the last events.
        for batch in 0..<54 {
            let profile = ProfileName(user: "user \(batch)", space: "v6")
            _ = try await store.append(
                (0..<5_000).map {
                    NewEvent.rank(profile, winner: ids[$0 % ids.count], loser: ids[($0 + 1) % ids.count])
                })
        }
        let receipt = try await store.append(.rank(late, winner: ids[0], loser: ids[1]))
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = store.path as String] in
            let unaware = try Store.open(at: path)
            try Store.open(at: path).rebuild()
            try unaware.rebuild { _ in kill(getpid(), SIGKILL) }
        }
        #expect(try store.streamHead(of: late)?.position == receipt.position)
        #expect(try store.verify().findings == [])
    }
}
