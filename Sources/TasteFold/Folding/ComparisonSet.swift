/// The comparisons that a fold consumes, as differences of embeddings, in canonical order.
///
/// Append the effective set sorted by ``comparisonOrderKey(winner:loser:)``. Embeddings are read in place; only the
/// differences are kept, at about 2 bytes a component.
package struct ComparisonSet: ~Copyable, Sendable {
    /// The space whose embeddings are compared.
    package let space: SpaceDescriptor
    package private(set) var differences: DifferenceMatrix

    /// The most comparisons a set can hold, 2^18: up to there every sum of a fold provably fits 64 bits.
    package static let limit = 1 << 18

    /// An empty set.
    ///
    /// - Parameter capacity: For how many comparisons to reserve memory.
    package init(space: SpaceDescriptor, capacity: Int) {
        self.space = space
        differences = DifferenceMatrix(dimension: space.dimension, capacity: min(max(capacity, 0), Self.limit))
    }

    /// The number of comparisons that were not dropped.
    package var count: Int { differences.count }

    /// Adds a ranking: the winner's embedding minus the loser's.
    ///
    /// - Parameters: The embeddings as little-endian `Int16` components, at any alignment.
    /// - Returns: False when the difference is zero and was dropped.
    /// - Throws: ``FoldError`` when the set is full, or the bytes are no two embeddings of the space; the set is unchanged.
    package mutating func append(winner: RawSpan, loser: RawSpan) throws(FoldError) -> Bool {
        guard count < Self.limit else { throw .tooManyComparisons(limit: Self.limit) }
        return try differences.append(winner, minus: loser)
    }

    /// Adds a like: the image's embedding minus the catalogue's mean.
    ///
    /// - Parameter liked: The embedding as little-endian `Int16` components, at any alignment.
    /// - Returns: False when the difference is zero and was dropped.
    /// - Throws: ``FoldError`` when the set is full, or the bytes are no embedding of the space; the set is unchanged.
    package mutating func append(liked: RawSpan) throws(FoldError) -> Bool {
        guard count < Self.limit else { throw .tooManyComparisons(limit: Self.limit) }
        let mean = space.mean
        return try differences.append(liked, minus: mean.span.bytes)
    }
}
