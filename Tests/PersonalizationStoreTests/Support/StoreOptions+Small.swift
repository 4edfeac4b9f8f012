import PersonalizationStore

extension Store.Options {
    /// For stores of a few thousand events: of maps of the usual size, a process has room for some hundred at once, and
    /// tests run side by side.
    static var small: Store.Options {
        var options = Store.Options()
        options.mapByteCount = 1 << 32
        return options
    }
}
