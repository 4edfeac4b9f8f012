internal import EventLog
internal import Projections
internal import Synchronization

/// Streams whose rows have been compared with the records that they name, so that each is compared once for each state
/// that it is in.
///
/// Bounded: a full memory is emptied, since the streams in use at a time are soon back.
final class VerifiedStreams: Sendable {
    /// Whose stream it is: a user's settings have no profile.
    struct Owner {
        let space: Position
        let user: String
        let profile: String?

        func isSame(as other: Owner) -> Bool {
            guard space == other.space, user.hasSameBytes(as: other.user) else { return false }
            guard let profile, let otherProfile = other.profile else { return profile == nil && other.profile == nil }
            return profile.hasSameBytes(as: otherProfile)
        }
    }

    private let entries = Mutex<[Position: (owner: Owner, head: StreamHead)]>([:])
    private static let capacity = 1 << 16

    /// Whether a stream is known to be an owner's and to stand where a row says.
    func holds(_ stream: Position, of owner: Owner, _ head: StreamHead) -> Bool {
        entries.withLock { entries in
            guard let entry = entries[stream] else { return false }
            return entry.head == head && entry.owner.isSame(as: owner)
        }
    }

    /// Drops every stream.
    func removeAll() { entries.withLock { $0.removeAll() } }

    /// Keeps what has been compared.
    func keep(_ stream: Position, of owner: Owner, _ head: StreamHead) {
        entries.withLock { entries in
            if entries.count >= Self.capacity { entries.removeAll() }
            entries[stream] = (owner, head)
        }
    }
}
