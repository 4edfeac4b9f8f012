import ByteCoding
import CodeRegistry
import PersonalizationStore
import Projections
import Testing

/// Versions whose hashes begin alike, which nobody has ever seen, made by hand.
@Suite("Code collisions") struct CodeCollisionTests {
    /// A hash with the given first 60 bits equal to all others, and more bits from `tail`.
    private func hash(_ tail: UInt64) -> SHA256Digest {
        SHA256Digest(words: (0x0123_4567_89AB_CDE0 | tail >> 60, tail << 4, 0, 0))
    }

    @Test func `later versions get longer codes and no code ever changes its meaning`() throws {
        var places = VersionLocations()
        var issued: [(code: Code, hash: SHA256Digest)] = []
        // The second differs from the first in symbol 13, the third only in symbol 14, and so on.
        let tails: [UInt64] = [0, 1 << 59, 1 << 54, 1 << 49 | 1 << 59, 1 << 44, 3 << 59]
        for (index, tail) in tails.enumerated() {
            let hash = hash(tail)
            let count = places.symbolCount(for: hash)
            let code = Code(digest: hash, symbolCount: Int(count))
            #expect(!issued.contains { $0.code == code }, "a new code is nobody else's")
            places.places.append(
                VersionLocation(hash: hash, mint: Position(UInt64(index) + 1), stream: .first, symbolCount: count))
            issued.append((code, hash))
            for earlier in issued {
                #expect(places.place(of: earlier.code)?.hash == earlier.hash)
                #expect(try Code(earlier.code.description) == earlier.code)
            }
        }
        #expect(issued[0].code.symbolCount == 12)
        #expect(issued.dropFirst().allSatisfy { $0.code.symbolCount ?? 0 > 12 })
    }
}
