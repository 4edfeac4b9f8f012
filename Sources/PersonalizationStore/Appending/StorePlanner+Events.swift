internal import ByteCoding
internal import EventLog
internal import LMDB
internal import Projections

/// Taste events and images.
extension StorePlanner {
    /// How many events ahead the places of names are fetched: some hundred nanoseconds of planning.
    private static let prefetchDistance = 4

    func plan(
        _ batch: NamedEvents, expecting expectation: AppendCondition?, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> [Receipt] {
        let events = batch.events
        var receipts: [Receipt] = []
        receipts.reserveCapacity(events.count)
        var isChecked = expectation == nil
        for index in 0..<min(Self.prefetchDistance, events.count) { prefetch(batch.names[index]) }
        for index in events.indices {
            if index + Self.prefetchDistance < events.count { prefetch(batch.names[index + Self.prefetchDistance]) }
            do throws(StoreError) {
                // A retry is recognised before the expectation is checked: it held when the events were written.
                if let eventID = events[index].eventID {
                    let repeated = try receipt(ofRepeated: eventID, events[index], in: transaction, group: group)
                    if let repeated {
                        receipts.append(repeated)
                        continue
                    }
                }
                if !isChecked, let expectation {
                    try check(expectation, in: transaction, group: group)
                    isChecked = true
                }
                receipts.append(try append(batch, index, in: transaction, into: &group))
            } catch {
                throw error.atEvent(index)
            }
        }
        if events.isEmpty, let expectation {
            try check(expectation, in: transaction, group: group)
        }
        return receipts
    }

    private func prefetch(_ names: NamedEvents.Names) {
        profiles.prefetch(names.userHash)
        images.prefetch(names.firstHash)
        images.prefetch(names.secondHash)
    }

    private func append(
        _ batch: NamedEvents, _ index: Int, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let origin = EventMetadata(
            occurredAt: batch.events[index].occurredAt, eventID: batch.events[index].eventID,
            time: batch.events[index].trustedTime)
        if let fault = timeFault(origin.time, origin.occurredAt, in: group) { throw .event(fault) }
        let names = batch.names[index]
        if names.isImage, case .image(let space, let image) = batch.events[index].action {
            return try append(image, to: space, origin, in: transaction, into: &group)
        }
        let stream = try stream(of: batch, index, in: transaction, into: &group)
        if stream.intake != .everything {
            try checkIntake(
                of: stream, batch.events[index].content.profile, isLike: names.kind == .like || names.kind == .unlike)
        }
        if let slate = batch.events[index].content.slate {
            let body = try body(
                of: slate, isPick: names.kind == .pick, of: batch.events[index].content.profile, stream, transaction,
                group)
            return try append(body, origin, to: stream, in: transaction, into: &group)
        }
        let first = batch.first(of: names)
        let body: RecordBody
        if names.kind == .rank {
            let second = batch.second(of: names)
            if first.hasSameBytes(as: second) { throw .event(.winnerIsLoser(String(copying: first))) }
            body = .rank(
                winner: try image(first, names.firstHash, of: batch, index, stream, transaction, group),
                loser: try image(second, names.secondHash, of: batch, index, stream, transaction, group))
        } else {
            let image = try image(first, names.firstHash, of: batch, index, stream, transaction, group)
            body = names.kind == .like ? .like(image: image) : .unlike(image: image)
        }
        return try append(body, origin, to: stream, in: transaction, into: &group)
    }

    /// The body of a pick or skip.
    private func body(
        of slate: NamedSlate, isPick: Bool, of profile: ProfileName, _ stream: ProfileStream,
        _ transaction: borrowing WriteTransaction, _ group: borrowing RecordGroup
    ) throws(StoreError) -> RecordBody {
        let chosen: UInt16
        do { chosen = try slate.chosenBits(isPick: isPick) } catch { throw .event(.slate(error)) }
        var shown: [Position] = []
        for id in slate.shown { shown.append(try image(id, of: profile, stream, transaction, group)) }
        guard isPick else { return .skip(shown: shown) }
        guard let slate = Slate(shown: shown, chosen: chosen) else {
            preconditionFailure("different ids of one space are different images")
        }
        return .pick(slate)
    }

    private func append(
        _ body: RecordBody, _ origin: EventMetadata, to stream: ProfileStream,
        in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        return try add(
            body, to: stream, occurredAt: origin.occurredAt, eventID: origin.eventID, time: origin.time,
            in: transaction, into: &group)
    }

    private func append(
        _ image: NewImage, to spaceName: String, _ origin: EventMetadata, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        try Name.check(image.id, field: "image id", limit: Name.longLimit)
        if let author = image.author { try Name.check(author, field: "author", limit: Name.longLimit) }
        let space = try knownSpace(spaceName, in: transaction, group: group)
        let dimension = image.embedding.components.count
        guard dimension == space.dimension else {
            throw .event(
                .wrongDimension(space: spaceName, id: image.id, expected: space.dimension, found: dimension))
        }
        let body = RecordBody.imageRegistered(
            ImageRegistration(id: image.id, author: image.author, embedding: image.embedding.components))
        let existing = try self.image(image.id, in: space.position, transaction, group: group)
        if let existing {
            let receipt = try receipt(of: existing, ifItHolds: body, in: transaction, group: group)
            guard let receipt else { throw .event(.imageConflict(space: spaceName, id: image.id)) }
            return receipt
        }
        let receipt = try add(
            body, to: space.position, occurredAt: origin.occurredAt, eventID: origin.eventID, time: origin.time,
            in: transaction, into: &group)
        try remember(receipt.position, image.id, in: space.position, transaction, group: group)
        return receipt
    }

    // MARK: Names

    private func knownSpace(
        _ name: String, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> SpaceEntry {
        let found = try space(name, in: transaction, group: group)
        guard let found else { throw .event(.unknownSpace(name)) }
        return found
    }

    /// The stream of an event's profile, opened when this is its first event.
    @inline(__always)
    private func stream(
        of batch: NamedEvents, _ index: Int, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> ProfileStream {
        let names = batch.names[index]
        if let recentSpace, recentSpace.name.utf8.span.bytes.hasSameBytes(as: batch.space(of: names)) {
            let known = profiles.stream(
                recentSpace.entry.position, batch.profile(of: names), userByteCount: names.userByteCount,
                hash: names.userHash)
            if let known { return known }
        }
        guard let profile = batch.events[index].profile else { preconditionFailure("an image has no profile") }
        return try stream(of: profile, time: batch.events[index].trustedTime, in: transaction, into: &group)
    }

    /// A profile's stream, opened when this is its first event.
    func stream(
        of profile: ProfileName, time: Timestamp?, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> ProfileStream {
        let space = try knownSpace(profile.space, in: transaction, group: group)
        if let stream = try existingStream(of: profile, in: space.position, transaction, group: group) { return stream }
        try requireStaying(profile.user, in: transaction)
        try Name.check(profile.user, field: "user", limit: Name.longLimit)
        try Name.check(profile.profile, field: "profile", limit: Name.shortLimit)
        let opened = try latest(
            UserProfiles.self, ScopedName(space: nil, profile.user), in: transaction, group: group)
        guard (opened?.positions.count ?? 0) < Store.profileLimit else {
            throw .event(.tooManyProfiles(user: profile.user, limit: Store.profileLimit))
        }
        let body = RecordBody.profileOpened(space: space.position, user: profile.user, profile: profile.profile)
        let opening = try open(body, time: time, in: transaction, into: &group)
        return try remember(
            opening.position, of: profile, in: space.position, last: opening.position, revision: 1,
            intake: .everything, transaction, group: group)
    }

    /// A profile's stream, or nil when it has no event yet.
    func existingStream(
        of profile: ProfileName, in space: Position, _ transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) -> ProfileStream? {
        // The houses' streams are nobody's to add to, and never among these.
        if profile.isHouse { return nil }
        if let stream = profiles[space, profile] { return stream }
        let found: (stream: Position, head: StreamHead)?
        do { found = try tables.latestStream(of: profile, in: space, transaction) } catch { throw .storage(error) }
        guard let found else { return nil }
        try requireStaying(profile.user, in: transaction)
        try requireStream(found.stream, found.head, of: profile, in: space, transaction, group: group)
        return try remember(
            found.stream, of: profile, in: space, last: found.head.last, revision: found.head.revision,
            intake: ProfileIntake(isBoard: found.head.isBoard, isArchived: found.head.isArchived), transaction,
            group: group)
    }

    /// The position of an image of a stream's space, by its name in a batch.
    @inline(__always)
    private func image(
        _ name: RawSpan, _ hash: NameHash, of batch: NamedEvents, _ index: Int, _ stream: ProfileStream,
        _ transaction: borrowing WriteTransaction, _ group: borrowing RecordGroup
    ) throws(StoreError) -> Position {
        if let known = images.value(stream.space, name, nameByteCount: name.byteCount, hash: hash) { return known }
        guard let profile = batch.events[index].profile else { preconditionFailure("an image has no profile") }
        return try image(String(copying: name), of: profile, stream, transaction, group)
    }

    private func image(
        _ id: String, of profile: ProfileName, _ stream: ProfileStream, _ transaction: borrowing WriteTransaction,
        _ group: borrowing RecordGroup
    ) throws(StoreError) -> Position {
        let found = try image(id, in: stream.space, transaction, group: group)
        guard let found else { throw .event(.unknownImage(space: profile.space, id: id)) }
        return found
    }

    // MARK: Repeats and expectations

    /// The first receipt of an event whose id is in the log with the same content.
    private func receipt(
        ofRepeated eventID: EventID, _ event: NewEvent, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) -> Receipt? {
        let found = try self.event(eventID, in: transaction, group: group)
        guard let position = found else { return nil }
        let body = try self.body(of: event, in: transaction, group: group)
        let receipt: Receipt?
        if let body {
            receipt = try self.receipt(
                of: position, ifItHolds: body, at: event.occurredAt, in: transaction, group: group)
        } else {
            receipt = nil
        }
        guard let receipt else { throw .event(.eventIDConflict(eventID, position)) }
        return receipt
    }

    /// The body that an event would have, or nil when it names what does not exist; opens nothing.
    private func body(
        of event: NewEvent, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> (stream: Position, body: RecordBody)? {
        func resolve(_ profile: ProfileName) throws(StoreError) -> ProfileStream? {
            let space = try knownSpace(profile.space, in: transaction, group: group)
            return try existingStream(of: profile, in: space.position, transaction, group: group)
        }
        switch event.action {
        case .rank(let profile, let winner, let loser):
            guard let stream = try resolve(profile) else { return nil }
            let winner = try image(winner, of: profile, stream, transaction, group)
            return (
                stream.stream, .rank(winner: winner, loser: try image(loser, of: profile, stream, transaction, group))
            )
        case .like(let profile, let image):
            guard let stream = try resolve(profile) else { return nil }
            return (stream.stream, .like(image: try self.image(image, of: profile, stream, transaction, group)))
        case .unlike(let profile, let image):
            guard let stream = try resolve(profile) else { return nil }
            return (stream.stream, .unlike(image: try self.image(image, of: profile, stream, transaction, group)))
        case .pick(let profile, _, _), .skip(let profile, _):
            guard let stream = try resolve(profile), let slate = event.content.slate else { return nil }
            let isPick = event.content.kind == .pick
            return (stream.stream, try body(of: slate, isPick: isPick, of: profile, stream, transaction, group))
        case .image(let space, let image):
            let space = try knownSpace(space, in: transaction, group: group)
            let registration = ImageRegistration(
                id: image.id, author: image.author, embedding: image.embedding.components)
            return (space.position, .imageRegistered(registration))
        }
    }

    private func receipt(
        of position: Position, ifItHolds content: (stream: Position, body: RecordBody), at occurredAt: Int64?,
        in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> Receipt? {
        return try withRecord(at: position, in: transaction, group: group) {
            (record) throws(RecordError) -> Receipt? in
            guard record.header.stream == content.stream, record.header.occurredAt == occurredAt,
                record.holds(content.body)
            else { return nil }
            return Receipt(repeating: record.header, at: position)
        }
    }

    private func receipt(
        of position: Position, ifItHolds body: RecordBody, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) -> Receipt? {
        return try withRecord(at: position, in: transaction, group: group) {
            (record) throws(RecordError) -> Receipt? in
            record.holds(body) ? Receipt(repeating: record.header, at: position) : nil
        }
    }

    private func check(
        _ expectation: AppendCondition, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) {
        switch expectation {
        case .head(let expected):
            let found = group.nextPosition.previous
            guard found == expected else { throw .expectation(.head(expected: expected, found: found)) }
        case .revision(let profile, let expected):
            let space = try knownSpace(profile.space, in: transaction, group: group)
            let stream = try existingStream(of: profile, in: space.position, transaction, group: group)
            let found = stream.map { profiles.head(of: $0).revision } ?? 0
            guard found == expected else {
                throw .expectation(.revision(profile, expected: expected, found: found))
            }
        }
    }
}

/// What an event brings along besides its content.
struct EventMetadata {
    let occurredAt: Int64?
    let eventID: EventID?
    let time: Timestamp?
}

extension Receipt {
    /// The receipt of an event that is in the log already.
    init(repeating header: RecordHeader, at position: Position) {
        self.init(
            position: position, revision: header.revision, recordedAt: header.recordedAt, isRepeat: true)
    }
}

/// The rules for names.
enum Name {
    /// Users, authors and image ids, in UTF-8 bytes.
    static let longLimit = NameLimit.long.rawValue
    /// Spaces, profiles and models.
    static let shortLimit = NameLimit.short.rawValue

    static func check(_ name: String, field: String, limit: Int) throws(StoreError) {
        if !isValid(name, limit: limit) { throw .event(.invalidName(field: field, name)) }
    }

    static func isValid(_ name: String, limit: Int) -> Bool {
        let utf8 = name.utf8
        return !utf8.isEmpty && utf8.count <= limit && !utf8.contains(0)
    }
}

extension DerivedTables {
    /// The stream of a profile in a space and where it stands; nil when it has no event yet.
    fileprivate func latestStream(
        of profile: ProfileName, in space: Position, _ transaction: borrowing WriteTransaction
    ) throws(StorageError) -> (stream: Position, head: StreamHead)? {
        let found = try latestProfile(user: profile.user, profile: profile.profile, space: space, in: transaction)
        guard let stream = found else { return nil }
        guard let head = try latestHead(of: stream, in: transaction) else {
            throw .damagedRow(table: Heads.name, "there is none for the stream \(stream)")
        }
        return (stream, head)
    }
}
