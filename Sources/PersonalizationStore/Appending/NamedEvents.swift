internal import ByteCoding

/// A batch of events, with the bytes of their names side by side and hashed.
///
/// Made by whoever appends, on that caller's thread: the one writer then reads names from one piece of memory, where the
/// strings of the events would have to be fetched from another processor's cache one by one, and their references
/// counted.
struct NamedEvents: Sendable {
    /// An event's names: user, profile, and one or two images stand one after the other. Those of registering an image are
    /// not kept here: it is not what the writer does all day.
    struct Names {
        let kind: EventContent.Kind
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

        var isImage: Bool { kind == .image || kind == .authoredImage }

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
        let hasher = NameHasher()
        EventInPlace.withEvents(of: events) { first in
            for index in events.indices {
                let ahead = index &+ Self.prefetchDistance
                if ahead < events.count { first[ahead].prefetchNames() }
                add(first[index], hasher)
            }
        }
    }

    /// How many events ahead names are fetched: strings lie wherever they were made, and waiting for them would be most
    /// of the time.
    private static var prefetchDistance: Int { 8 }

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

    @inline(__always)
    private mutating func add(_ event: borrowing EventInPlace, _ hasher: NameHasher) {
        var names = Names(kind: event.value.content.kind, userHash: .zero, firstHash: .zero, secondHash: .zero)
        if let embedding = event.value.content.embedding {
            self.names.append(names)
            byteCost += 2 * embedding.components.count + 128
            return
        }
        if let last = self.names.last, last.spaceByteCount > 0,
            event.value.content.profile.space.withUTF8Bytes({ space(of: last).hasSameBytes(as: $0) })
        {
            (names.spaceStart, names.spaceByteCount) = (last.spaceStart, last.spaceByteCount)
        } else {
            names.spaceStart = bytes.byteCount
            names.spaceByteCount = write(event.value.content.profile.space)
        }
        names.start = bytes.byteCount
        (names.userByteCount, names.userHash) = write(event.value.content.profile.user, hasher)
        names.profileByteCount = write(event.value.content.profile.profile)
        (names.firstByteCount, names.firstHash) = write(event.value.content.first, hasher)
        (names.secondByteCount, names.secondHash) = write(event.value.content.second, hasher)
        self.names.append(names)
        byteCost += 80 + 8 * (event.value.content.slate?.shown.count ?? 0)
    }

    /// Adds a name's bytes and returns how many they are.
    @inline(__always)
    private mutating func write(_ name: borrowing String) -> Int {
        name.withUTF8Bytes { name in
            bytes.write(span: name)
            return name.byteCount
        }
    }

    /// The same with the name's hash.
    @inline(__always)
    private mutating func write(_ name: borrowing String, _ hasher: NameHasher) -> (byteCount: Int, hash: NameHash) {
        name.withUTF8Bytes { name in
            bytes.write(span: name)
            return (name.byteCount, hasher.hash(name))
        }
    }
}
