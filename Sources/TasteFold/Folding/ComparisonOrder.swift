public import ByteCoding

/// What the fold orders comparisons by: SHA-256(winner ‖ 0x00 ‖ loser) over the UTF-8 bytes of the image ids.
///
/// - Parameter loser: The id of the other image; empty for a like.
public func comparisonOrderKey(winner: RawSpan, loser: RawSpan) -> SHA256Digest {
    var hasher = SHA256Hasher()
    hasher.update(span: winner)
    hasher.update([0])
    hasher.update(span: loser)
    return hasher.finalize()
}
