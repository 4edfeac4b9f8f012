extension String {
    /// Whether two texts are the same UTF-8 bytes. Names are compared so, not by Unicode equivalence, which `==` means:
    /// what is stored under a name is found under the same bytes only.
    @inlinable
    package func hasSameBytes(as other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { others in
                bytes.count == others.count && bytes.elementsEqual(others)
            }
        }
        if let isSame, let isSame { return isSame }
        return utf8.elementsEqual(other.utf8)
    }
}

/// A name as its bytes, for dictionaries.
package struct ByteName: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: Self, right: Self) -> Bool { left.text.hasSameBytes(as: right.text) }

    /// Names of equal bytes have equal hashes, whatever else `String` hashes alike.
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
