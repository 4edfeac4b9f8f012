/// The different images of a space's panel, up to 128 that the hashes of their ids chose: what stands for the whole
/// catalogue when something is advised.
package struct PanelImages {
    /// The embeddings, in the order of the panel.
    private let embeddings: [Embedding]
    private let dimension: Int

    /// The images of a space's panel.
    package init(of space: SpaceDescriptor) {
        var seen: Set<Embedding> = []
        embeddings = space.panel.flatMap { [$0.x, $0.y] }.filter { seen.insert($0).inserted }
        dimension = space.dimension
    }

    /// On how many pairs of the images two tastes agree, in thousandths; two ties agree, a tie and a choice do not. Nil
    /// when there are fewer than two images.
    package func agreement(of one: Taste, with other: Taste) -> Int? {
        guard embeddings.count > 1 else { return nil }
        let (first, second) = (products(with: one), products(with: other))
        var agreeing = 0
        for x in embeddings.indices {
            for y in 0..<x where (first[x] - first[y]).signum() == (second[x] - second[y]).signum() { agreeing += 1 }
        }
        return floorDivide(2000 * agreeing, by: embeddings.count * (embeddings.count - 1))
    }

    private func products(with taste: Taste) -> [Int] {
        embeddings.map { embedding in
            var product = 0
            for index in 0..<dimension { product += Int(embedding.components[index]) * Int(taste.direction[index]) }
            return product
        }
    }
}
