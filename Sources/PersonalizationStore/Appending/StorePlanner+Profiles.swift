internal import EventLog
internal import LMDB
internal import Projections

/// What is said of a profile as a whole, and what stands on boards.
extension StorePlanner {
    func plan(
        _ request: StoreRequest.ProfileRequest, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> [Receipt] {
        switch request.action {
        case .create(let label, let isBoard, let images):
            try create(request, label, isBoard: isBoard, images, in: transaction, into: &group)
        case .put(let images):
            try change(images, on: request.profile, in: transaction, into: &group) { .like(image: $0) }
        case .take(let images):
            try change(images, on: request.profile, in: transaction, into: &group) { .unlike(image: $0) }
        case .label, .archive, .share, .set: [try change(request, in: transaction, into: &group)]
        }
    }

    /// Opens a profile and says what it is; a board begins with images on it.
    private func create(
        _ request: StoreRequest.ProfileRequest, _ label: String, isBoard: Bool, _ images: [String],
        in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> [Receipt] {
        try checkLabel(label)
        let change = ProfileChange(isBoard: isBoard, reference: request.reference, label: label)
        let existing = try ownedStream(of: request.profile, in: transaction, group: group)
        if let repeated = try repeated(request, existing, in: transaction, group: group) { return [repeated] }
        if existing != nil { throw .event(.profileExists(request.profile)) }
        let stream = try stream(of: request.profile, time: nil, in: transaction, into: &group)
        let receipt = try say(change, of: stream, eventID: request.eventID, in: transaction, into: &group)
        let likes = try self.change(images, on: request.profile, in: transaction, into: &group) { .like(image: $0) }
        return [receipt] + likes
    }

    /// Changes something of a profile; what holds already is not written again.
    private func change(
        _ request: StoreRequest.ProfileRequest, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        var found = try ownedStream(of: request.profile, in: transaction, group: group)
        if let repeated = try repeated(request, found, in: transaction, group: group) { return repeated }
        let isNew = found == nil
        if isNew, case .set = request.action {
            found = try stream(of: request.profile, time: nil, in: transaction, into: &group)
        }
        guard let stream = found else { throw .event(.unknownProfile(request.profile)) }
        let before = try state(of: stream, request, in: transaction, group: group)
        var after = before.change
        switch request.action {
        case .label(let label): after.label = label
        case .archive(let isArchived): after.isArchived = isArchived
        case .share(let isShared): after.isShared = isShared
        case .set(let isBoard, let isArchived, let isShared, let label):
            // What a profile is made of is said when it is opened.
            if !isNew, isBoard != before.change.isBoard { throw .event(.profileExists(request.profile)) }
            after = ProfileChange(
                isBoard: isBoard, isArchived: isArchived, isShared: isShared, reference: request.reference, label: label
            )
        case .create, .put, .take: preconditionFailure("these change nothing of a profile as a whole")
        }
        try checkLabel(after.label)
        if after == before.change, !isNew {
            return try withRecord(at: before.position, in: transaction, group: group) {
                Receipt(repeating: $0.header, at: before.position)
            }
        }
        return try say(after, of: stream, eventID: request.eventID, in: transaction, into: &group)
    }

    private func say(
        _ change: ProfileChange, of stream: ProfileStream, eventID: EventID?,
        in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let receipt = try add(.profileChanged(change), to: stream, eventID: eventID, in: transaction, into: &group)
        profiles.note(ProfileIntake(isBoard: change.isBoard, isArchived: change.isArchived), of: stream)
        return receipt
    }

    /// Puts images on a board, or takes them off.
    private func change(
        _ images: [String], on board: ProfileName, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup, _ body: (Position) -> RecordBody
    ) throws(StoreError) -> [Receipt] {
        var receipts: [Receipt] = []
        guard let stream = try ownedStream(of: board, in: transaction, group: group) else {
            throw .event(.unknownProfile(board))
        }
        switch stream.intake {
        // A profile of another kind may be created without images.
        case .everything: if images.isEmpty { return [] } else { throw .event(.notBoard(board)) }
        case .images: break
        case .nothing: throw .event(.archivedProfile(board))
        }
        for id in images {
            guard let image = try image(id, in: stream.space, transaction, group: group) else {
                throw .event(.unknownImage(space: board.space, id: id))
            }
            receipts.append(try add(body(image), to: stream, in: transaction, into: &group))
        }
        return receipts
    }

    private func checkLabel(_ label: String) throws(StoreError) {
        guard label.utf8.count <= Name.longLimit else { throw .event(.invalidName(field: "label", label)) }
    }

    /// What was last said of a profile, and where; the opening event when nothing was.
    private func state(
        of stream: ProfileStream, _ request: StoreRequest.ProfileRequest, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) -> (change: ProfileChange, position: Position) {
        guard let head = try latest(Heads.self, stream.stream, in: transaction, group: group) else {
            throw .damagedRow(table: Heads.name, "there is none for the stream \(stream.stream)")
        }
        guard let position = head.lastChange else {
            return (ProfileChange(reference: request.reference), stream.stream)
        }
        try require(position, by: Heads.name, in: transaction, group: group) { record in
            record.header.kind == .profileChanged && record.header.stream == stream.stream
        }
        guard case .profileChanged(let change) = try body(at: position, in: transaction, group: group) else {
            throw StoreView.mismatch(Heads.name, at: position)
        }
        return (change, position)
    }

    /// The first receipt of a request whose event id is in the log, where it said the same.
    private func repeated(
        _ request: StoreRequest.ProfileRequest, _ stream: ProfileStream?, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) -> Receipt? {
        guard let eventID = request.eventID else { return nil }
        guard let position = try event(eventID, in: transaction, group: group) else { return nil }
        let receipt = try withRecord(at: position, in: transaction, group: group) {
            (record) throws(RecordError) -> Receipt? in
            guard record.header.stream == stream?.stream,
                case .profileChanged(let change) = try RecordBody(of: record), request.action.said(change)
            else { return nil }
            return Receipt(repeating: record.header, at: position)
        }
        guard let receipt else { throw .event(.eventIDConflict(eventID, position)) }
        return receipt
    }
}

extension StoreRequest.ProfileAction {
    /// Whether an event can be what this action said: it says all of a profile, and the action a part.
    fileprivate func said(_ change: ProfileChange) -> Bool {
        switch self {
        case .create(let label, let isBoard, _): change.label == label && change.isBoard == isBoard
        case .label(let label): change.label == label
        case .archive(let isArchived): change.isArchived == isArchived
        case .share(let isShared): change.isShared == isShared
        case .set(let isBoard, let isArchived, let isShared, let label):
            change.isBoard == isBoard && change.isArchived == isArchived && change.isShared == isShared
                && change.label == label
        case .put, .take: false
        }
    }
}
