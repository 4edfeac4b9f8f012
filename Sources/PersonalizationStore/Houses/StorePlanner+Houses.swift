internal import ByteCoding
internal import EventLog
internal import LMDB
internal import Projections

/// Houses: their own stream for each space, which no user's event can enter.
extension StorePlanner {
    /// Mints a house; one that was minted before is there already.
    func plan(
        _ mint: StoreRequest.HouseMint, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let places =
            try latest(Versions.self, HashPrefix(mint.hash), in: transaction, group: group) ?? VersionLocations()
        let stream = try houseStream(of: mint.space, in: transaction, into: &group)
        if let place = places.place(of: mint.hash), place.stream == stream {
            return try withRecord(at: place.mint, in: transaction, group: group) { (record) throws(RecordError) in
                Receipt(repeating: record.header, at: place.mint)
            }
        }
        guard let head = try latest(Heads.self, stream, in: transaction, group: group) else {
            throw .record(.missing(stream))
        }
        let body = RecordBody.versionMinted(
            VersionMint(
                foldedThrough: head.revision, symbolCount: places.symbolCount(for: mint.hash),
                previousMint: head.lastMint, house: mint.origin, version: mint.version))
        return try add(body, to: stream, in: transaction, into: &group)
    }

    /// Pins a house, or none.
    func plan(
        _ pin: HousePin, space: String, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let stream = try houseStream(of: space, in: transaction, into: &group)
        if let mint = pin.mint {
            let isOwn = try withRecord(at: mint, in: transaction, group: group) {
                $0.houseOrigin != nil && $0.header.stream == stream
            }
            guard isOwn else { throw .event(.notOwnVersion(mint)) }
            if try latest(CodeStatuses.self, mint, in: transaction, group: group)?.revokedAt != nil {
                throw .event(.houseIsRevoked(mint))
            }
        }
        return try add(.housePinned(pin), to: stream, in: transaction, into: &group)
    }

    /// Something an operator says of a house's code. A house has no history to go back in, to take back or to leave.
    func planOfHouse(
        _ action: StoreRequest.OwnerAction, _ house: ProfileName, eventID: EventID?,
        in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        guard let space = try space(house.space, in: transaction, group: group) else {
            throw .event(.unknownSpace(house.space))
        }
        let key = ScopedName(space: space.position, house.user, house.profile)
        let stream = try latest(Profiles.self, key, in: transaction, group: group)
        let body: RecordBody
        switch action {
        case .label(let mint, _), .revoke(let mint), .restore(let mint):
            guard let stream else { throw .event(.notOwnVersion(mint)) }
            body = try statement(action, of: mint, by: stream, in: transaction, group: group)
        case .revert, .retract, .reset, .adopt: throw .event(.houseHistory(house.space))
        }
        guard let stream else { preconditionFailure("a version's stream was opened before the version was minted") }
        if let eventID, let repeated = try receipt(of: eventID, stream, body, in: transaction, group: group) {
            return repeated
        }
        if case .codeRevoked(let mint) = body, try pinnedMint(stream, in: transaction, group: group) == mint {
            throw .event(.houseIsPinned(mint))
        }
        return try add(body, to: stream, eventID: eventID, in: transaction, into: &group)
    }

    /// The mint that the last pin of a stream of houses names; nil when there is none, or none any more.
    private func pinnedMint(
        _ stream: Position, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> Position? {
        var next = try latest(Heads.self, stream, in: transaction, group: group)?.last
        while let position = next {
            let found = try withRecord(at: position, in: transaction, group: group) {
                (record) throws(RecordError) -> (body: RecordBody?, previous: Position?) in
                guard record.header.kind == .housePinned else { return (nil, record.header.previous) }
                return (try RecordBody(of: record), nil)
            }
            if case .housePinned(let pin) = found.body { return pin.mint }
            next = found.previous
        }
        return nil
    }

    /// The stream of a space's houses, opened when this is its first event.
    private func houseStream(
        of name: String, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Position {
        guard let space = try space(name, in: transaction, group: group) else {
            throw .event(.unknownSpace(name))
        }
        let house = ProfileName.house(of: name)
        let key = ScopedName(space: space.position, house.user, house.profile)
        if let stream = try latest(Profiles.self, key, in: transaction, group: group) { return stream }
        let body = RecordBody.profileOpened(space: space.position, user: house.user, profile: house.profile)
        return try open(body, in: transaction, into: &group).position
    }
}
