/// Which house new mints of a space start from.
package struct HousePin: Hashable, Sendable {
    /// The mint of the house version; nil when mints start from nothing again.
    package var mint: Position?
    /// How many effective comparisons `--p` needs while the house is pinned; nil for as many as the space says.
    package var threshold: UInt32?

    /// Pins a house, or none.
    package init(mint: Position?, threshold: UInt32?) {
        self.mint = mint
        self.threshold = threshold
    }
}

/// What a house version was made of, so that it can be made again.
public struct HouseOrigin: Hashable, Sendable {
    /// The position up to which the log was read.
    public var asOf: Position
    /// How many profiles contributed.
    public var contributorCount: UInt32

    /// Describes an origin.
    package init(asOf: Position, contributorCount: UInt32) {
        self.asOf = asOf
        self.contributorCount = contributorCount
    }
}
