import Foundation
import TasteFold
import Testing

/// The golden vectors of the fold, as its authors published them.
struct GoldenVectors: Decodable {
    struct Canonicalization: Decodable { let x: [Double]; let e: [Int16] }
    struct Space: Decodable { let name: String; let mu: [Int16]; let panel: [[[Int16]]]; let q0: Int; let id: String }
    struct Item: Decodable { let e: [Int16]; let owner: String }
    struct Event: Decodable {
        let user: String; let kind: String; let winner: String?; let loser: String?; let item: String?
    }
    struct AppendCondition: Decodable {
        let n: Int; let c: Int; let A: [Int]; let V: [Int]; let beta: Int; let conf: Int; let C: [Int16]
        let bytes: String; let code: String
    }
    struct Case: Decodable { let name: String; let events: [Event]; let expect: AppendCondition }
    struct Use: Decodable {
        let blend_1_2: String; let steer: [String: [Int16]]; let prompt: [Int16]; let prefer: [Int]; let score: Int
    }

    let fold: String
    let table: [UInt16]
    let sigma_neg: [[Int]]
    let canon_embedding: [Canonicalization]
    let space: Space
    let items: [String: Item]
    let cases: [Case]
    let use: Use

    static func load() throws -> GoldenVectors {
        let url = try #require(Bundle.module.url(forResource: "Resources/golden-vectors", withExtension: "json"))
        return try JSONDecoder().decode(GoldenVectors.self, from: Data(contentsOf: url))
    }

    func descriptor() throws -> SpaceDescriptor {
        SpaceDescriptor(
            name: space.name, mean: space.mu,
            panel: try space.panel.map { pair in
                PanelPair(
                    x: try Embedding(canonicalComponents: pair[0]), y: try Embedding(canonicalComponents: pair[1]))
            })
    }

    func embedding(_ id: String) throws -> Embedding {
        try Embedding(canonicalComponents: try #require(items[id]).e)
    }

    /// The comparisons of events in canonical order, as docs/fold.md defines the effective set.
    func comparisons(of events: [Event], user: String) throws -> [VectorComparison] {
        var rankings: [Set<String>: (String, String)] = [:]
        var likes: Set<String> = []
        for event in events where event.user == user {
            if event.kind == "rank", let winner = event.winner, let loser = event.loser, winner != loser {
                rankings[[winner, loser]] = (winner, loser)
            } else if event.kind == "like", let item = event.item, items[item]?.owner != user {
                likes.insert(item)
            } else if event.kind == "unlike", let item = event.item {
                likes.remove(item)
            }
        }
        let pairs = Array(rankings.values) + likes.map { ($0, "") }
        let keyed = pairs.map { pair in
            let (winner, loser) = (Array(pair.0.utf8), Array(pair.1.utf8))
            return (key: comparisonOrderKey(winner: winner.span.bytes, loser: loser.span.bytes), pair: pair)
        }
        return try keyed.sorted { $0.key < $1.key }.map { entry in
            let winner = try embedding(entry.pair.0).components
            return VectorComparison(winner, over: entry.pair.1.isEmpty ? nil : try embedding(entry.pair.1).components)
        }
    }
}
