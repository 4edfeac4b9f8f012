internal import CNettle

/// A SHA-256 over bytes that arrive in pieces, computed by Nettle.
package struct SHA256Hasher: Sendable {
    // Nettle's state is a value, so a hash costs no allocation: folds hash some hundred short messages each.
    private var state = sha256_ctx()

    /// A hasher that has seen nothing.
    package init() { unsafe nettle_sha256_init(&state) }

    /// Hashes some bytes more.
    package mutating func update(_ bytes: [UInt8]) { unsafe update(span: bytes.span.bytes) }

    /// Hashes some borrowed bytes more.
    package mutating func update(span: RawSpan) {
        unsafe span.withUnsafeBytes { bytes in
            unsafe nettle_sha256_update(&state, bytes.count, bytes.bindMemory(to: UInt8.self).baseAddress)
        }
    }

    /// Hashes the 32 bytes of a digest.
    package mutating func update(_ digest: SHA256Digest) {
        let words = digest.words
        unsafe withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)) {
            unsafe update(span: RawSpan(_unsafeBytes: $0))
        }
    }

    /// Hashes one byte.
    package mutating func update(byte: UInt8) {
        unsafe withUnsafeBytes(of: byte) { unsafe update(span: RawSpan(_unsafeBytes: $0)) }
    }

    /// The digest of everything seen.
    package consuming func finalize() -> SHA256Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        unsafe withUnsafeMutableBytes(of: &words) { bytes in
            unsafe nettle_sha256_digest(&state, bytes.count, bytes.bindMemory(to: UInt8.self).baseAddress)
        }
        return SHA256Digest(
            words: (
                UInt64(bigEndian: words.0), UInt64(bigEndian: words.1), UInt64(bigEndian: words.2),
                UInt64(bigEndian: words.3)
            ))
    }
}
