internal import ByteCoding
internal import CPrefetch
package import EventLog

/// Values by name, of which the writer looks three up for every event.
///
/// A hash table with linear probing that keeps short names in its places: a look-up waits for memory once, where a
/// `Dictionary` of strings would visit a heap object for each and count its references. Places are as large as the
/// processor's cache lines and stand where those begin. Bounded: a full table is emptied, since the names in use at a
/// time are soon back.
package struct NameTable<Value: BitwiseCopyable>: ~Copyable {
    /// A place of the table.
    private struct Place: BitwiseCopyable {
        var value: Value
        var scope: UInt64
        var hash: UInt32
        var nameByteCount: UInt16
        /// More than any second name has when the place is empty.
        var qualifierByteCount: UInt16
        /// The name and then the qualifier, when they fit; otherwise they are in `longNames`, from `start` on.
        var bytes: InlineArray<36, UInt8>
        var start: UInt32

        var isEmpty: Bool { qualifierByteCount == .max }
        var byteCount: Int { Int(nameByteCount) + Int(qualifierByteCount) }
        var isLong: Bool { byteCount > 36 }
    }

    /// A power of two of them, at most half of them in use.
    private var places: UnsafeMutableBufferPointer<Place>
    private var longNames: [UInt8] = []
    /// The number of names.
    package private(set) var count = 0
    /// How many names the table holds at most.
    private let capacity: Int
    /// Whether the next name that is added makes the table forget all others.
    package var isFull: Bool { count >= capacity }

    /// An empty table.
    ///
    /// - Parameter capacity: How many names it holds at most.
    package init(capacity: Int = 1 << 17) {
        self.capacity = capacity
        places = Self.emptyPlaces(16)
    }

    deinit { places.deallocate() }

    /// The value of a name within a scope, and within a second name when one name does not suffice.
    ///
    /// Names are compared as bytes. Hashes the first name only: few names share it.
    package subscript(scope: Position?, name: String, qualifier: String = "") -> Value? {
        withKey(of: name, qualifier) { value(scope, $0, nameByteCount: $1, hash: $2) }
    }

    /// The value of a name and the second name behind it.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of both, one after the other.
    ///   - hash: The hash of the first.
    @inline(__always)
    func value(_ scope: Position?, _ bytes: RawSpan, nameByteCount: Int, hash: NameHash) -> Value? {
        var index = firstIndex(of: hash.bits)
        while !places[index].isEmpty {
            if places[index].hash == hash.bits, places[index].scope == scope.stored,
                places[index].nameByteCount == nameByteCount, places[index].byteCount == bytes.byteCount,
                holds(bytes, at: index)
            {
                return places[index].value
            }
            index = (index &+ 1) & (places.count &- 1)
        }
        return nil
    }

    /// Has the processor fetch the place where a name with a hash would be, for a look-up soon.
    @inline(__always)
    func prefetch(_ hash: NameHash) {
        prefetch_for_reading(places.baseAddress.unsafelyUnwrapped + firstIndex(of: hash.bits))
    }

    /// Adds a name.
    ///
    /// - Precondition: The table does not have it, and each of its parts has less than 65,535 bytes.
    package mutating func insert(_ value: Value, scope: Position?, name: String, qualifier: String = "") {
        if isFull { removeAll() }
        if 2 * (count + 1) > places.count { grow() }
        withKey(of: name, qualifier) { bytes, nameByteCount, hash in
            let qualifierByteCount = bytes.byteCount - nameByteCount
            precondition(qualifierByteCount < Int(UInt16.max), "a name has less than 65535 bytes")
            var place = Place(
                value: value, scope: scope.stored, hash: hash.bits, nameByteCount: UInt16(nameByteCount),
                qualifierByteCount: UInt16(qualifierByteCount), bytes: InlineArray(repeating: 0), start: 0)
            bytes.withUnsafeBytes { bytes in
                if place.isLong {
                    place.start = UInt32(longNames.count)
                    longNames.append(contentsOf: bytes)
                } else {
                    withUnsafeMutableBytes(of: &place.bytes) { $0.copyMemory(from: bytes) }
                }
            }
            put(place)
        }
        count += 1
    }

    /// Forgets every name, but keeps the memory.
    package mutating func removeAll() {
        for index in places.indices { places[index].qualifierByteCount = .max }
        longNames.removeAll(keepingCapacity: true)
        count = 0
    }

    @inline(__always)
    private func firstIndex(of hash: UInt32) -> Int { Int(hash) & (places.count &- 1) }

    @inline(__always)
    private func holds(_ bytes: RawSpan, at index: Int) -> Bool {
        if places[index].isLong {
            let start = Int(places[index].start)
            return longNames.span.bytes.extracting(start..<(start &+ bytes.byteCount)).hasSameBytes(as: bytes)
        }
        return places[index].bytes.span.bytes.extracting(0..<bytes.byteCount).hasSameBytes(as: bytes)
    }

    private func put(_ place: Place) {
        var index = firstIndex(of: place.hash)
        while !places[index].isEmpty { index = (index + 1) & (places.count - 1) }
        places[index] = place
    }

    private mutating func grow() {
        let old = places
        // To a quarter of a megabyte, to two, to sixteen: each step costs a pass over fresh memory.
        places = Self.emptyPlaces(max(1 << 12, 8 * old.count))
        for place in old where !place.isEmpty { put(place) }
        old.deallocate()
    }

    private static func emptyPlaces(_ count: Int) -> UnsafeMutableBufferPointer<Place> {
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: count * MemoryLayout<Place>.stride, alignment: 64)
        // Which also says that every place is empty.
        bytes.initializeMemory(as: UInt8.self, repeating: .max)
        return bytes.bindMemory(to: Place.self)
    }
}

/// Makes `body` see a name and a second name as one piece, the number of the first's bytes, and the first's hash.
private func withKey<Result>(
    of name: String, _ qualifier: String, _ body: (RawSpan, Int, NameHash) -> Result
) -> Result {
    name.withUTF8Bytes { name in
        let hash = NameHasher().hash(name)
        if qualifier.isEmpty { return body(name, name.byteCount, hash) }
        return qualifier.withUTF8Bytes { qualifier in
            let byteCount = name.byteCount + qualifier.byteCount
            return withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 1) { key in
                name.withUnsafeBytes { key.copyMemory(from: $0) }
                let rest = UnsafeMutableRawBufferPointer(rebasing: key[name.byteCount...])
                qualifier.withUnsafeBytes { rest.copyMemory(from: $0) }
                return body(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(key)), name.byteCount, hash)
            }
        }
    }
}
