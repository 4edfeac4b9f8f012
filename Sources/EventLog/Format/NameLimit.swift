/// What a name in a record may be: so many UTF-8 bytes, at least one, and no NUL among them. Keys of derived tables rely
/// on it.
package enum NameLimit: Int {
    /// Spaces, profiles and models; with a user's name in one LMDB key of at most 511 bytes.
    case short = 128
    /// Users, authors and image ids.
    case long = 255

    /// Whether a text is a name.
    package func allows(_ name: String) -> Bool {
        let utf8 = name.utf8
        return !utf8.isEmpty && utf8.count <= rawValue && !utf8.contains(0)
    }
}
