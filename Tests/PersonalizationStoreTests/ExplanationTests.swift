import PersonalizationStore
import TestSupport
import Testing

/// What carries a version is the share of its direction that each choice contributes, compared with what the reference
/// fold gives in exact fractions.
@Suite struct ExplanationTests {
    @Test func `choices are in the order of their shares, contradicted ones apart`() async throws {
        let folder = try TemporaryFolder()
        let store = try Store.create(at: folder.file("store"))
        let images = try Self.images.map { NewImage(id: $0.id, embedding: try Embedding(canonicalizing: $0.embedding)) }
        try await store.defineSpace("v6", images: images, threshold: 5)
        let ada = ProfileName(user: "ada", space: "v6")
        _ = try await store.append(Self.rankings.map { .rank(ada, winner: $0.0, loser: $0.1) })
        _ = try await store.append(["img2", "img5"].map { .like(ada, image: $0) })
        let explanation = try store.explain(try await store.currentVersion(of: ada).code)

        let carrying = Self.shares.filter { $0.share > 0 }
        let contradicted = Array(Self.shares.filter { $0.share < 0 }.reversed())
        for (found, expected) in [(explanation.choices, carrying), (explanation.contradicted, contradicted)] {
            try #require(found.count == expected.count)
            for (choice, expected) in zip(found, expected) {
                #expect(choice.winner == expected.winner && choice.loser == expected.loser)
                #expect(abs(choice.share - expected.share) < 1e-12)
            }
        }
        let total = (explanation.choices + explanation.contradicted).reduce(0) { $0 + $1.share }
        #expect(abs(total - 1) < 1e-12)
        #expect(explanation.contradicted.allSatisfy { $0.probability < 0.5 })
    }

    // Made with the reference implementation of the fold in whole numbers and fractions: shares are A_i (z_i·V) / (V·V).
    private static let images: [(id: String, embedding: [Double])] = [
        ("img0", [-0.421875, -0.546875, 0.53125, 0.109375]),
        ("img1", [-0.125, -0.3125, -0.390625, 0.1875]),
        ("img2", [0.46875, 0.203125, -0.421875, 0.171875]),
        ("img3", [-0.203125, 0.125, -0.265625, -0.390625]),
        ("img4", [-0.28125, 0.59375, -0.546875, -0.140625]),
        ("img5", [0.25, 0.5625, 0.734375, 0.78125]),
        ("img6", [-0.4375, -0.3125, -0.453125, -0.3125]),
        ("img7", [-0.390625, 0.6875, -0.0625, 0.359375]),
    ]
    private static let rankings = [
        ("img0", "img1"), ("img0", "img5"), ("img0", "img7"), ("img2", "img1"), ("img3", "img1"), ("img5", "img1"),
        ("img1", "img6"), ("img2", "img3"), ("img2", "img4"), ("img7", "img2"), ("img5", "img3"), ("img6", "img3"),
        ("img6", "img4"), ("img5", "img7"), ("img7", "img6"),
    ]
    private static let shares: [(winner: String, loser: String?, share: Double)] = [
        ("img0", "img7", 0.12303908070384836),
        ("img5", "img7", 0.12065842860531252),
        ("img5", nil, 0.1206017542361656),
        ("img0", "img1", 0.11906147782129892),
        ("img2", "img4", 0.11599813873650765),
        ("img2", "img3", 0.11540320488914077),
        ("img7", "img6", 0.11022602620545532),
        ("img5", "img1", 0.10856801567272265),
        ("img5", "img3", 0.08649215221531847),
        ("img2", "img1", 0.07314023841408529),
        ("img1", "img6", 0.07057686455222781),
        ("img6", "img4", 0.022971555205143043),
        ("img6", "img3", 0.01750582800591779),
        ("img2", nil, 0.009705974981203095),
        ("img7", "img2", -0.0014985953054752884),
        ("img0", "img5", -0.08142032465156755),
        ("img3", "img1", -0.13102982028730445),
    ]
}
