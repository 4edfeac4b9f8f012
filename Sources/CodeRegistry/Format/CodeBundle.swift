package import ByteCoding

/// One version and its label, in bytes that verify themselves: how a code travels to another store of the same space.
/// Holds no user and no events.
///
/// Layout, little-endian: `PSBUNDLE` in ASCII; format `UInt16`, 1; the label as UTF-8 byte count (`UInt16`) and UTF-8
/// bytes; the number of version bytes, `UInt32`; the version bytes; SHA-256 over everything before, 32 bytes.
package struct CodeBundle: Hashable, Sendable {
    /// The owner's name for the code; empty when there is none.
    package let label: String
    /// The version.
    package let version: VersionBytes

    static let magic = Array("PSBUNDLE".utf8)
    static let format: UInt16 = 1
    private static let headerByteCount = magic.count + 2

    /// A bundle of a version.
    ///
    /// - Precondition: The label has at most 65,535 UTF-8 bytes.
    package init(version: VersionBytes, label: String = "") {
        self.version = version
        self.label = label
    }

    /// Reads a bundle and verifies it; the version's hash is to be taken from the bytes, as ``VersionBytes/hash`` does.
    ///
    /// - Throws: ``CodeBundleError``; a bundle with any byte changed, missing or added is refused.
    package init(encoded span: RawSpan) throws(CodeBundleError) {
        guard span.byteCount >= Self.headerByteCount + SHA256Digest.byteCount,
            Self.startsWithMagic(span)
        else { throw .notABundle }
        let format = unsafe UInt16(
            littleEndian: span.unsafeLoadUnaligned(fromByteOffset: Self.magic.count, as: UInt16.self))
        guard format == Self.format else { throw .unsupportedFormat(format) }
        let end = span.byteCount - SHA256Digest.byteCount
        let contents = span.extracting(0..<end)
        let checksum = SHA256Digest(hashing: contents).bytes
        guard checksum.indices.allSatisfy({ checksum[$0] == Self.byte(at: end + $0, of: span) }) else { throw .changed }
        let versionRange: Range<Int>
        do { (label, versionRange) = try Self.fields(of: contents) } catch { throw .malformed(error) }
        do { version = try VersionBytes(canonical: contents.extracting(versionRange)) } catch { throw .version(error) }
    }

    /// The bundle's bytes; the same bundle always has the same.
    package var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 64 + label.utf8.count + version.bytes.count)
        writer.write(bytes: Self.magic)
        writer.write(Self.format)
        writer.writeShortString(label)
        writer.write(UInt32(version.bytes.count))
        writer.write(bytes: version.bytes)
        writer.write(bytes: SHA256Digest(hashing: writer.span()).bytes)
        return writer.bytes
    }

    /// The label, and where the version's bytes are.
    private static func fields(of contents: RawSpan) throws(ByteCodingError) -> (label: String, version: Range<Int>) {
        var reader = ByteReader(contents)
        _ = try reader.readBytes(headerByteCount)
        let label = try reader.readShortString()
        let count = Int(try reader.read(UInt32.self))
        let start = reader.offset
        _ = try reader.readBytes(count)
        try reader.finish()
        return (label, start..<(start + count))
    }

    private static func startsWithMagic(_ span: RawSpan) -> Bool {
        magic.indices.allSatisfy { magic[$0] == byte(at: $0, of: span) }
    }

    private static func byte(at offset: Int, of span: RawSpan) -> UInt8 {
        unsafe span.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}

/// Why bytes are not a bundle that can be imported.
package enum CodeBundleError: Error, Equatable, Sendable {
    /// The bytes do not begin as a bundle does, or are too few.
    case notABundle
    /// A later format, which this package cannot read.
    case unsupportedFormat(UInt16)
    /// The bytes are not those that were exported: their hash differs.
    case changed
    /// The fields do not fill the bundle.
    case malformed(ByteCodingError)
    /// The version in the bundle is not canonical.
    case version(VersionBytesError)
}

extension CodeBundleError: CustomStringConvertible {
    /// What is wrong and what to do, in a sentence.
    package var description: String {
        switch self {
        case .notABundle: "this is not a code bundle; export one with export-code"
        case .unsupportedFormat(let format):
            "the bundle's format is \(format), this software reads format \(CodeBundle.format); update it"
        case .changed: "the bundle was changed or cut since its export; export it again"
        case .malformed(let error): "the bundle is not canonical: \(error)"
        case .version(let error): "the bundle's version is not canonical: \(error)"
        }
    }
}
