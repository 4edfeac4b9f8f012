public import ByteCoding
public import CodeRegistry
public import TasteFold

/// What a prompt means: the prompt to keep beside the image, and the taste to apply.
public struct Resolution: Hashable, Sendable {
    /// The prompt with its personalization spelled out: `--p` followed by its codes. Resolving it again, at any later
    /// time and for any user, gives the same taste.
    public let prompt: String
    /// The model that the prompt names, or else the caller or the store's default; nil when nobody named one.
    public let model: String?
    /// How strongly taste applies, 0 to 1000.
    public let stylize: Int
    /// The taste to apply; nil when the prompt asks for none.
    public let personalization: Personalization?
    /// Whether a version was minted or recalled for this resolution.
    public internal(set) var didAppend = false
}

/// A taste to apply to a prompt: that of one version, or a blend of several.
public struct Personalization: Hashable, Sendable {
    /// One version of a blend.
    public struct Part: Hashable, Sendable {
        /// Its code.
        public let code: Code
        /// Its weight, 1 to 1,000.
        public let weight: Int
        /// The hash of its canonical bytes.
        public let hash: SHA256Digest
    }

    /// The space that the taste lives in.
    public let space: String
    /// The versions, in the prompt's order.
    public let parts: [Part]
    /// Direction, gain and confidence; blended when there are several parts (docs/fold.md).
    public let taste: Taste
    /// How strongly taste applies, 0 to 1000.
    public let stylize: Int

    /// The weight to apply when a generator takes one, 0 to 2.5: (stylize / 400) · trust.
    public let strength: Double

    /// A prompt's embedding turned towards the taste (docs/fold.md); the same one when stylize or trust is 0.
    ///
    /// Throws when the embedding has another dimension than the space.
    public func steer(_ embedding: Embedding) throws(SteeringError) -> Embedding {
        try taste.steer(embedding, stylize: stylize)
    }
}
