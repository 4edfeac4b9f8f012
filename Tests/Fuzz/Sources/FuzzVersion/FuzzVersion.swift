internal import ByteCoding
internal import CodeRegistry
internal import TasteFold

/// Version bytes and taste payloads are refused, or encode to the very bytes that they were decoded from.
///
/// The input is read as both.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzVersion(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(VersionBytesError) {
        let version = try VersionBytes(canonical: bytes.span.bytes)
        let again = VersionBytes(
            profileDigest: version.profileDigest, rankings: version.rankings, likes: version.likes,
            payload: version.payload)
        precondition(again.bytes == bytes, "version bytes are not canonical")
        precondition(version.payload.starts(with: version.foldID + version.spaceID.bytes), "the payload's first fields")
        precondition(Code(digest: version.hash).matches(version.hash), "a version's code is of another version")
        checkPayload(version.payload)
    } catch {
        precondition(!error.description.isEmpty, "an error says nothing")
    }
    checkPayload(bytes)
    return 0
}

private func checkPayload(_ payload: [UInt8]) {
    let taste: Taste
    do throws(TasteDecodingError) { taste = try Taste(payload: payload.span.bytes) } catch {
        precondition(!error.description.isEmpty, "an error says nothing")
        return
    }
    precondition(taste.payload == payload, "a payload is not canonical")
    checkBlends(of: taste)
}

/// What an accepted taste is blended to must be accepted too: it becomes part of a prompt's answer.
private func checkBlends(of taste: Taste) {
    let opposite = Taste(
        foldID: taste.foldID, spaceID: taste.spaceID, house: taste.house, comparisonCount: taste.comparisonCount,
        gain: taste.gain / 2,
        confidence: taste.isNeutral ? 500 : 500 + (taste.confidence - 500) / 2,
        direction: taste.direction.map { $0 == .min ? .max : -$0 })
    let weights = [(1, 1), (2, 1), (1000, 999), (1, 1000)]
    for (weight, oppositeWeight) in weights {
        do throws(BlendError) {
            let blend = try Taste.blend([(taste, weight), (opposite, oppositeWeight)])
            if let error = decodingError(of: blend.payload) { preconditionFailure("a blend is refused: \(error)") }
        } catch {
            guard case .tooManyComparisons = error else { preconditionFailure("a blend fails: \(error)") }
        }
    }
}

private func decodingError(of payload: [UInt8]) -> TasteDecodingError? {
    do throws(TasteDecodingError) { _ = try Taste(payload: payload.span.bytes) } catch { return error }
    return nil
}
