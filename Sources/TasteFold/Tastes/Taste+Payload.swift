package import ByteCoding

extension Taste {
    /// The canonical bytes, all integers little-endian.
    ///
    /// The fold's id, 4 bytes; the space's id, 32; of ``HP1`` the house's hash, 32; the dimension, `UInt16`; the comparison count, `UInt32`; the gain,
    /// `UInt32`; the confidence, `UInt16`; the direction's components, `Int16` each.
    package var payload: [UInt8] {
        var writer = ByteWriter(
            capacity: Self.payloadHeaderByteCount + SHA256Digest.byteCount + 2 * direction.count)
        writer.write(foldID.rawValue)
        writer.write(bytes: spaceID.bytes)
        if let house { writer.write(bytes: house.bytes) }
        writer.write(UInt16(direction.count))
        writer.write(comparisonCount)
        writer.write(gain)
        writer.write(confidence)
        writer.write(components: direction)
        return writer.bytes
    }

    /// The SHA-256 of the payload.
    package var payloadHash: SHA256Digest { SHA256Digest(hashing: payload) }

    /// The size of a payload in bytes before the direction, without the house's hash that payloads of ``HP1`` have.
    package static let payloadHeaderByteCount = 48

    /// Decodes canonical bytes.
    ///
    /// - Throws: ``TasteDecodingError`` for bytes that no known fold and no blend can have produced, as far as that can be
    ///   told: every taste that is accepted has exactly these bytes as its payload.
    package init(payload: RawSpan) throws(TasteDecodingError) {
        let taste: Taste
        do {
            taste = try Self.fields(of: payload)
        } catch {
            throw .malformed(error)
        }
        guard FoldRegistry.knownIDs.contains(taste.foldID) else { throw .unknownFold(taste.foldID) }
        try taste.checkConsistency()
        self = taste
    }

    private static func fields(of payload: RawSpan) throws(ByteCodingError) -> Taste {
        var reader = ByteReader(payload)
        let foldID = FoldID(rawValue: try reader.read())
        let spaceID = try SHA256Digest(bytes: try reader.readBytes(SHA256Digest.byteCount))
        let house =
            foldID == HP1.id ? try SHA256Digest(bytes: try reader.readBytes(SHA256Digest.byteCount)) : nil
        let dimension = try reader.read(UInt16.self)
        let comparisonCount = try reader.read(UInt32.self)
        let gain = try reader.read(UInt32.self)
        let confidence = try reader.read(UInt16.self)
        var direction: [Int16] = []
        direction.reserveCapacity(min(Int(dimension), reader.remaining / 2))
        for _ in 0..<dimension { direction.append(try reader.read()) }
        try reader.finish()
        return Taste(
            foldID: foldID, spaceID: spaceID, house: house, comparisonCount: comparisonCount, gain: gain,
            confidence: confidence, direction: direction)
    }

    /// Refuses what can be proven impossible.
    ///
    /// A gain of 0 with a direction is possible: nearly cancelling choices leave a sum that is tiny beside the scale. So is
    /// any count with a zero direction. A fold's sum can be as short as length 1, hence the wide bound on the direction.
    private func checkConsistency() throws(TasteDecodingError) {
        guard !direction.isEmpty else { throw .noDimensions }
        // The mean of values of at most 16379/16384 is below 999.7 thousandths, and a blend never raises it.
        guard (500...999).contains(confidence) else { throw .confidenceOutOfRange(confidence) }
        if isNeutral {
            guard gain == 0, confidence == 500 else { throw .contradictoryNeutral }
            return
        }
        // With a house there is a direction before the first comparison.
        guard comparisonCount > 0 || foldID == HP1.id else { throw .directionFromNothing }
        guard foldID != HM1.id || gain <= HM1.gainLimit else { throw .gainOutOfRange(gain) }
        guard isPlausiblyNormalized(direction, sourceLength: 1) else {
            throw .implausibleDirection(squaredLength: squaredLength(direction))
        }
    }
}

/// Why bytes are no taste's payload.
package enum TasteDecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Too few or too many bytes.
    case malformed(ByteCodingError)
    /// This build has no fold of this id.
    case unknownFold(FoldID)
    /// The direction has no components.
    case noDimensions
    /// The confidence is not within 500...999.
    case confidenceOutOfRange(UInt16)
    /// The direction is zero, but the gain is not 0 or the confidence not 500.
    case contradictoryNeutral
    /// There is a direction, but no comparison.
    case directionFromNothing
    /// A house's gain is above ``HM1/gainLimit``.
    case gainOutOfRange(UInt32)
    /// The direction's length is not 1 in Q14.
    case implausibleDirection(squaredLength: Int)

    /// One sentence for people.
    package var description: String {
        switch self {
        case .malformed(let error): "the payload is not canonical: \(error)"
        case .unknownFold(let id): "the payload is of the fold \(id), which is unknown here"
        case .noDimensions: "the payload has a direction without components"
        case .confidenceOutOfRange(let value): "the payload has the confidence \(value), outside 500 to 999"
        case .contradictoryNeutral: "the payload has no direction, but a gain or a confidence"
        case .directionFromNothing: "the payload has a direction, but no comparisons"
        case .gainOutOfRange(let gain): "the payload is of a house and has the gain \(gain), above \(HM1.gainLimit)"
        case .implausibleDirection(let length): "the payload's direction has the squared length \(length)"
        }
    }
}
