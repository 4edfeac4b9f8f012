extension Taste {
    /// The probability in Q14 that the user prefers one image to another: σ(gain · C·(x − y)).
    ///
    /// - Precondition: Both are embeddings of the taste's dimension; that they are of its space is the caller's to know.
    public func preference(of x: Embedding, over y: Embedding) -> Int {
        precondition(x.dimension == dimension && y.dimension == dimension, "embeddings of another dimension")
        var product = 0
        for index in 0..<dimension {
            product += Int(direction[index]) * (Int(x.components[index]) - Int(y.components[index]))
        }
        // Q8 · Q14 · Q14 -> Q12.
        return LogisticTable.complement(ofMargin: -floorShift(Int(gain), times: product, by: 24))
    }

    /// How much the user prefers an image to the catalogue's mean, in logits, Q8.
    ///
    /// To score many images, use a ``TasteScorer``.
    ///
    /// - Precondition: The space is the taste's, and the embedding has its dimension.
    public func score(_ embedding: Embedding, in space: SpaceDescriptor) -> Int {
        TasteScorer(taste: self, space: space).score(of: embedding.components.span.bytes)
    }
}
