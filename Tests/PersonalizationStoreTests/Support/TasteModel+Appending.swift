import PersonalizationStore

/// Appending by the rules: events, repeats, expectations, refusals.
extension TasteModel {
    /// What a receipt must say, its time aside.
    struct ExpectedReceipt: Equatable {
        let position: Position
        let revision: UInt32
        let isRepeat: Bool
    }

    /// Why an append must be refused.
    enum Refusal: Error, Equatable {
        case event(index: Int, EventFault)
        case expectation(UnmetCondition)
    }

    /// Appends all events or none.
    mutating func append(
        _ events: [NewEvent], expecting expectation: AppendCondition? = nil
    ) -> Result<[ExpectedReceipt], Refusal> {
        let before = log.count
        do throws(Refusal) {
            var receipts: [ExpectedReceipt] = []
            var isChecked = false
            for (index, event) in events.enumerated() {
                do throws(EventFault) {
                    if let repeated = try repeatedReceipt(of: event) {
                        receipts.append(repeated)
                        continue
                    }
                } catch { throw .event(index: index, error) }
                if !isChecked { try check(expectation) }
                isChecked = true
                do throws(EventFault) { receipts.append(try append(event)) } catch {
                    throw .event(index: index, error)
                }
            }
            if events.isEmpty { try check(expectation) }
            return .success(receipts)
        } catch {
            remove(after: before)
            return .failure(error)
        }
    }

    /// The receipt of an event whose id is in the log already.
    private func repeatedReceipt(of event: NewEvent) throws(EventFault) -> ExpectedReceipt? {
        guard let eventID = event.eventID, let position = eventIDs[eventID] else { return nil }
        let first = self[position]
        let isSame =
            switch (event.action, first.content) {
            case (.image(let space, let image), .imageRegistered(let firstSpace, let registration)):
                space == firstSpace && registration.matches(image)
            default: content(of: event) == first.content
            }
        guard isSame, first.occurredAt == event.occurredAt else { throw .eventIDConflict(eventID, position) }
        return ExpectedReceipt(position: position, revision: first.revision, isRepeat: true)
    }

    private func content(of event: NewEvent) -> StoredEvent.Content? {
        switch event.action {
        case .rank(let profile, let winner, let loser): .rank(profile, winner: winner, loser: loser)
        case .like(let profile, let image): .like(profile, image: image)
        case .unlike(let profile, let image): .unlike(profile, image: image)
        case .pick(let profile, let chosen, let shown):
            .pick(profile, chosen: shown.filter { chosen.contains($0) }, shown: shown)
        case .skip(let profile, let shown): .skip(profile, shown: shown)
        case .image: nil
        }
    }

    private func check(_ expectation: AppendCondition?) throws(Refusal) {
        switch expectation {
        case .none: break
        case .head(let expected):
            if head != expected { throw .expectation(.head(expected: expected, found: head)) }
        case .revision(let profile, let expected):
            let found = revision(of: profile)
            if found != expected {
                throw .expectation(.revision(profile, expected: expected, found: found))
            }
        }
    }

    private mutating func append(_ event: NewEvent) throws(EventFault) -> ExpectedReceipt {
        if case .image(let space, let image) = event.action { return try append(image, to: space, event) }
        guard let profile = event.profile, let content = content(of: event) else {
            preconditionFailure("an event is of a profile or an image")
        }
        try check(profile)
        try checkIntake(profile, event.action)
        switch event.action {
        case .rank(_, let winner, let loser):
            if winner == loser { throw .winnerIsLoser(winner) }
            try check(winner, in: profile.space)
            try check(loser, in: profile.space)
        case .like(_, let image), .unlike(_, let image): try check(image, in: profile.space)
        case .pick(_, let chosen, let shown):
            try check(shown: shown)
            if let other = chosen.first(where: { !shown.contains($0) }) { throw .slate(.notShown(other)) }
            if chosen.isEmpty { throw .slate(.nothingChosen) }
            if Set(chosen).count == shown.count { throw .slate(.everythingChosen) }
            for image in shown { try check(image, in: profile.space) }
        case .skip(_, let shown):
            try check(shown: shown)
            for image in shown { try check(image, in: profile.space) }
        case .image: break
        }
        let added = add(content, to: profile, occurredAt: event.occurredAt, eventID: event.eventID)
        return ExpectedReceipt(position: added.position, revision: added.revision, isRepeat: false)
    }

    /// What is shown together: 2 to 16 different images.
    private func check(shown: [String]) throws(EventFault) {
        if shown.count < 2 || shown.count > 16 { throw .slate(.size(shown.count)) }
        for (index, image) in shown.enumerated() where shown[..<index].contains(image) {
            throw .slate(.repeatedImage(image))
        }
    }

    /// Whether a profile takes an event, by its kind and by what was said of it.
    private func checkIntake(_ profile: ProfileName, _ action: NewEvent.Action) throws(EventFault) {
        guard streams[profile] != nil else { return }
        let state = state(of: profile)
        if state.isArchived { throw .archivedProfile(profile) }
        switch action {
        case .like, .unlike, .image: break
        case .rank, .pick, .skip: if state.isBoard { throw .boardTakesImages(profile) }
        }
    }

    private func check(_ profile: ProfileName) throws(EventFault) {
        guard spaces[profile.space] != nil else { throw .unknownSpace(profile.space) }
        if profile.user.isEmpty { throw .invalidName(field: "user", profile.user) }
        if profile.profile.utf8.count > 128 { throw .invalidName(field: "profile", profile.profile) }
    }

    private func check(_ image: String, in space: String) throws(EventFault) {
        guard images[space]?[image] != nil else { throw .unknownImage(space: space, id: image) }
    }

    private mutating func append(
        _ image: NewImage, to spaceName: String, _ event: NewEvent
    ) throws(EventFault) -> ExpectedReceipt {
        if image.id.isEmpty || image.id.utf8.contains(0) { throw .invalidName(field: "image id", image.id) }
        guard let space = spaces[spaceName] else { throw .unknownSpace(spaceName) }
        let dimension = image.embedding.dimension
        guard dimension == space.descriptor.dimension else {
            throw .wrongDimension(
                space: spaceName, id: image.id, expected: space.descriptor.dimension, found: dimension)
        }
        if let position = position(ofImage: image.id, in: spaceName) {
            guard images[spaceName]?[image.id] == image else {
                throw .imageConflict(space: spaceName, id: image.id)
            }
            return ExpectedReceipt(
                position: position, revision: self[position].revision, isRepeat: true)
        }
        let added = register(image, in: spaceName, occurredAt: event.occurredAt, eventID: event.eventID)
        return ExpectedReceipt(position: added.position, revision: added.revision, isRepeat: false)
    }
}

extension ImageRegistration {
    fileprivate func matches(_ image: NewImage) -> Bool {
        id == image.id && author == image.author && embedding == image.embedding.components
    }
}
