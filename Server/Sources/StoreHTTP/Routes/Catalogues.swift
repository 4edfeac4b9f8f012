internal import PersonalizationStore

/// The images of the spaces, kept between requests and read again when images were added.
actor Catalogues {
    private var kept: [String: (eventCount: Int, images: [NewImage])] = [:]

    /// A space's images in the order of their registration.
    ///
    /// Cost: the list of spaces, and after new images one read of the whole catalogue.
    func images(of space: String, in store: Store) throws -> [NewImage] {
        guard let summary = try store.spaces().first(where: { $0.name.utf8.elementsEqual(space.utf8) }) else {
            throw StoreError.fault(.unknownSpace(space))
        }
        // The space's own stream grows with each image, and with nothing that a user does.
        if let known = kept[space], known.eventCount == summary.eventCount { return known.images }
        let images = try store.images(of: space)
        kept[space] = (summary.eventCount, images)
        return images
    }
}
