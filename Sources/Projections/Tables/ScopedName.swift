package import ByteCoding
package import EventLog

/// A name within a space, or several that are unique together: what name tables are keyed by.
///
/// Sorts by space, then by the first name's bytes, then by the next, so that the names below a prefix are neighbours.
package struct ScopedName: ProjectionKey {
    /// The space that the names belong to, or nil for names of the whole store.
    package let space: Position?
    /// The names, none of which holds a NUL.
    package let names: [String]

    /// The key of some names.
    package init(space: Position?, _ names: String...) {
        self.space = space
        self.names = names
    }

    /// The space's number, big-endian, then each name's UTF-8 followed by NUL.
    package func encode(to writer: inout ByteWriter) {
        writer.write(space.stored.bigEndian)
        for name in names {
            writer.write(bytes: name.utf8)
            writer.write(UInt8(0))
        }
    }

    /// The order of the encoded bytes.
    package static func < (left: Self, right: Self) -> Bool {
        if left.space != right.space { return left.space.stored < right.space.stored }
        for (leftName, rightName) in zip(left.names, right.names) where !leftName.hasSameBytes(as: rightName) {
            return leftName.utf8.lexicographicallyPrecedes(rightName.utf8)
        }
        return left.names.count < right.names.count
    }

    /// Equal names are equal bytes: names are compared as UTF-8, not by Unicode equivalence.
    package static func == (left: Self, right: Self) -> Bool {
        left.space == right.space && left.names.count == right.names.count
            && zip(left.names, right.names).allSatisfy { $0.hasSameBytes(as: $1) }
    }

    /// Hashes the names; equal bytes have equal hashes.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(space)
        for name in names { hasher.combine(name) }
    }
}
