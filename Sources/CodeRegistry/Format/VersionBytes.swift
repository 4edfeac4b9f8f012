package import ByteCoding

/// The canonical bytes of a personalization version: a header and the taste payload. Their SHA-256 names the version.
///
/// The payload's fold id and space id are the only parts of it that this type knows; the fold that wrote the payload
/// reads the rest (docs/format.md, "Version bytes"). Two versions are equal when their bytes are.
package struct VersionBytes: Hashable, Sendable {
    /// The bytes as stored.
    package let bytes: [UInt8]

    /// Byte offsets of the fields, and the sizes that they imply.
    package enum Offset {
        /// The domain tag: `pstore.version` and two zero bytes.
        package static let domainTag = 0
        /// The version format, `UInt16`.
        package static let format = 16
        /// Two bytes that are zero.
        package static let reserved = 18
        /// The profile digest, 32 bytes.
        package static let profileDigest = 20
        /// The number of effective rankings, `UInt32`.
        package static let rankings = 52
        /// The number of effective likes, `UInt32`.
        package static let likes = 56
        /// The taste payload, to the end.
        package static let payload = 60
        /// The fold id, the payload's first 4 bytes.
        package static let foldID = payload
        /// The space id, 32 bytes.
        package static let spaceID = foldID + 4
        /// The fold's own fields, which begin with the dimension, `UInt16`.
        package static let foldFields = spaceID + SHA256Digest.byteCount
    }

    /// The fewest bytes that a version can have: up to and with the dimension.
    package static let minimumByteCount = Offset.foldFields + 2
    /// The version format that this package writes and reads.
    package static let format: UInt16 = 1
    static let domainTag = Array("pstore.version\0\0".utf8)

    /// The version of a profile whose fold over this evidence gave this payload.
    ///
    /// - Precondition: The payload holds at least fold id, space id and dimension: 38 bytes.
    package init(profileDigest: ProfileDigest, rankings: UInt32, likes: UInt32, payload: [UInt8]) {
        precondition(
            Offset.payload + payload.count >= Self.minimumByteCount,
            "a taste payload begins with fold id, space id and dimension")
        var writer = ByteWriter(capacity: Offset.payload + payload.count)
        writer.write(bytes: Self.domainTag)
        writer.write(Self.format)
        writer.write(UInt16(0))
        writer.write(bytes: profileDigest.digest.bytes)
        writer.write(rankings)
        writer.write(likes)
        writer.write(bytes: payload)
        bytes = writer.bytes
    }

    /// The version whose canonical bytes these are; they are copied and never re-encoded.
    ///
    /// - Throws: ``VersionBytesError`` for bytes that ``init(profileDigest:rankings:likes:payload:)`` would not write.
    package init(canonical span: RawSpan) throws(VersionBytesError) {
        guard span.byteCount >= Self.minimumByteCount else { throw .tooShort(byteCount: span.byteCount) }
        var writer = ByteWriter(capacity: span.byteCount)
        writer.write(span: span)
        let bytes = writer.bytes
        guard bytes.starts(with: Self.domainTag) else { throw .notAVersion }
        let format = Self.integer(UInt16.self, at: Offset.format, of: bytes)
        guard format == Self.format else { throw .unsupportedFormat(format) }
        guard Self.integer(UInt16.self, at: Offset.reserved, of: bytes) == 0 else { throw .reservedBytesInUse }
        self.bytes = bytes
    }

    /// SHA-256 over the bytes: the version's full hash, whose first bits its code spells. Computed at each call.
    package var hash: SHA256Digest { unsafe SHA256Digest(hashing: bytes.span.bytes) }

    /// The digest of the profile that the version belongs to.
    package var profileDigest: ProfileDigest { ProfileDigest(digest(at: Offset.profileDigest)) }

    /// The number of effective rankings that the fold has seen.
    package var rankings: UInt32 { Self.integer(UInt32.self, at: Offset.rankings, of: bytes) }

    /// The number of effective likes that the fold has seen.
    package var likes: UInt32 { Self.integer(UInt32.self, at: Offset.likes, of: bytes) }

    /// The taste payload: fold id, space id and the fold's own fields. A copy.
    package var payload: [UInt8] { Array(bytes[Offset.payload...]) }

    /// The four bytes that name the fold, such as `DL1` and a zero byte.
    package var foldID: [UInt8] { Array(bytes[Offset.foldID..<Offset.spaceID]) }

    /// The id of the space: the hash of its descriptor.
    package var spaceID: SHA256Digest { digest(at: Offset.spaceID) }

    private func digest(at offset: Int) -> SHA256Digest {
        func word(_ index: Int) -> UInt64 { Self.integer(UInt64.self, at: offset + index * 8, of: bytes).byteSwapped }
        return SHA256Digest(words: (word(0), word(1), word(2), word(3)))
    }

    private static func integer<Value: FixedWidthInteger>(
        _ type: Value.Type, at offset: Int, of bytes: [UInt8]
    ) -> Value {
        var value: Value = 0
        for index in (0..<MemoryLayout<Value>.size).reversed() { value = value << 8 | Value(bytes[offset + index]) }
        return value
    }
}

/// Why bytes are not the canonical bytes of a version.
package enum VersionBytesError: Error, Hashable, Sendable {
    /// Fewer bytes than any version has.
    case tooShort(byteCount: Int)
    /// The bytes begin with another domain tag.
    case notAVersion
    /// A later format, which this package cannot read.
    case unsupportedFormat(UInt16)
    /// The reserved bytes are not zero.
    case reservedBytesInUse
}

extension VersionBytesError: CustomStringConvertible {
    /// What is wrong, in a sentence.
    package var description: String {
        switch self {
        case .tooShort(let count):
            "a version has at least \(VersionBytes.minimumByteCount) bytes; these are \(count)"
        case .notAVersion: "the bytes do not begin with the tag of a version"
        case .unsupportedFormat(let format):
            "the version's format is \(format), this software reads format \(VersionBytes.format); update it"
        case .reservedBytesInUse: "the version's reserved bytes are not zero"
        }
    }
}
