internal import ByteCoding
package import EventLog

/// Values by name, of which the writer looks three up for every event.
///
/// A hash table with linear probing that keeps short names in its places: a look-up waits for memory once, where a
/// `Dictionary` of strings would visit a heap object for each and count its references. Bounded: a full table is emptied,
/// since the names in use at a time are soon back. Not copyable, so that a look-up cannot retain what it reads from.
package struct NameTable<Value>: ~Copyable {
    /// A place of the table, of 64 bytes.
    private struct Place {
        /// Nil when the place is empty.
        var value: Value?
        var hash: UInt32 = 0
        var nameByteCount: UInt16 = 0
        var qualifierByteCount: UInt16 = 0
        /// The name and then the qualifier, when they fit; otherwise they are in `longNames`, from `start` on.
        var bytes = InlineArray<36, UInt8>(repeating: 0)
        var start: UInt32 = 0
        var scope: UInt64 = 0

        var byteCount: Int { Int(nameByteCount) + Int(qualifierByteCount) }
        var isLong: Bool { byteCount > bytes.count }
    }

    /// A power of two of them, at most half of them in use.
    private var places: ContiguousArray<Place>
    private var longNames: [UInt8] = []
    /// The number of names.
    package private(set) var count = 0
    private let capacity: Int
    private let seed = NameHash.Seed.random()

    /// An empty table.
    ///
    /// - Parameter capacity: How many names it holds at most.
    package init(capacity: Int = 1 << 17) {
        self.capacity = capacity
        places = ContiguousArray(repeating: Place(), count: 16)
    }

    /// The value of a name within a scope, and within a second name when one name does not suffice.
    ///
    /// Names are compared as bytes. Hashes the first name only: few names share it.
    package subscript(scope: Position?, name: String, qualifier: String = "") -> Value? {
        let name = name.utf8.span.bytes
        let hash = NameHash.hash(name, seed: seed)
        var index = firstIndex(of: hash)
        while places[index].value != nil {
            if places[index].hash == hash, places[index].scope == scope.stored,
                holds(name, qualifier.utf8.span.bytes, at: index)
            {
                return places[index].value
            }
            index = (index &+ 1) & (places.count &- 1)
        }
        return nil
    }

    /// Adds a name.
    ///
    /// - Precondition: The table does not have it, and each of its parts has at most 65,535 bytes.
    package mutating func insert(_ value: Value, scope: Position?, name: String, qualifier: String = "") {
        if count >= capacity { removeAll() }
        if 2 * (count + 1) > places.count { grow() }
        var place = Place(value: value, hash: NameHash.hash(name.utf8.span.bytes, seed: seed))
        place.nameByteCount = UInt16(name.utf8.count)
        place.qualifierByteCount = UInt16(qualifier.utf8.count)
        place.scope = scope.stored
        if place.isLong {
            place.start = UInt32(longNames.count)
            longNames.append(contentsOf: name.utf8)
            longNames.append(contentsOf: qualifier.utf8)
        } else {
            for (index, byte) in name.utf8.enumerated() { place.bytes[index] = byte }
            for (index, byte) in qualifier.utf8.enumerated() { place.bytes[name.utf8.count + index] = byte }
        }
        put(place)
        count += 1
    }

    /// Forgets every name, but keeps the memory.
    package mutating func removeAll() {
        for index in places.indices { places[index] = Place() }
        longNames.removeAll(keepingCapacity: true)
        count = 0
    }

    private func firstIndex(of hash: UInt32) -> Int { Int(hash) & (places.count &- 1) }

    private func holds(_ name: RawSpan, _ qualifier: RawSpan, at index: Int) -> Bool {
        guard name.byteCount == places[index].nameByteCount, qualifier.byteCount == places[index].qualifierByteCount
        else { return false }
        if places[index].isLong {
            return Self.has(longNames.span.bytes, name, qualifier, from: Int(places[index].start))
        }
        return Self.has(places[index].bytes.span.bytes, name, qualifier, from: 0)
    }

    private static func has(_ bytes: RawSpan, _ name: RawSpan, _ qualifier: RawSpan, from start: Int) -> Bool {
        let middle = start &+ name.byteCount
        return bytes.extracting(start..<middle).hasSameBytes(as: name)
            && bytes.extracting(middle..<(middle &+ qualifier.byteCount)).hasSameBytes(as: qualifier)
    }

    private mutating func put(_ place: Place) {
        var index = firstIndex(of: place.hash)
        while places[index].value != nil { index = (index + 1) & (places.count - 1) }
        places[index] = place
    }

    private mutating func grow() {
        let old = places
        places = ContiguousArray(repeating: Place(), count: 2 * old.count)
        for place in old where place.value != nil { put(place) }
    }
}
