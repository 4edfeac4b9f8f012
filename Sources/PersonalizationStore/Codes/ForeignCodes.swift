package import ByteCoding
package import CodeRegistry
internal import EventLog
internal import Projections
package import PromptLanguage
internal import TasteFold

/// What codes mean that a store does not have: in a cluster, those of other shards.
package struct ForeignCodes: Sendable {
    /// Versions, by the code that a prompt names them by.
    package var versions: [Code: Version] = [:]
    /// What aliases mean in the space in question: codes.
    package var aliases: [ForeignCode: Code] = [:]

    /// Nothing is foreign.
    package init() {}
}

extension Store {
    /// The version that canonical bytes are, of one of this store's spaces, without adding it to the store. Where it was
    /// minted is not known here: its position is one that no log has.
    ///
    /// - Parameter symbolCount: How many symbols of the hash its code shows.
    package func foreignVersion(_ bytes: [UInt8], symbolCount: Int, isRevoked: Bool) throws(StoreError) -> Version {
        let canonical: VersionBytes
        let taste: Taste
        do {
            canonical = try VersionBytes(canonical: bytes.span.bytes)
            taste = try Taste(payload: canonical.payload.span.bytes)
        } catch {
            throw .fault(.damagedBundle("\(error)"))
        }
        let space = try allSpaces().first { $0.descriptor.id == taste.spaceID }
        guard let space else { throw .fault(.bundleOfOtherSpace(taste.spaceID.description)) }
        return Version(
            code: Code(digest: canonical.hash, symbolCount: symbolCount), hash: canonical.hash,
            bytes: bytes,
            space: space.name, rankings: Int(canonical.rankings), likes: Int(canonical.likes), taste: taste,
            mint: Version.Mint(
                position: Self.nowhere, recordedAt: Timestamp(microseconds: 0), foldedThrough: 0,
                stream: Self.nowhere, imported: nil),
            label: nil, isRevoked: isRevoked)
    }

    private static var nowhere: Position { Position(1 << 62) }

    /// The name of the space that canonical version bytes are of, if the store has it.
    package func spaceName(ofVersion bytes: [UInt8]) throws(StoreError) -> String? {
        guard let canonical = try? VersionBytes(canonical: bytes.span.bytes),
            let taste = try? Taste(payload: canonical.payload.span.bytes)
        else { return nil }
        return try allSpaces().first { $0.descriptor.id == taste.spaceID }?.name
    }

    /// Adds a version by its canonical bytes to the space that it is of; see ``importBundle(_:)``.
    package func adoptVersion(_ bytes: [UInt8]) async throws(StoreError) -> Version { try await importVersion(bytes) }
}

extension Version {
    /// The version as one that may not be used.
    package var takenDown: Version {
        Version(
            code: code, hash: hash, bytes: bytes, space: space, rankings: rankings, likes: likes, taste: taste,
            mint: mint,
            label: label, isRevoked: true)
    }
}

/// A version as the store that minted it has it, for a directory of codes.
package struct MintedVersion: Sendable {
    /// The hash of the bytes.
    package let hash: SHA256Digest
    /// How many symbols of the hash its code shows.
    package let symbolCount: Int
    /// The canonical bytes.
    package let bytes: [UInt8]
}

extension Store {
    /// Every version that was minted here, in no order; what was only imported is another store's.
    package func mintedVersions() throws(StoreError) -> [MintedVersion] {
        try read { (view) throws(StoreError) in
            var versions: [MintedVersion] = []
            for place in try view.rows(Versions.self).flatMap(\.places) where place.mint != place.imported {
                let version = try view.version(at: place)
                versions.append(
                    MintedVersion(hash: place.hash, symbolCount: Int(place.symbolCount), bytes: version.bytes))
            }
            return versions
        }
    }
}
