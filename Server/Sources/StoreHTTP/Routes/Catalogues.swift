internal import PersonalizationStore

/// The images of the spaces, kept between requests and read again when images were added, or their authors erased.
actor Catalogues {
    private struct Entry {
        /// The space's own stream grows with each image, and with nothing that a user does.
        let eventCount: Int
        let images: [NewImage]
    }

    private var kept: [String: Entry] = [:]
    /// The last erasure that what is kept has heard of, and up to where the log was looked at for others.
    private var erasure: Position?
    private var head: Position?

    /// A space's images in the order of their registration.
    ///
    /// Cost: the list of spaces, and after new images one read of the whole catalogue; the ledger of erasures when anything
    /// was appended since.
    func images(of space: String, in store: Store) throws -> [NewImage] {
        try forgetErased(in: store)
        guard let summary = try store.spaces().first(where: { $0.name.utf8.elementsEqual(space.utf8) }) else {
            throw StoreError.fault(.unknownSpace(space))
        }
        if let known = kept[space], known.eventCount == summary.eventCount { return known.images }
        let images = try store.images(of: space)
        kept[space] = Entry(eventCount: summary.eventCount, images: images)
        return images
    }

    /// Whoever erases people, this process or another, shows it by an event.
    private func forgetErased(in store: Store) throws {
        let head = try store.head()?.position
        guard head != self.head else { return }
        let last = try store.erasures().last?.position
        if last != erasure { kept.removeAll() }
        erasure = last
        self.head = head
    }
}
