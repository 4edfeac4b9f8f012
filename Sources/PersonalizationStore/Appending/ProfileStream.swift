internal import EventLog

/// A profile's stream as the writer knows it: found by name, and where it stands, uncommitted events included.
///
/// A reference, so that the cache and whoever adds events see one head. Confined to the writer's queue.
final class ProfileStream {
    /// The event that opened the stream.
    let stream: Position
    /// The space of the profile.
    let space: Position
    /// The last event.
    private(set) var last: Position
    /// The number of events.
    private(set) var version: UInt32

    init(stream: Position, space: Position, last: Position, version: UInt32) {
        self.stream = stream
        self.space = space
        self.last = last
        self.version = version
    }

    /// Notes that the next event has been added.
    func advance(to position: Position) {
        last = position
        version += 1
    }
}
