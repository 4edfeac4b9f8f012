internal import CCRC32C

/// CRC-32C (Castagnoli: reflected polynomial 0x82F63B78, initial value and final complement all ones), the checksum of
/// iSCSI (RFC 3720, appendix B.4) and of every record of the log.
///
/// Computed by the processor's own instructions where it has them, eight bytes in three cycles; otherwise by
/// ``CRC32CTables``.
package struct CRC32C: Sendable {
    private var state: UInt32 = .max

    /// A checksum of no bytes.
    package init() {}

    /// Adds the eight bytes of a little-endian integer and then borrowed bytes, at the cost of one call.
    package mutating func update(_ value: UInt64, _ span: RawSpan) {
        unsafe span.withUnsafeBytes { bytes in
            guard crc32c_is_available() != 0 else {
                unsafe withUnsafeBytes(of: value.littleEndian) { unsafe update($0) }
                return unsafe update(bytes)
            }
            state = unsafe crc32c_update_word_and_bytes(state, value, bytes.baseAddress, bytes.count)
        }
    }

    /// Adds borrowed bytes.
    package mutating func update(_ span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe update($0) }
    }

    /// The checksum of everything added.
    package var value: UInt32 { ~state }

    private mutating func update(_ bytes: UnsafeRawBufferPointer) {
        state =
            unsafe crc32c_is_available() != 0
            ? crc32c_update(state, bytes.baseAddress, bytes.count) : CRC32CTables.update(state, bytes)
    }
}
