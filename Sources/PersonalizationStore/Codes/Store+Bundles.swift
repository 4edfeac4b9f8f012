public import CodeRegistry
internal import EventLog
internal import Projections
internal import TasteFold

extension Store {
    /// A self-verifying bundle of one version: its canonical bytes and label, no events and no user.
    public func exportBundle(of code: Code) throws(StoreError) -> [UInt8] {
        let version = try version(code)
        do {
            let bytes = try VersionBytes(canonical: version.bytes.span.bytes)
            return CodeBundle(version: bytes, label: version.label ?? "").encoded
        } catch {
            throw .record(.notCanonical(version.mint.position, "\(error)"))
        }
    }

    /// Adds a bundle's version to the space that it belongs to; the hash is computed anew.
    ///
    /// Refused unless it is what a fold in the space can have given, as far as that can be told: dimension, counts, gain,
    /// confidence and length of the direction. The label comes along. A version that the store has already is not added
    /// again, and keeps its label.
    public func importBundle(_ bundle: [UInt8]) async throws(StoreError) -> Version {
        let decoded: CodeBundle
        do { decoded = try CodeBundle(encoded: bundle.span.bytes) } catch {
            throw .fault(.damagedBundle("\(error)"))
        }
        return try await importVersion(decoded.version.bytes, label: decoded.label)
    }

    /// Adds a version by its canonical bytes; the hash is computed anew.
    @discardableResult
    func importVersion(
        _ bytes: [UInt8], label: String = "", at time: Timestamp? = nil
    ) async throws(StoreError) -> Version {
        let version: VersionBytes
        let taste: Taste
        do {
            version = try VersionBytes(canonical: bytes.span.bytes)
            taste = try Taste(payload: version.payload.span.bytes)
        } catch {
            throw .fault(.damagedBundle("\(error)"))
        }
        let space = try allSpaces().first { $0.descriptor.id == taste.spaceID }
        guard let space else { throw .fault(.bundleOfOtherSpace(taste.spaceID.description)) }
        do throws(TasteFitError) {
            try taste.checkFit(to: space.descriptor, evidence: Int(version.rankings) + Int(version.likes))
        } catch {
            throw .fault(.damagedBundle("its version does not fit the space '\(space.name)': \(error)"))
        }
        _ = try await submit(
            .importVersion(space: space.position, hash: version.hash, version: version.bytes, label: label),
            at: time)
        guard let stored = try self.version(hash: version.hash) else {
            throw .fault(.unknown(version.hash.description))
        }
        return stored
    }

    /// Gives an imported version a label again that an export has of it.
    ///
    /// Who has minted the version here since then gives it labels: then nothing is appended.
    func labelImport(_ code: Code, _ label: String, at time: Timestamp?) async throws(StoreError) -> Receipt {
        let version = try version(code)
        return try await submit(.labelImport(version.mint.position, label), at: time)[0]
    }

    func allSpaces() throws(StoreError) -> [Space] {
        try read { (view) throws(StoreError) in
            var spaces: [Space] = []
            for position in try view.rows(Spaces.self) { spaces.append(try view.space(at: position)) }
            return spaces
        }
    }
}
