import Foundation
import Testing

/// One case computed by the Python reference; `Tests/Generators/generate_fold_vectors.py` says what each field holds.
enum FoldCase: Decodable, Sendable {
    case canonicalize(Canonicalization)
    case space(Space)
    case fold(Fold)
    case blend(Blend)
    case use(Use)
    case order(Order)
    case sigma(Sigma)

    struct Canonicalization: Decodable, Sendable { let float: Bool; let x: String; let e: String }
    struct Space: Decodable, Sendable {
        let name: String; let ids: [String]; let items: [String]; let mean: String; let panel: [[Int]]
        let id: String; let q0: Int
    }
    struct Fold: Decodable, Sendable {
        let mean: String; let items: [String]; let panelItems: [String]; let panel: [[Int]]; let pairs: [[Int]]
        let dropped: Int; let space: String; let weights: String; let scale: Int; let payload: String
    }
    struct Part: Decodable, Sendable {
        let payload: String; let weight: Int
        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            payload = try values.decode(String.self)
            weight = try values.decode(Int.self)
        }
    }
    struct Blend: Decodable, Sendable { let parts: [Part]; let payload: String }
    struct Steering: Decodable, Sendable { let stylize: Int; let e: String; let steered: String; let strength: Double }
    struct Use: Decodable, Sendable {
        let mean: String; let items: [String]; let payload: String; let trust: Int; let scores: [Int]
        let preferences: [[Int]]; let steering: [Steering]
    }
    struct Order: Decodable, Sendable { let keys: [[String]] }
    struct Sigma: Decodable, Sendable { let values: [[Int]]; let tableHash: String; let table: [UInt16] }

    private enum Key: CodingKey { case op }

    init(from decoder: any Decoder) throws {
        let operation = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .op)
        self =
            switch operation {
            case "canonicalize": .canonicalize(try Canonicalization(from: decoder))
            case "space": .space(try Space(from: decoder))
            case "fold": .fold(try Fold(from: decoder))
            case "blend": .blend(try Blend(from: decoder))
            case "use": .use(try Use(from: decoder))
            case "order": .order(try Order(from: decoder))
            case "sigma": .sigma(try Sigma(from: decoder))
            default: throw UnknownOperation(name: operation)
            }
    }

    struct UnknownOperation: Error { let name: String }

    /// The cases of a file, one at a time: a large file holds more than memory should.
    static func forEach(in file: URL, _ body: (FoldCase) throws -> Void) throws {
        let decoder = JSONDecoder()
        let data = try Data(contentsOf: file, options: .alwaysMapped)
        for line in data.split(separator: 0x0A) { try body(decoder.decode(FoldCase.self, from: Data(line))) }
    }
}
