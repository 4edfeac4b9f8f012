internal import CPrefetch
package import EventLog

/// What a ``PositionTable`` can look up: a position, or two.
package protocol PositionKey {
    /// The positions' numbers. The first is not 0; the second is if there is one position only.
    var numbers: (UInt64, UInt64) { get }
}

extension Position: PositionKey {
    package var numbers: (UInt64, UInt64) { (number, 0) }
}

/// Values by position, for loops that look hundreds up for each profile: a hash table with linear probing.
///
/// Its hash is two multiplications. That is enough here and would not be for names: positions are given by the log, so
/// nobody can choose them to collide.
package struct PositionTable<Key: PositionKey, Value>: ~Copyable {
    private struct Place {
        /// The key's numbers; 0 first in an empty place.
        var numbers: (UInt64, UInt64) = (0, 0)
        var value: Value?
    }

    /// A power of two of them, at most half of them in use.
    private var places: ContiguousArray<Place>
    package private(set) var count = 0

    /// An empty table with room for so many values.
    package init(capacity: Int = 8) {
        let places = max(16, (2 * capacity - 1).nextPowerOfTwo)
        self.places = ContiguousArray(repeating: Place(), count: places)
    }

    /// The value of a key.
    package subscript(key: Key) -> Value? { places[index(of: key.numbers)].value }

    /// Has the processor fetch the place of a key, for a look-up soon.
    func prefetch(_ key: Key) {
        places.withUnsafeBufferPointer { places in
            guard let start = places.baseAddress else { return }
            prefetch_for_reading(start + (Self.hash(key.numbers) & (places.count &- 1)))
        }
    }

    /// Sets the value of a key; returns whether it had none.
    @discardableResult
    package mutating func set(_ value: Value, at key: Key) -> Bool {
        if 2 * (count + 1) > places.count { grow() }
        let index = index(of: key.numbers)
        let isNew = places[index].numbers.0 == 0
        if isNew { count += 1 }
        places[index] = Place(numbers: key.numbers, value: value)
        return isNew
    }

    /// Forgets everything, but keeps the memory.
    package mutating func removeAll() {
        for index in places.indices { places[index] = Place() }
        count = 0
    }

    /// The place that holds a key, or the empty one that it belongs to.
    private func index(of numbers: (UInt64, UInt64)) -> Int {
        let mask = places.count &- 1
        var index = Self.hash(numbers) & mask
        while places[index].numbers.0 != 0, places[index].numbers != numbers { index = (index &+ 1) & mask }
        return index
    }

    private static func hash(_ numbers: (UInt64, UInt64)) -> Int {
        // The product's high half depends on all bits of the numbers: 2^64 divided by the golden ratio (Knuth, The Art of
        // Computer Programming, 6.4), which is also what tells a pair's second number from its first.
        let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: ((numbers.0 ^ numbers.1 &* golden) &* golden) >> 32)
    }

    private mutating func grow() {
        let old = places
        places = ContiguousArray(repeating: Place(), count: 2 * old.count)
        for place in old where place.numbers.0 != 0 { places[index(of: place.numbers)] = place }
    }
}

extension Int {
    /// The smallest power of two that is not smaller than a positive number.
    fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
