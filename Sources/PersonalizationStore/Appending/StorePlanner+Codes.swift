internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import LMDB
internal import Projections

/// Spaces, mints and what owners say of their codes.
extension StorePlanner {
    func plan(
        _ definition: SpaceDefinition, models: [String], defaultModel: String?,
        in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> [Receipt] {
        try Name.check(definition.name, field: "space", limit: Name.shortLimit)
        for model in models { try Name.check(model, field: "model", limit: Name.shortLimit) }
        var receipts: [Receipt] = []
        let position: Position
        if let existing = try space(definition.name, in: transaction, group: group) {
            position = existing.position
            let isSame = try withRecord(at: position, in: transaction, group: group) {
                $0.holds(.spaceDefined(definition))
            }
            guard isSame else {
                throw .event(.spaceConflict(definition.name))
            }
            receipts.append(
                try withRecord(at: position, in: transaction, group: group) { (record) throws(RecordError) in
                    Receipt(repeating: record.header, at: position)
                })
        } else {
            let opening = try open(.spaceDefined(definition), in: transaction, into: &group)
            position = opening.position
            receipts.append(opening)
        }
        for model in models {
            let isDefault = model == defaultModel
            let assigned = try latest(Models.self, ScopedName(space: nil, model), in: transaction, group: group)
            if let assigned, !isDefault {
                try require(assigned, by: Models.name, in: transaction, group: group) { (record) throws(RecordError) in
                    guard case .modelAssigned(model, _) = try RecordBody(of: record) else { return false }
                    return true
                }
                let stream = try withRecord(at: assigned, in: transaction, group: group) { $0.header.stream }
                if stream == position { continue }
            }
            receipts.append(
                try add(
                    .modelAssigned(model: model, isDefault: isDefault), to: position, in: transaction, into: &group))
        }
        return receipts
    }

    /// Mints a version unless the profile has been minted meanwhile; a version that has a code already is recalled.
    func plan(
        _ mint: StoreRequest.Mint, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        // A stream without a head was erased since the fold.
        guard let head = try latest(Heads.self, mint.stream, in: transaction, group: group) else {
            throw .event(.profileMoved(mint.profile))
        }
        let stream = try ownedStream(of: mint.profile, in: transaction, group: group)
        guard let stream, stream.stream == mint.stream else { throw .record(.missing(mint.stream)) }
        if stream.intake == .nothing { throw .event(.archivedProfile(mint.profile)) }
        guard head.lastMint == mint.previousMint, mint.foldedThrough <= head.revision else {
            throw .event(.profileMoved(mint.profile))
        }
        let places =
            try latest(Versions.self, HashPrefix(mint.hash), in: transaction, group: group) ?? VersionLocations()
        let body: RecordBody
        // A version that was imported before is minted all the same, so that its profile owns it.
        if let place = places.place(of: mint.hash), place.stream == mint.stream, let previousMint = mint.previousMint {
            try requireVersion(mint.hash, at: place.mint, in: transaction, group: group)
            body = .versionRecalled(
                VersionRecall(
                    foldedThrough: mint.foldedThrough, previousMint: previousMint, mint: place.mint))
        } else {
            body = .versionMinted(
                VersionMint(
                    foldedThrough: mint.foldedThrough,
                    symbolCount: max(mint.symbolCount, places.symbolCount(for: mint.hash)),
                    previousMint: mint.previousMint, version: mint.version))
        }
        return try add(body, to: stream, in: transaction, into: &group)
    }

    /// Adds a version that another store minted to a space, and its label.
    func plan(
        _ version: [UInt8], hash: SHA256Digest, _ label: String, into space: Position,
        in transaction: borrowing WriteTransaction,
        group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let places = try latest(Versions.self, HashPrefix(hash), in: transaction, group: group) ?? VersionLocations()
        if let place = places.place(of: hash) {
            try requireVersion(hash, at: place.mint, in: transaction, group: group)
            return try withRecord(at: place.mint, in: transaction, group: group) { (record) throws(RecordError) in
                Receipt(repeating: record.header, at: place.mint)
            }
        }
        let symbolCount = places.symbolCount(for: hash)
        let receipt = try add(
            .versionImported(symbolCount: symbolCount, version: version), to: space, in: transaction, into: &group)
        if !label.isEmpty { _ = try plan(label, ofImport: receipt.position, in: transaction, into: &group) }
        return receipt
    }

    /// Labels an imported version, in the stream of its space. Once its profile has minted it here, only that labels it:
    /// then this changes nothing.
    func plan(
        _ label: String, ofImport position: Position, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        guard label.utf8.count <= Name.longLimit else {
            throw .event(.invalidName(field: "label", label))
        }
        let header = try withRecord(at: position, in: transaction, group: group) { $0.header }
        guard header.kind == .versionImported else { return Receipt(repeating: header, at: position) }
        return try add(
            .codeLabeled(mint: position, label: label), to: header.stream, in: transaction, into: &group)
    }

    private func requireVersion(
        _ hash: SHA256Digest, at mint: Position, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) {
        try require(mint, by: Versions.name, in: transaction, group: group) { (record) throws(RecordError) in
            guard record.header.kind == .versionMinted || record.header.kind == .versionImported else { return false }
            return SHA256Digest(hashing: try record.versionBytes()) == hash
        }
    }

    /// What an operator says of an imported version, in the stream of the space that imported it.
    func plan(
        takingDown imported: Position, _ isTakenDown: Bool, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        try require(imported, by: Versions.name, in: transaction, group: group) { $0.header.kind == .versionImported }
        let space = try withRecord(at: imported, in: transaction, group: group) { $0.header.stream }
        return try add(
            isTakenDown ? .codeRevoked(mint: imported) : .codeRestored(mint: imported), to: space, in: transaction,
            into: &group)
    }

    /// Something an owner says of own codes and history.
    func plan(
        _ action: StoreRequest.OwnerAction, of profile: ProfileName, eventID: EventID?,
        in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        if profile.isHouse { return try planOfHouse(action, profile, eventID: eventID, in: transaction, into: &group) }
        let stream: ProfileStream
        if case .adopt = action {
            // The profile may begin with this.
            _ = try self.stream(of: profile, time: nil, in: transaction, into: &group)
        }
        let found = try ownedStream(of: profile, in: transaction, group: group)
        guard let found else { throw .event(.unknownProfile(profile)) }
        stream = found
        try checkIntake(of: stream, profile, action)
        let body: RecordBody
        switch action {
        case .label(let mint, _), .revoke(let mint), .restore(let mint):
            body = try statement(action, of: mint, by: stream.stream, in: transaction, group: group)
        case .revert(let mint):
            try checkOwned(mint, by: stream.stream, in: transaction, group: group)
            body = .tasteReverted(
                mint: mint, resumesAt: try coveredEvent(of: mint, in: transaction, group: group))
        case .retract(let event):
            guard event < group.nextPosition else { throw .event(.notRetractable(event)) }
            let isOwn = try withRecord(at: event, in: transaction, group: group) { record in
                switch record.header.kind {
                case .rank, .like, .unlike, .pick: record.header.stream == stream.stream
                default: false
                }
            }
            guard isOwn else { throw .event(.notRetractable(event)) }
            body = .eventRetracted(event)
        case .reset: body = .tasteReset
        case .adopt(let event):
            try checkAdoptable(event, by: profile, stream, in: transaction, group: group)
            body = .foldAdopted(from: event)
        }
        if let eventID, let repeated = try receipt(of: eventID, stream.stream, body, in: transaction, group: group) {
            return repeated
        }
        return try add(body, to: stream, eventID: eventID, in: transaction, into: &group)
    }

    /// What is said of a code, by the stream that minted it.
    func statement(
        _ action: StoreRequest.OwnerAction, of mint: Position, by stream: Position,
        in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> RecordBody {
        try checkOwned(mint, by: stream, in: transaction, group: group)
        switch action {
        case .revoke: return .codeRevoked(mint: mint)
        case .restore: return .codeRestored(mint: mint)
        case .label(_, let label):
            guard label.utf8.count <= Name.longLimit else {
                throw .event(.invalidName(field: "label", label))
            }
            return .codeLabeled(mint: mint, label: label)
        case .revert, .retract, .reset, .adopt: preconditionFailure("that is said of a history, not of a code")
        }
    }

    /// The first receipt of an owner's event whose id is in the log with the same content.
    func receipt(
        of eventID: EventID, _ stream: Position?, _ body: RecordBody, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) -> Receipt? {
        guard let position = try event(eventID, in: transaction, group: group) else { return nil }
        let receipt = try withRecord(at: position, in: transaction, group: group) {
            (record) throws(RecordError) -> Receipt? in
            guard record.header.stream == stream, record.header.kind == body.kind else { return nil }
            // Where a revert goes on may differ in a retry only because the first one has happened.
            if case .tasteReverted(let mint, _) = body {
                guard case .tasteReverted(mint, _) = try RecordBody(of: record) else { return nil }
            } else if case .foldAdopted = body {
                // The other profile may have gone on since, so a retry may name a later event of it.
            } else if !record.holds(body) {
                return nil
            }
            return Receipt(repeating: record.header, at: position)
        }
        guard let receipt else { throw .event(.eventIDConflict(eventID, position)) }
        return receipt
    }

    /// A change of a user's settings; the first opens their stream.
    func plan(
        _ change: SettingsChange, user: String, space name: String, eventID: EventID?,
        in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        guard let space = try space(name, in: transaction, group: group) else {
            throw .event(.unknownSpace(name))
        }
        try requireStaying(user, in: transaction)
        try Name.check(user, field: "user", limit: Name.longLimit)
        for entry in change.profiles {
            try Name.check(entry.profile, field: "profile", limit: Name.shortLimit)
        }
        let key = ScopedName(space: space.position, user)
        var stream = try latest(SettingsStreams.self, key, in: transaction, group: group)
        let body = RecordBody.settingsChanged(change)
        if let eventID, let repeated = try receipt(of: eventID, stream, body, in: transaction, group: group) {
            return repeated
        }
        if stream == nil {
            stream = try open(
                .settingsOpened(space: space.position, user: user), in: transaction, into: &group
            ).position
        }
        guard let stream else { preconditionFailure("a stream that was just opened has a position") }
        try require(stream, by: SettingsStreams.name, in: transaction, group: group) { record in
            record.holds(.settingsOpened(space: space.position, user: user))
        }
        return try add(body, to: stream, eventID: eventID, in: transaction, into: &group)
    }

    /// The stream of a profile whose space there is; nil when it has no event.
    func ownedStream(
        of profile: ProfileName, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> ProfileStream? {
        let entry = try space(profile.space, in: transaction, group: group)
        guard let entry else { throw .event(.unknownSpace(profile.space)) }
        return try existingStream(of: profile, in: entry.position, transaction, group: group)
    }

    /// An event of another profile of the same user, in another space.
    private func checkAdoptable(
        _ event: Position, by profile: ProfileName, _ stream: ProfileStream,
        in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) {
        let source = try withRecord(at: event, in: transaction, group: group) { $0.header.stream }
        guard case .profileOpened(let space, let user, _) = try body(at: source, in: transaction, group: group),
            space != stream.space, user.hasSameBytes(as: profile.user)
        else { throw .event(.notAdoptable(event)) }
    }

    private func checkOwned(
        _ mint: Position, by stream: Position, in transaction: borrowing WriteTransaction,
        group: borrowing RecordGroup
    ) throws(StoreError) {
        let isOwn = try withRecord(at: mint, in: transaction, group: group) { record in
            record.header.kind == .versionMinted && record.header.stream == stream
        }
        guard isOwn else { throw .event(.notOwnVersion(mint)) }
    }

    /// The last event that a mint's fold has seen: walks back from the mint to the revision that it covers.
    private func coveredEvent(
        of mint: Position, in transaction: borrowing WriteTransaction, group: borrowing RecordGroup
    ) throws(StoreError) -> Position? {
        var next: Position? = mint
        var covers: UInt32?
        while let position = next {
            let (header, links) = try withRecord(at: position, in: transaction, group: group) { record in
                (record.header, record.mintLinks)
            }
            if position == mint { covers = links?.foldedThrough }
            if let covers, header.revision <= covers { return position }
            next = header.previous
        }
        return nil
    }
}
