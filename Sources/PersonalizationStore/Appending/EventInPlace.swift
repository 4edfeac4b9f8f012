internal import ByteCoding
internal import CPrefetch

/// An event of an array, read where it is.
///
/// It cannot be copied. An element of an array or a buffer is copied to be looked at, which counts a reference for each of
/// its strings: a write to memory that mostly has yet to be fetched.
struct EventInPlace: ~Copyable {
    let value: NewEvent

    /// Makes `body` see the events of an array, the first at the address that it gets.
    static func withEvents<Result>(
        of events: [NewEvent], _ body: (UnsafePointer<EventInPlace>) -> Result
    ) -> Result? {
        // A structure of one field is laid out as the field is.
        precondition(MemoryLayout<EventInPlace>.stride == MemoryLayout<NewEvent>.stride)
        return events.withUnsafeBytes { bytes in
            bytes.baseAddress.map { body($0.assumingMemoryBound(to: EventInPlace.self)) }
        }
    }

    /// Has the processor fetch the names.
    @inline(__always)
    func prefetchNames() {
        Self.prefetch(value.content.profile.user)
        Self.prefetch(value.content.first)
        Self.prefetch(value.content.second)
    }

    /// A short string has no memory of its own; fetching what is near costs nothing then.
    @inline(__always)
    private static func prefetch(_ name: borrowing String) {
        name.withUTF8Bytes { name in
            name.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                prefetch_for_reading(start)
                prefetch_for_reading(start + max(0, bytes.count - 1))
            }
        }
    }
}
