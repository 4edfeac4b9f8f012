internal import EventLog
internal import Projections
internal import Synchronization

/// Versions that have been decoded, without what their owners say of them, which may change.
///
/// A version never changes, so an entry is good for ever. Bounded: a full cache is emptied, since the versions in use at
/// a time are soon back.
final class VersionCache: Sendable {
    private let versions = Mutex<[Position: Version]>([:])
    private static let capacity = 4096

    /// The version that a mint holds, if it is here.
    subscript(mint: Position) -> Version? {
        versions.withLock { $0[mint] }
    }

    /// Keeps a version that no label or revocation has touched.
    func keep(_ version: Version) {
        versions.withLock { versions in
            if versions.count >= Self.capacity { versions.removeAll(keepingCapacity: true) }
            versions[version.mint.position] = version
        }
    }
}

extension Version {
    /// The version with what its owner says of it now.
    func with(_ status: CodeStatus?) -> Version {
        guard let status else { return self }
        return Version(
            code: code, hash: hash, bytes: bytes, space: space, rankings: rankings, likes: likes, taste: taste,
            mint: mint, label: status.label, isRevoked: status.revokedAt != nil)
    }
}
