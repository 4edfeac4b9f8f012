internal import EventLog

/// Which events a profile takes.
enum ProfileIntake: UInt8 {
    /// All.
    case everything
    /// Likes and unlikes: the profile is a board.
    case images
    /// None: the profile is archived.
    case nothing

    init(isBoard: Bool, isArchived: Bool) {
        self = isArchived ? .nothing : isBoard ? .images : .everything
    }
}

/// A profile's stream, as the writer names it while it plans one request.
struct ProfileStream {
    /// The event that opened the stream.
    let stream: Position
    /// The space of the profile.
    let space: Position
    /// What the profile takes.
    let intake: ProfileIntake
    /// Where ``ProfileStreams`` keeps its head.
    fileprivate let index: Int
}

/// The streams of profiles as the writer knows them: found by name, and where each stands, uncommitted events included.
///
/// Names and heads in two tables of plain values, so that looking up touches neither objects nor their counts. Confined
/// to the writer's queue.
struct ProfileStreams: ~Copyable {
    /// Where a stream stands.
    private struct Head {
        let stream: Position
        /// The last event.
        var last: Position
        /// The number of events.
        var revision: UInt32
        var intake: ProfileIntake
    }

    private var indices: NameTable<Int>
    private var heads: ContiguousArray<Head> = []

    /// An empty table that holds at most this many streams.
    init(capacity: Int) { indices = NameTable(capacity: capacity) }

    /// The stream of a user's profile in a space, when it is known.
    ///
    /// - Parameter bytes: The names of user and profile, one after the other.
    @inline(__always)
    func stream(_ space: Position, _ bytes: RawSpan, userByteCount: Int, hash: NameHash) -> ProfileStream? {
        indices.value(space, bytes, nameByteCount: userByteCount, hash: hash).map {
            ProfileStream(stream: heads[$0].stream, space: space, intake: heads[$0].intake, index: $0)
        }
    }

    /// The stream of a profile in a space, when it is known.
    subscript(space: Position, profile: ProfileName) -> ProfileStream? {
        indices[space, profile.user, profile.profile].map {
            ProfileStream(stream: heads[$0].stream, space: space, intake: heads[$0].intake, index: $0)
        }
    }

    /// Has the processor fetch what is known of a user's streams.
    @inline(__always)
    func prefetch(_ user: NameHash) { indices.prefetch(user) }

    /// Adds a profile's stream, which is not known yet.
    mutating func insert(
        _ stream: Position, of profile: ProfileName, in space: Position, last: Position, revision: UInt32,
        intake: ProfileIntake
    ) -> ProfileStream {
        if isFull { removeAll() }
        let index = heads.count
        heads.append(Head(stream: stream, last: last, revision: revision, intake: intake))
        indices.insert(index, scope: space, name: profile.user, qualifier: profile.profile)
        return ProfileStream(stream: stream, space: space, intake: intake, index: index)
    }

    /// Whether the next stream that is added makes the table forget all others.
    var isFull: Bool { indices.isFull }

    /// The last event of a stream, and the number of its events.
    func head(of stream: ProfileStream) -> (last: Position, revision: UInt32) {
        (heads[stream.index].last, heads[stream.index].revision)
    }

    /// Notes that a stream's next event has been added.
    @inline(__always)
    mutating func advance(_ stream: ProfileStream, to position: Position) {
        heads[stream.index].last = position
        heads[stream.index].revision += 1
    }

    /// Notes what a profile takes from now on.
    mutating func note(_ intake: ProfileIntake, of stream: ProfileStream) { heads[stream.index].intake = intake }

    /// Forgets every stream.
    mutating func removeAll() {
        indices.removeAll()
        heads.removeAll(keepingCapacity: true)
    }
}
