internal import EventLog
internal import TasteFold

extension InterchangeLine {
    /// The space that the line defines, checked for everything that a space's descriptor and record take for granted.
    func spaceDefinition() throws(InterchangeFault) -> SpaceDefinition {
        let mean = try need(meanQ14, "meanQ14")
        let panel = try need(panelQ14, "panelQ14")
        guard (1...Embedding.largestDimension).contains(mean.count) else {
            throw .invalidValue(
                "meanQ14", "it has \(mean.count) components; a space has 1 to \(Embedding.largestDimension)")
        }
        guard Self.canBeMean(mean) else {
            throw .invalidValue("meanQ14", "it is longer than the mean of embeddings can be; export the space again")
        }
        let pairs = panel.count.quotientAndRemainder(dividingBy: 2 * mean.count)
        guard pairs.remainder == 0 else {
            throw .invalidValue("panelQ14", "its length is not a multiple of twice the dimension \(mean.count)")
        }
        guard pairs.quotient <= Int(UInt16.max) else {
            throw .invalidValue("panelQ14", "it has \(pairs.quotient) pairs; a panel has at most \(UInt16.max)")
        }
        guard let threshold = UInt32(exactly: threshold ?? 40), threshold >= 1 else {
            throw .invalidValue("threshold", "it is not from 1 to \(UInt32.max); 40 is usual")
        }
        let name = try need(name, "name")
        guard Name.isValid(name, limit: Name.shortLimit) else {
            throw .refused(.event(.invalidName(field: "space", name)))
        }
        let definition = SpaceDefinition(name: name, threshold: threshold, mean: mean, panel: panel)
        do throws(RecordError) { _ = try SpaceDescriptor(definition, at: .first) } catch {
            throw .invalidValue("panelQ14", error.description)
        }
        return definition
    }

    /// Whether a vector can be the rounded mean of embeddings, which are 2^14 long within half of √d and one: a longer
    /// one would break the bounds that let scores fit 64 bits.
    private static func canBeMean(_ mean: [Int16]) -> Bool {
        var square = 0
        for component in mean { square += Int(component) * Int(component) }
        let longest = 16384 + 2 * 256 + 2
        return square <= longest * longest
    }
}
