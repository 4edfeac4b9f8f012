import ByteCoding
import Foundation
import TasteFold
import Testing

/// One case of HM1 or HP1 that the Python reference computed; `Tests/Generators/generate_learning_vectors.py` says what
/// each field holds.
struct HouseCase: Decodable {
    let op: String
    let mean: String
    let items: [String]
    let panel: [[Int]]
    let space: String
    let payload: String
    // Of a house.
    let tastes: [Contributor]?
    // Of a fold.
    let house: String?
    let houseHash: String?
    let pairs: [[Int]]?
    let weights: String?
    let scale: Int?

    struct Contributor: Decodable {
        let gain: UInt32
        let comparisons: UInt32
        let direction: String

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            gain = try values.decode(UInt32.self)
            comparisons = try values.decode(UInt32.self)
            direction = try values.decode(String.self)
        }
    }

    /// The cases of a file, one at a time.
    static func forEach(in file: URL, _ body: (HouseCase) throws -> Void) throws {
        let decoder = JSONDecoder()
        let data = try Data(contentsOf: file, options: .alwaysMapped)
        for line in data.split(separator: 0x0A) { try body(decoder.decode(HouseCase.self, from: Data(line))) }
    }

    /// Expects the target to compute what the reference computed; returns the payload's hash.
    func check() throws -> SHA256Digest {
        let images = try items.map { Embedding(unchecked: try components(hex: $0)) }
        let space = SpaceDescriptor(
            name: "house", mean: try components(hex: mean),
            panel: panel.map { PanelPair(x: images[$0[0]], y: images[$0[1]]) })
        // The published vectors are of a space with another name.
        let named =
            space.id.description == self.space
            ? space : SpaceDescriptor(name: "demo", mean: space.mean, panel: space.panel)
        #expect(named.id.description == self.space)
        let taste = if let tastes { try checkHouse(of: tastes, named) } else { try checkFold(images, named) }
        #expect(taste.payload == (try bytes(hex: self.payload)))
        let payload = taste.payload
        let decoded = try Taste(payload: payload.span.bytes)
        #expect(decoded == taste)
        return taste.payloadHash
    }

    private func checkHouse(of contributors: [Contributor], _ space: SpaceDescriptor) throws -> Taste {
        let tastes = try contributors.map {
            Taste(
                foldID: DL1.id, spaceID: space.id, comparisonCount: $0.comparisons, gain: $0.gain, confidence: 600,
                direction: try components(hex: $0.direction))
        }
        let taste = HM1.house(of: tastes, in: space)
        #expect(HM1.house(of: tastes.reversed(), in: space) == taste)
        return taste
    }

    private func checkFold(_ images: [Embedding], _ space: SpaceDescriptor) throws -> Taste {
        let (pairs, houseBytes) = (try #require(pairs), try bytes(hex: house ?? ""))
        let house = HousePrior(
            taste: try Taste(payload: houseBytes.span.bytes),
            versionHash: try #require(SHA256Digest(hex: houseHash ?? "")))
        let set = try ComparisonSet(
            space: space,
            pairs.map {
                VectorComparison(images[$0[0]].components, over: $0[1] < 0 ? nil : images[$0[1]].components)
            })
        let explained = HP1.explainedFold(set, from: house)
        var writer = ByteWriter()
        for weight in explained.weights { writer.write(UInt16(weight)) }
        #expect(SHA256Digest(hashing: writer.bytes).description == weights)
        let panelMeanSquare = space.panelMeanSquare
        let scale = try #require(self.scale)
        #expect(HP1.scale(of: set.differences, panelMeanSquare: panelMeanSquare) == scale)
        let start = house.start(scale: scale)
        let plain = HP1Plain.solve(set.differences, from: start, scale: scale)
        #expect(plain.weights == explained.weights)
        for kernels in FoldKernels.allCases where kernels.isAvailable {
            let solution = BlockedSolver.solve(
                set.differences, from: start, scale: scale, kernels: kernels)
            #expect(solution == nil || solution == plain, "\(kernels)")
        }
        #expect(HP1.fold(set, from: house) == explained.taste)
        return explained.taste
    }
}
