internal import EventLog
internal import Projections
internal import Synchronization

/// Versions that have been decoded, without what their owners say of them, which may change.
///
/// A version never changes, so an entry is good for ever. Bounded in bytes, at some 26,000 versions of 512 dimensions: a
/// full cache is emptied, since the versions in use at a time are soon back.
final class VersionCache: Sendable {
    private struct State {
        var versions: [Position: Version] = [:]
        var byteCount = 0
    }

    private let state = Mutex(State())
    private static let byteLimit = 64 << 20

    /// The version that a mint holds, if it is here.
    subscript(mint: Position) -> Version? {
        state.withLock { $0.versions[mint] }
    }

    /// Whether the version that a mint holds is here.
    func holds(_ mint: Position) -> Bool {
        state.withLock { $0.versions.index(forKey: mint) != nil }
    }

    /// Drops every version.
    func removeAll() { state.withLock { $0 = State() } }

    /// Keeps a version that no label or revocation has touched.
    func keep(_ version: Version) {
        // The canonical bytes, the direction, which is most of them once more, and about as much as the rest takes.
        let byteCount = 2 * version.bytes.count + 256
        state.withLock { state in
            if state.byteCount + byteCount > Self.byteLimit { state = State() }
            if state.versions.updateValue(version, forKey: version.mint.position) == nil {
                state.byteCount += byteCount
            }
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
