internal import ByteCoding

extension SpaceDescriptor {
    /// The number of pairs in the panel of a catalogue.
    package static let panelPairCount = 64

    /// The descriptor of a catalogue of images: its rounded mean, and a panel of 64 pairs.
    ///
    /// With the ids h sorted by SHA-256("panel" ‖ id), n of them, pair k is (h[2k mod n], h[(2k+1+⌊2k/n⌋) mod n]). The
    /// catalogue's order does not matter. Costs one hash an image.
    ///
    /// - Throws: ``SpaceError`` when the name contains a zero character, or the catalogue has fewer than two images,
    ///   images of different dimensions, or an id twice.
    package init(name: String, catalogue: [(id: String, embedding: Embedding)]) throws(SpaceError) {
        guard !name.utf8.contains(0) else { throw .zeroCharacterInName }
        guard catalogue.count >= 2 else { throw .tooFewImages(catalogue.count) }
        let dimension = catalogue[0].embedding.dimension
        var sums = [Int](repeating: 0, count: dimension)
        var order: [(key: SHA256Digest, index: Int)] = []
        order.reserveCapacity(catalogue.count)
        for (index, image) in catalogue.enumerated() {
            guard image.embedding.dimension == dimension else {
                throw .dimension(id: image.id, found: image.embedding.dimension, expected: dimension)
            }
            for component in 0..<dimension { sums[component] += Int(image.embedding.components[component]) }
            order.append((SHA256Digest(hashing: Array("panel".utf8) + Array(image.id.utf8)), index))
        }
        order.sort { $0.key < $1.key }
        for (image, next) in zip(order, order.dropFirst()) where image.key == next.key {
            throw .repeatedImage(id: catalogue[image.index].id)
        }
        let count = order.count
        let panel = (0..<Self.panelPairCount).map { pair in
            PanelPair(
                x: catalogue[order[2 * pair % count].index].embedding,
                y: catalogue[order[(2 * pair + 1 + 2 * pair / count) % count].index].embedding)
        }
        self.init(name: name, mean: sums.map { Int16(roundDivide($0, by: count)) }, panel: panel)
    }
}

/// Why a catalogue makes no space.
package enum SpaceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name contains the character that ends it in the space's canonical bytes.
    case zeroCharacterInName
    /// The catalogue has this many images, too few for a panel.
    case tooFewImages(Int)
    /// An image's embedding has another dimension than the first image's.
    case dimension(id: String, found: Int, expected: Int)
    /// The catalogue has two images of this id.
    case repeatedImage(id: String)

    /// One sentence for people.
    package var description: String {
        switch self {
        case .zeroCharacterInName: "the name of a space cannot contain a zero character"
        case .tooFewImages(let count): "a space needs a catalogue of at least 2 images, not \(count)"
        case .dimension(let id, let found, let expected):
            "image \(id) has an embedding of \(found) components where the others have \(expected)"
        case .repeatedImage(let id): "image \(id) is twice in the catalogue"
        }
    }
}
