public import EventLog
internal import Projections

/// Mood boards: profiles that are made of images alone.
///
/// Each image on a board counts as a like of it does, whoever made it; the fold is DL1, from nothing, and one image is
/// enough for a code. A board has a reference and codes as every profile has, and is listed, shared and archived like one.
extension Store {
    /// Makes a board of a user with some images on it.
    ///
    /// - Throws: ``EventFault/profileExists(_:)`` when the user has a profile of this name in the space.
    @discardableResult
    public func createBoard(
        _ board: ProfileName, images: [String] = [], label: String = "", eventID: EventID? = nil
    ) async throws(StoreError) -> Receipt {
        try await change(board, .create(label: label, isBoard: true, images: images), eventID: eventID)
    }

    /// Puts images on a board. One that is on it already is on it once: its code stays what it was.
    ///
    /// - Returns: A receipt for each image.
    @discardableResult
    public func put(_ images: [String], on board: ProfileName) async throws(StoreError) -> [Receipt] {
        try await changeImages(.put(images), of: board)
    }

    /// Takes images off a board; one that is not on it is no mistake. The board's former code comes back.
    ///
    /// - Returns: A receipt for each image.
    @discardableResult
    public func take(_ images: [String], off board: ProfileName) async throws(StoreError) -> [Receipt] {
        try await changeImages(.take(images), of: board)
    }

    /// The ids of the images on a board, in the order in which they were put there.
    ///
    /// - Throws: ``EventFault/notBoard(_:)`` for a profile of another kind.
    public func images(on board: ProfileName) throws(StoreError) -> [String] {
        try read { (view) throws(StoreError) in
            _ = try view.existingSpace(board.space)
            guard let state = try view.profile(board) else { throw .fault(.unknownProfile(board)) }
            guard state.head.isBoard else { throw .event(.notBoard(board)) }
            return try view.images(on: state)
        }
    }

    private func changeImages(
        _ action: StoreRequest.ProfileAction, of board: ProfileName
    ) async throws(StoreError) -> [Receipt] {
        try await submit(profileRequest(board, action, nil))
    }
}

extension StoreView {
    fileprivate func images(on board: ProfileState) throws(StoreError) -> [String] {
        let effective = try StoreError.wrap { () throws(StorageError) in
            try EffectiveSet(at: board.head.last, log: log, in: snapshot.transaction) { $0 }
        }
        var ids: [String] = []
        for like in effective.likes.reversed() {
            let record = try record(at: like.image)
            do throws(RecordError) { ids.append(try record.imageID()) } catch { throw .record(error) }
        }
        return ids
    }
}
