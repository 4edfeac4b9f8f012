internal import CNettle

/// HMAC-SHA-256.
enum HMAC {
    /// The big-endian words of the digest of a message under a key.
    static func words(of message: [UInt8], key: [UInt8]) -> (UInt64, UInt64, UInt64, UInt64) {
        var state = hmac_sha256_ctx()
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        unsafe key.withUnsafeBufferPointer { unsafe nettle_hmac_sha256_set_key(&state, $0.count, $0.baseAddress) }
        unsafe message.withUnsafeBufferPointer { unsafe nettle_hmac_sha256_update(&state, $0.count, $0.baseAddress) }
        unsafe withUnsafeMutableBytes(of: &words) { bytes in
            unsafe nettle_hmac_sha256_digest(&state, bytes.count, bytes.bindMemory(to: UInt8.self).baseAddress)
        }
        return (
            UInt64(bigEndian: words.0), UInt64(bigEndian: words.1), UInt64(bigEndian: words.2),
            UInt64(bigEndian: words.3)
        )
    }
}
