package import ByteCoding

/// What the fold orders comparisons by: SHA-256(winner ‖ 0x00 ‖ loser) over the UTF-8 bytes of the image ids.
///
/// - Parameter loser: The id of the other image; empty for a like.
package func comparisonOrderKey(winner: RawSpan, loser: RawSpan) -> SHA256Digest {
    // One piece, because each call of the hash function costs as much as hashing it.
    let byteCount = winner.byteCount + 1 + loser.byteCount
    return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 1) { message in
        winner.withUnsafeBytes { message.copyMemory(from: $0) }
        message[winner.byteCount] = 0
        loser.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: message[(winner.byteCount + 1)...]).copyMemory(from: $0)
        }
        return SHA256Digest(hashing: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(message)))
    }
}
