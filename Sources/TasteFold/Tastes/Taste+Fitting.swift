package import ByteCoding

extension Taste {
    /// Refuses a taste that no fold can have made in a space from so much evidence, as far as that can be told: a version
    /// of another store, or of a log that was tampered with.
    ///
    /// What is accepted can be scored, steered by and blended in the space without a precondition failing.
    ///
    /// - Parameters:
    ///   - space: The space that the taste is said to be of.
    ///   - evidence: The number of effective rankings and likes that it was folded from, none of which need have counted.
    package func checkFit(to space: SpaceDescriptor, evidence: Int) throws(TasteFitError) {
        guard spaceID == space.id else { throw .otherSpace(spaceID) }
        guard dimension == space.dimension else { throw .dimension(found: dimension, expected: space.dimension) }
        guard comparisonCount <= min(evidence, ComparisonSet.limit) else {
            throw .comparisonCount(Int(comparisonCount), evidence: evidence)
        }
        guard !space.panel.isEmpty || confidence == 500 else { throw .confidenceWithoutPanel(confidence) }
        guard gain <= largestGain(in: space) else { throw .gain(gain, comparisons: Int(comparisonCount)) }
        guard isNeutral || isPlausiblyNormalized(direction, sourceLength: shortestSource(in: space)) else {
            throw .direction(squaredLength: squaredLength(direction))
        }
    }

    /// Twice what the gain can be.
    ///
    /// With n comparisons of mean squared length m² and a panel of mean squared length p: |V| <= 2^14·n·m and
    /// c >= max(2m², p/8), so |V|·2^10/c is greatest where 2m² = p/8: 2^25·n/√p (docs/fold.md, section 3).
    private func largestGain(in space: SpaceDescriptor) -> Int {
        let root = Int(squareRoot(UInt64(space.panelMeanSquare)))
        return root == 0 ? Int(UInt32.max) : (Int(comparisonCount) << 26) / root + 1
    }

    /// The least length of the sum that was normalized: gain·c/2^10, but no more than what is left of a longer one.
    private func shortestSource(in space: SpaceDescriptor) -> Int {
        min(1 << 22, max(1, Int(gain) * max(1, space.panelMeanSquare / 8) / 1024))
    }
}

/// Why a taste cannot be of a space.
package enum TasteFitError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The taste says that it is of the space with this id.
    case otherSpace(SHA256Digest)
    /// The direction has not as many components as the space has dimensions.
    case dimension(found: Int, expected: Int)
    /// More comparisons than the evidence can give, or than a fold takes.
    case comparisonCount(Int, evidence: Int)
    /// A confidence without a panel on which it could have been measured.
    case confidenceWithoutPanel(UInt16)
    /// A gain greater than so many comparisons can give.
    case gain(UInt32, comparisons: Int)
    /// The direction's length is not what normalizing gives.
    case direction(squaredLength: Int)

    /// One sentence for people.
    package var description: String {
        switch self {
        case .otherSpace(let id): "it is of the space with id \(id)"
        case .dimension(let found, let expected): "its direction has \(found) components, and its space \(expected)"
        case .comparisonCount(let count, let evidence): "it claims \(count) comparisons from \(evidence) choices"
        case .confidenceWithoutPanel(let confidence): "its confidence is \(confidence), and its space has no panel"
        case .gain(let gain, let count): "its gain \(gain) is more than \(count) comparisons can give"
        case .direction(let length): "its direction has the squared length \(length)"
        }
    }
}
