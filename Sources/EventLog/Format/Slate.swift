/// Images that were shown together, and which of them were chosen.
///
/// A pick says that each chosen image is preferred to each that was shown and not chosen, and nothing of two images that
/// were both chosen or both not.
package struct Slate: Hashable, Sendable {
    /// The images, by position, in the order in which they were shown.
    package let shown: [Position]
    /// Bit i is set when the i-th image shown was chosen.
    package let chosen: UInt16

    /// How many images can be shown together.
    package static let sizes = 2...16

    /// A slate; nil when the sizes are wrong, an image comes twice, or all or none or others of the images were chosen.
    package init?(shown: [Position], chosen: UInt16) {
        guard Self.sizes.contains(shown.count), Set(shown).count == shown.count else { return nil }
        let all = UInt16(truncatingIfNeeded: 1 << shown.count - 1)
        guard chosen != 0, chosen != all, chosen & ~all == 0 else { return nil }
        self.shown = shown
        self.chosen = chosen
    }

    /// Each chosen image over each that was shown and not chosen, in the order of showing.
    package var preferences: [(winner: Position, loser: Position)] {
        let (winners, losers) = (images(chosen: true), images(chosen: false))
        return winners.flatMap { winner in losers.map { (winner, $0) } }
    }

    /// The images that were chosen, or those that were not.
    package func images(chosen isChosen: Bool) -> [Position] {
        shown.indices.filter { (chosen >> UInt16($0) & 1 == 1) == isChosen }.map { shown[$0] }
    }
}
