internal import CPrefetch
package import EventLog

/// Values by position, for loops that look hundreds up for each profile: a hash table with linear probing.
///
/// Its hash is one multiplication. That is enough here and would not be for names: positions are given by the log, so
/// nobody can choose them to collide.
package struct PositionTable<Value>: ~Copyable {
    private struct Place {
        /// The position's number, 0 for an empty place.
        var number: UInt64 = 0
        var value: Value?
    }

    /// A power of two of them, at most half of them in use.
    private var places = ContiguousArray(repeating: Place(), count: 16)
    package private(set) var count = 0

    /// An empty table.
    package init() {}

    /// The value of a position.
    package subscript(position: Position) -> Value? { places[index(of: position.number)].value }

    /// Has the processor fetch the place of a position, for a look-up soon.
    func prefetch(_ position: Position) {
        places.withUnsafeBufferPointer { places in
            guard let start = places.baseAddress else { return }
            prefetch_for_reading(start + (Self.hash(position.number) & (places.count &- 1)))
        }
    }

    /// Sets the value of a position.
    package mutating func set(_ value: Value, at position: Position) {
        if 2 * (count + 1) > places.count { grow() }
        let index = index(of: position.number)
        if places[index].number == 0 { count += 1 }
        places[index] = Place(number: position.number, value: value)
    }

    /// Forgets everything, but keeps the memory.
    package mutating func removeAll() {
        for index in places.indices { places[index] = Place() }
        count = 0
    }

    /// The place that holds a number, or the empty one that it belongs to.
    private func index(of number: UInt64) -> Int {
        let mask = places.count &- 1
        var index = Self.hash(number) & mask
        while places[index].number != 0, places[index].number != number { index = (index &+ 1) & mask }
        return index
    }

    private static func hash(_ number: UInt64) -> Int {
        // The product's high half depends on all bits of the number: 2^64 divided by the golden ratio (Knuth, The Art of
        // Computer Programming, 6.4).
        Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }

    private mutating func grow() {
        let old = places
        places = ContiguousArray(repeating: Place(), count: 2 * old.count)
        for place in old where place.number != 0 { places[index(of: place.number)] = place }
    }
}
