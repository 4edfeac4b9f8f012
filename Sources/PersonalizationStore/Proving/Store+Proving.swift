public import ByteCoding
public import CodeRegistry
public import EventLog
internal import LMDB
internal import Projections
public import TransparencyLog

/// How large a log is and the root of the RFC 9162 tree over it.
public struct TreeHead: Hashable, Sendable {
    /// The number of events.
    public let size: UInt64
    /// The root; the leaf with index i is the event at position i + 1.
    public let root: SHA256Digest
}

extension Store {
    // Everything here is read from one snapshot and needs no lock: stores that are open for reading only can do it too. Cost,
    // unless said otherwise: the records after the last full tile are hashed, 65,535 at most, some tens of milliseconds; what a
    // process has hashed once it keeps.

    /// The log's size and root, as of now or, with `size`, as they were.
    ///
    /// Throws ``ProofError/noEvent(_:head:)`` when the log has not so many events.
    public func treeHead(size: UInt64? = nil) throws(ProofError) -> TreeHead {
        try withTree { (reader, view) throws(ProofError) in
            let count = size ?? reader.size
            if count > reader.size { throw .noEvent(Position(count), head: view.snapshot.head) }
            return TreeHead(size: count, root: try root(over: count, &reader, in: view))
        }
    }

    /// What the log is now, signed: whoever keeps it can later have it proven that nothing before was changed.
    ///
    /// - Parameter key: The key to sign with; the store's own unless it is given.
    public func signedCheckpoint(signedBy key: SigningKey? = nil) throws(ProofError) -> SignedCheckpoint {
        let key = if let key { key } else { try signingKey() }
        let head = try treeHead()
        return SignedCheckpoint(size: head.size, root: head.root, signedBy: key)
    }

    /// A proof that a code's version stands in the log: of the event that minted it or, when it was only imported, of its
    /// import. Shows the version and the position of its profile, not whose it is.
    ///
    /// - Parameters:
    ///   - code: The code, or the version's hash.
    ///   - key: The key to sign with; the store's own unless it is given.
    public func proof(ofCode code: Code, signedBy key: SigningKey? = nil) throws(ProofError) -> EventProof {
        let version: Version
        do { version = try self.version(code) } catch {
            throw error.storageError.map { .storage($0) } ?? .code(error)
        }
        return try proof(ofEventAt: version.mint.position, signedBy: key)
    }

    /// A proof that an event stands in the log, which shows all that was recorded of it, names as positions; of an event
    /// that was erased, or that opens a person's stream, only when it was recorded.
    ///
    /// The proof is checked before it is returned.
    public func proof(ofEventAt position: Position, signedBy key: SigningKey? = nil) throws(ProofError) -> EventProof {
        let key = if let key { key } else { try signingKey() }
        return try withTree { (reader, view) throws(ProofError) in
            guard let head = view.snapshot.head, position <= head else {
                throw .noEvent(position, head: view.snapshot.head)
            }
            let index = position.number - 1
            let root = try root(over: reader.size, &reader, in: view)
            let inclusion: InclusionProof
            do throws(StorageError) {
                let hashes = try reader.inclusionProof(of: index, in: view.snapshot.transaction)
                let record = try view.snapshot.record(at: position)
                inclusion = InclusionProof(
                    index: index, hashes: hashes,
                    checkpoint: SignedCheckpoint(size: reader.size, root: root, signedBy: key),
                    extra: try reader.opening(of: record, in: view).bytes)
            } catch { throw .storage(error) }
            do throws(ProofError) { return try EventProof(inclusion) } catch {
                guard case .notProven = error else { throw error }
                throw .storage(.damagedRow(table: "tree", "its hashes are not those of the log's records"))
            }
        }
    }

    /// A proof that the log still begins with all that it had when a checkpoint was signed, in the form that witnesses take.
    ///
    /// Throws ``ProofError/rewritten(earlierSize:size:)`` when it does not. Believes the store's own tiles, as every proof
    /// does: ``verify(since:onProgress:)`` reads the records.
    ///
    /// - Parameters:
    ///   - earlier: An earlier signed checkpoint of this log.
    ///   - key: The key to sign with; the store's own unless it is given.
    public func consistencyProof(
        from earlier: SignedCheckpoint, signedBy key: SigningKey? = nil
    ) throws(ProofError) -> ConsistencyProof {
        let key = if let key { key } else { try signingKey() }
        guard earlier.origin == key.verifierKey.name else {
            throw .transparency(.otherLog(expected: key.verifierKey.name, found: earlier.origin))
        }
        return try withTree { (reader, view) throws(ProofError) in
            guard earlier.size <= reader.size else { throw .rewritten(earlierSize: earlier.size, size: reader.size) }
            let root = try root(over: reader.size, &reader, in: view)
            let hashes: [SHA256Digest]
            do throws(StorageError) {
                hashes = try reader.consistencyProof(from: earlier.size, in: view.snapshot.transaction)
            } catch { throw .storage(error) }
            let proof = ConsistencyProof(
                earlierSize: earlier.size, hashes: hashes,
                checkpoint: SignedCheckpoint(size: reader.size, root: root, signedBy: key))
            guard proof.proves(from: earlier) else { throw .rewritten(earlierSize: earlier.size, size: reader.size) }
            return proof
        }
    }

    private func withTree<Result>(
        _ body: (inout TreeReader, borrowing StoreView) throws(ProofError) -> Result
    ) throws(ProofError) -> Result {
        try read { (view) throws(ProofError) in
            var reader: TreeReader
            do throws(StorageError) { reader = try view.snapshot.makeTreeReader() } catch { throw .storage(error) }
            return try body(&reader, view)
        }
    }

    private func root(
        over count: UInt64, _ reader: inout TreeReader, in view: borrowing StoreView
    ) throws(ProofError) -> SHA256Digest {
        do throws(StorageError) { return try reader.root(over: count, in: view.snapshot.transaction) } catch {
            throw .storage(error)
        }
    }
}

extension TreeReader {
    /// What opens a record's leaf.
    fileprivate mutating func opening(
        of record: borrowing RecordView, in view: borrowing StoreView
    ) throws(StorageError) -> EventOpening {
        let entry = try entry(of: record, in: view.snapshot.transaction)
        let publicPart = Array(entry.dropLast(SHA256Digest.byteCount))
        // The opening record of a person's stream holds the stream's salt, which would open all of its records.
        guard !record.opensPersonalStream, let salt = try positionSalt(of: record, in: view.snapshot.transaction) else {
            return EventOpening(
                publicPart: publicPart, commitment: entry.span.bytes.extracting(publicPart.count..<entry.count))
        }
        return EventOpening(
            publicPart: publicPart,
            privatePart: .shown(record.privatePart.withUnsafeBytes { Array($0) }, salt: salt.bytes))
    }
}
