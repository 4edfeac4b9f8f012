internal import ByteCoding

/// A batch of events, with the bytes of their names side by side and hashed.
///
/// Made by whoever appends, on that caller's thread: the one writer then reads names from one piece of memory, where the
/// strings of the events would have to be fetched from another processor's cache one by one, and their references
/// counted.
struct NamedEvents: Sendable {
    /// What an event is, as far as its names go.
    enum Kind: UInt8 {
        case rank, like, unlike
        /// Registering an image, whose names are not kept here: it is not what the writer does all day.
        case image
    }

    /// An event's names: user, profile, and one or two images stand one after the other.
    struct Names {
        var kind: Kind
        fileprivate var start = 0
        var userByteCount = 0
        fileprivate var profileByteCount = 0
        fileprivate var firstByteCount = 0
        fileprivate var secondByteCount = 0
        /// Events mostly share the space with the event before.
        fileprivate var spaceStart = 0
        fileprivate var spaceByteCount = 0
        var userHash: NameHash
        var firstHash: NameHash
        var secondHash: NameHash

        fileprivate var profileRange: Range<Int> { start..<(start &+ userByteCount &+ profileByteCount) }
        fileprivate var firstRange: Range<Int> {
            profileRange.upperBound..<(profileRange.upperBound &+ firstByteCount)
        }
        fileprivate var secondRange: Range<Int> {
            firstRange.upperBound..<(firstRange.upperBound &+ secondByteCount)
        }
        fileprivate var spaceRange: Range<Int> { spaceStart..<(spaceStart &+ spaceByteCount) }
    }

    /// The events themselves.
    let events: [NewEvent]
    /// About how many bytes the events add to the log.
    private(set) var byteCost = 0
    private(set) var names: [Names] = []
    private var bytes = ByteWriter()

    /// Reads the names of some events.
    init(_ events: [NewEvent]) {
        self.events = events
        names.reserveCapacity(events.count)
        bytes = ByteWriter(capacity: 112 * events.count)
        for index in events.indices {
            switch events[index].action {
            case .rank(let profile, let winner, let loser): add(.rank, profile, winner, loser)
            case .like(let profile, let image): add(.like, profile, image, "")
            case .unlike(let profile, let image): add(.unlike, profile, image, "")
            case .image(_, let image):
                names.append(Names(kind: .image, userHash: .zero, firstHash: .zero, secondHash: .zero))
                byteCost += 2 * image.embedding.components.count + 128
            }
        }
    }

    /// The bytes of the user's name and the profile's behind it.
    @_lifetime(borrow self)
    @inline(__always)
    func profile(of names: Names) -> RawSpan { bytes.span().extracting(names.profileRange) }

    /// The bytes of the space's name.
    @_lifetime(borrow self)
    @inline(__always)
    func space(of names: Names) -> RawSpan { bytes.span().extracting(names.spaceRange) }

    /// The bytes of the image's name, or of the winner's.
    @_lifetime(borrow self)
    @inline(__always)
    func first(of names: Names) -> RawSpan { bytes.span().extracting(names.firstRange) }

    /// The bytes of the loser's name.
    @_lifetime(borrow self)
    @inline(__always)
    func second(of names: Names) -> RawSpan { bytes.span().extracting(names.secondRange) }

    private mutating func add(_ kind: Kind, _ profile: ProfileName, _ first: String, _ second: String) {
        var spaceStart = bytes.byteCount
        if let last = names.last, last.kind != .image, space(of: last).hasSameBytes(as: profile.space.utf8.span.bytes) {
            spaceStart = last.spaceStart
        } else {
            bytes.write(span: profile.space.utf8.span.bytes)
        }
        let start = bytes.byteCount
        let user = profile.user.utf8.span.bytes
        let first = first.utf8.span.bytes
        let second = second.utf8.span.bytes
        bytes.write(span: user)
        bytes.write(span: profile.profile.utf8.span.bytes)
        bytes.write(span: first)
        bytes.write(span: second)
        names.append(
            Names(
                kind: kind, start: start, userByteCount: user.byteCount,
                profileByteCount: profile.profile.utf8.count, firstByteCount: first.byteCount,
                secondByteCount: second.byteCount, spaceStart: spaceStart,
                spaceByteCount: profile.space.utf8.count, userHash: NameHash(user), firstHash: NameHash(first),
                secondHash: NameHash(second)))
        byteCost += 80
    }
}
