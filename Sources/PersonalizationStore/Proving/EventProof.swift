internal import ByteCoding
internal import CodeRegistry
public import EventLog
public import TransparencyLog

/// A proof that an event stands in a log, which can be checked without the log: C2SP's tlog-proof with the opening of the
/// event's entry.
///
/// It shows one event, with positions for names, and nothing of its neighbours: of a minted version the bytes, the code and
/// the position of the profile, not whose it is. Proofs of one event made at different times differ in their checkpoint.
public struct EventProof: Hashable, Sendable {
    /// The proof as C2SP defines it, signed checkpoint and all.
    package let inclusion: InclusionProof
    /// Where in the log the event is.
    public let position: Position
    /// When it was recorded; nil when the record is not shown and its format not known.
    public let recordedAt: Timestamp?
    /// What happened; nil when that is not shown: the event was erased, or opens a person's stream.
    public let kind: RecordKind?
    /// The event that opened the stream, which for a version is the profile that minted it, or the space that imported it.
    public let stream: Position?
    /// The version, when the event minted or imported one.
    public let version: VersionName?
    /// The version's canonical bytes (docs/format.md).
    public let versionBytes: [UInt8]?

    /// Reads a proof and verifies all of it: that the key's owner signed the checkpoint for the log of that name, and that
    /// the event that is opened leads to the checkpoint's root.
    public init(parsing text: String, verifiedBy key: VerifierKey) throws(ProofError) {
        let inclusion: InclusionProof
        do throws(TransparencyError) { inclusion = try InclusionProof(parsing: text, verifiedBy: key) } catch {
            throw .transparency(error)
        }
        try self.init(inclusion)
    }

    init(_ inclusion: InclusionProof) throws(ProofError) {
        guard let extra = inclusion.extra else { throw .opening("it has no extra data") }
        guard inclusion.index < .max else { throw .opening("its index is too large") }
        let opening = try EventOpening(bytes: extra)
        position = Position(inclusion.index + 1)
        self.inclusion = inclusion
        guard inclusion.proves(opening.leaf) else { throw .notProven(position) }
        let shown = try opening.withRecord(at: position) { (record) throws(RecordError) in
            try Shown(record)
        }
        kind = shown?.kind
        stream = shown?.stream
        recordedAt = shown?.recordedAt ?? opening.recordedAt
        version = shown?.version
        versionBytes = shown?.versionBytes
    }

    /// The text that is handed on.
    public var text: String { inclusion.description }

    private struct Shown {
        let kind: RecordKind
        let stream: Position
        let recordedAt: Timestamp
        let version: VersionName?
        let versionBytes: [UInt8]?

        init(_ record: borrowing RecordView) throws(RecordError) {
            kind = record.header.kind
            stream = record.header.stream
            recordedAt = record.header.recordedAt
            // Decoded in any case, so that what is shown as an event is one.
            let body = try RecordBody(of: record)
            guard body.kind == .versionMinted || body.kind == .versionImported,
                let symbolCount = record.mintLinks?.symbolCount
            else {
                version = nil
                versionBytes = nil
                return
            }
            let bytes = try record.versionBytes().withUnsafeBytes { Array($0) }
            let hash = SHA256Digest(hashing: bytes)
            versionBytes = bytes
            version = VersionName(code: Code(digest: hash, symbolCount: Int(symbolCount)), hash: hash)
        }
    }
}

extension EventProof: CustomStringConvertible {
    /// The text that is handed on.
    public var description: String { text }
}
