import ByteCoding
import Foundation
import SeededRandom
import TasteFold
import Testing

@Suite("Houses: HM1 and HP1")
struct HouseTests {
    @Test func `the published vectors and the frozen cases come out byte for byte`() throws {
        struct Published: Decodable {
            struct Case: Decodable { let payload_sha256: String }
            let cases: [Case]
        }
        let cases = try #require(Bundle.module.url(forResource: "Resources/house-cases", withExtension: "jsonl"))
        var hashes: [String] = []
        try HouseCase.forEach(in: cases) { hashes.append(try $0.check().description) }
        #expect(hashes.count == 92)
        let vectors = try #require(Bundle.module.url(forResource: "Resources/learning-vectors", withExtension: "json"))
        let published = try JSONDecoder().decode(Published.self, from: Data(contentsOf: vectors))
        #expect(published.cases.count == 6)
        #expect(Array(hashes.prefix(6)) == published.cases.map(\.payload_sha256))
    }

    /// A file that `Tests/Generators/generate_learning_vectors.py REFERENCE --random COUNT SEED` wrote.
    static let file = ProcessInfo.processInfo.environment["HOUSE_CASES"]

    @Test(.enabled(if: file != nil, "set HOUSE_CASES to a file of generated cases"))
    func `random cases come out byte for byte`() throws {
        var count = 0
        try HouseCase.forEach(in: URL(fileURLWithPath: try #require(Self.file))) { vector in
            _ = try vector.check()
            count += 1
        }
        print("cases that came out byte for byte, unless reported:", count)
        #expect(count > 0)
    }

    @Test func `a house without gain computes the numbers of DL1`() throws {
        let set = try Self.choices(count: 70, dimension: 24)
        let space = set.space
        let nothing = Taste(
            foldID: HM1.id, spaceID: space.id, comparisonCount: 0, gain: 0, confidence: 500,
            direction: [Int16](repeating: 0, count: 24))
        let taste = HP1.fold(set, from: HousePrior(taste: nothing, versionHash: .init(hashing: [1])))
        let plain = DL1.fold(set)
        #expect(taste.direction == plain.direction && taste.gain == plain.gain && taste.confidence == plain.confidence)
        #expect(taste.house == .init(hashing: [1]) && plain.house == nil)
    }

    @Test func `payloads of houses and from houses are checked like others`() throws {
        let set = try Self.choices(count: 5, dimension: 8)
        let space = set.space
        let direction = DL1.fold(set).direction
        func decode(_ id: FoldID, _ house: SHA256Digest?, _ count: UInt32, _ gain: UInt32) throws {
            let taste = Taste(
                foldID: id, spaceID: space.id, house: house, comparisonCount: count, gain: gain, confidence: 600,
                direction: direction)
            let payload = taste.payload
            let decoded = try Taste(payload: payload.span.bytes)
            #expect(decoded == taste)
        }
        try decode(HP1.id, .init(hashing: [1]), 0, 1 << 20)
        try decode(HM1.id, nil, 20, 65_535)
        #expect(throws: TasteDecodingError.gainOutOfRange(65_536)) { try decode(HM1.id, nil, 20, 65_536) }
        #expect(throws: TasteDecodingError.directionFromNothing) { try decode(HM1.id, nil, 0, 9) }
        do throws(FoldError) {
            _ = try HP1.id.fold(set)
            Issue.record("HP1 folded without a house")
        } catch {
            #expect(error == .needsHouse(HP1.id))
        }
    }

    @Test func `tastes with and without a house blend into one that names no house`() throws {
        let set = try Self.choices(count: 30, dimension: 8)
        let space = set.space
        let plain = DL1.fold(set)
        let house = HousePrior(taste: HM1.house(of: [plain], in: space), versionHash: .init(hashing: [1]))
        let other = HousePrior(taste: house.taste, versionHash: .init(hashing: [2]))
        let taste = HP1.fold(set, from: house)
        let mixed = try Taste.blend([(plain, 1), (taste, 2)])
        #expect(mixed == (try Taste.blend([(taste, 2), (plain, 1)])) && mixed.foldID == DL1.id)
        let fewer = try Self.choices(count: 9, dimension: 8)
        let same = try Taste.blend([(taste, 1), (HP1.fold(fewer, from: house), 1)])
        #expect(same.foldID == HP1.id && same.house == house.versionHash)
        let different = try Taste.blend([(taste, 1), (HP1.fold(fewer, from: other), 1)])
        #expect(different.foldID == DL1.id && different.house == nil)
    }

    /// A set of random rankings in a space.
    static func choices(count: Int, dimension: Int) throws -> ComparisonSet {
        var random = SeededGenerator(seed: 5)
        let images = try (0..<40).map { index in
            (
                id: "i\(index)",
                embedding: try Embedding(
                    canonicalizing: (0..<dimension).map { _ in Double.random(in: -1...1, using: &random) })
            )
        }
        let space = try SpaceDescriptor(name: "s", catalogue: images)
        return try ComparisonSet(
            space: space,
            (0..<count).map { _ in
                let pair = images.shuffled(using: &random)
                return VectorComparison(pair[0].embedding.components, over: pair[1].embedding.components)
            })
    }
}
