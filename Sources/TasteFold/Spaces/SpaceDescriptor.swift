public import ByteCoding

/// What pins a preference space: its name, its dimension, its catalogue's mean and a panel of image pairs.
///
/// Immutable and named by its content: replacing any of it makes another space, in which codes are others too. Equal
/// when the ids are.
public struct SpaceDescriptor: Sendable {
    /// The name of the space.
    public let name: String
    /// The mean of the catalogue's embeddings, each component rounded; a like prefers its image to this.
    public let mean: [Int16]
    /// The pairs of images on which confidence is measured.
    package let panel: [PanelPair]
    /// The SHA-256 of the descriptor's canonical bytes, below.
    ///
    /// Of: `space` and a zero byte; the name in UTF-8 and a zero byte; the dimension and the number of pairs as `UInt16`;
    /// the mean; both embeddings of each pair. All integers little-endian, components `Int16`.
    public let id: SHA256Digest
    /// The mean squared distance of the panel's pairs, rounded down, in Q28: the space's typical scale. 0 without a panel.
    package let panelMeanSquare: Int

    /// The panel's nonzero differences; the other pairs are ties whatever the taste.
    package let panelDifferences: DifferenceMatrix

    /// The descriptor with these parts, as a stored definition holds them.
    ///
    /// - Precondition: The mean and all embeddings have the same dimension, 1 to 65,535, and there are at most 65,535
    ///   pairs.
    package init(name: String, mean: [Int16], panel: [PanelPair]) {
        precondition((1...Embedding.largestDimension).contains(mean.count), "a space has 1 to 65535 dimensions")
        precondition(panel.count <= Int(UInt16.max), "a panel has at most 65535 pairs")
        for pair in panel {
            precondition(
                pair.x.dimension == mean.count && pair.y.dimension == mean.count, "a panel of another dimension")
        }
        self.name = name
        self.mean = mean
        self.panel = panel
        do {
            panelDifferences = try Self.differences(of: panel, dimension: mean.count)
        } catch {
            preconditionFailure("embeddings are canonical, so they differ by less than twice their length: \(error)")
        }
        panelMeanSquare = panel.isEmpty ? 0 : panelDifferences.sumOfSquaredLengths / panel.count
        id = Self.digest(name: name, mean: mean, panel: panel)
    }

    /// The number of components of the space's embeddings.
    public var dimension: Int { mean.count }

    private static func differences(of panel: [PanelPair], dimension: Int) throws(FoldError) -> DifferenceMatrix {
        var differences = DifferenceMatrix(dimension: dimension, capacity: panel.count)
        for pair in panel {
            let x = pair.x.components
            let y = pair.y.components
            _ = try differences.append(x.span.bytes, minus: y.span.bytes)
        }
        return differences
    }

    private static func digest(name: String, mean: [Int16], panel: [PanelPair]) -> SHA256Digest {
        var writer = ByteWriter(capacity: 2 * mean.count * (2 * panel.count + 1) + 64)
        writer.write(bytes: "space\0".utf8)
        writer.write(bytes: name.utf8)
        writer.write(UInt8(0))
        writer.write(UInt16(mean.count))
        writer.write(UInt16(panel.count))
        writer.write(components: mean)
        for pair in panel {
            writer.write(components: pair.x.components)
            writer.write(components: pair.y.components)
        }
        return SHA256Digest(hashing: writer.bytes)
    }
}

extension SpaceDescriptor: Hashable {
    /// Equal when the ids are.
    public static func == (left: Self, right: Self) -> Bool { left.id == right.id }

    /// Hashes the id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// Two images of a panel.
package struct PanelPair: Hashable, Sendable {
    /// The first image's embedding.
    package let x: Embedding
    /// The second image's embedding.
    package let y: Embedding

    /// The pair of two images.
    package init(x: Embedding, y: Embedding) {
        self.x = x
        self.y = y
    }
}
