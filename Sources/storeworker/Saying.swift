import EventLog
import PersonalizationStore

/// What a person says of own codes and history: what is no plain event.
struct Saying {
    let profile: ProfileName
    let store: Store

    /// One of the things that can be said, or nothing; each acknowledged on its own.
    func saySomething() async throws {
        switch Int.random(in: 0..<24) {
        case 0: acknowledge(try await store.reset(profile, eventID: .random()))
        case 1: try await adopt()
        case 2: try await retract()
        case 3: try await changeSettings()
        case 4...6: try await sayOfCode()
        case 7, 8: try await sayOfProfile()
        case 9: try await changeBoard()
        default: break
        }
    }

    /// Begins with what the same user's profile in the other space amounts to.
    private func adopt() async throws {
        let source = ProfileName(user: profile.user, space: "v7")
        let event = NewEvent.rank(
            source, winner: "image\(Int.random(in: 0..<12))", loser: "image\(Int.random(in: 12..<24))")
        acknowledge(try await store.append(event))
        acknowledge(try await store.adopt(source, into: profile, eventID: .random()))
    }

    private func retract() async throws {
        let event = NewEvent.rank(profile, winner: "image1", loser: "image2")
        let receipt = try await store.append(event)
        acknowledge(receipt)
        acknowledge(try await store.retract(receipt.position, of: profile, eventID: .random()))
    }

    private func changeSettings() async throws {
        let settings = Settings(
            personalizesAlways: .random(), refusesHouse: .random(), profile: profile.profile, pinned: [])
        acknowledge(try await store.setSettings(of: profile.user, in: profile.space, to: settings, eventID: .random()))
    }

    /// Labels, shares or archives another profile of the user, for a moment, and has others use its reference.
    private func sayOfProfile() async throws {
        let other = ProfileName(user: profile.user, space: profile.space, profile: "other")
        if try store.profile(other) == nil {
            acknowledge(try await store.createProfile(other, label: "other", eventID: .random()))
        }
        switch Int.random(in: 0..<4) {
        case 0: acknowledge(try await store.labelProfile(other, "label \(Int.random(in: 0..<100))", eventID: .random()))
        case 1:
            acknowledge(try await store.archiveProfile(other, eventID: .random()))
            acknowledge(try await store.restoreProfile(other, eventID: .random()))
        case 2: acknowledge(try await store.unshareProfile(other))
        default:
            acknowledge(try await store.shareProfile(other))
            try await resolve("a harbour --p \(store.reference(of: other))")
        }
    }

    /// Puts an image on a board of the user's and takes one off, and resolves its reference.
    private func changeBoard() async throws {
        let board = ProfileName(user: profile.user, space: profile.space, profile: "board")
        if try store.profile(board) == nil {
            acknowledge(try await store.createBoard(board, images: ["image1", "image2"], eventID: .random()))
        }
        for receipt in try await store.put(["image\(Int.random(in: 0..<24))"], on: board) { acknowledge(receipt) }
        try await resolve("a harbour --p \(store.reference(of: board))")
        for receipt in try await store.take(["image\(Int.random(in: 3..<24))"], off: board) { acknowledge(receipt) }
    }

    /// Resolves a reference, and writes down the code that was returned, with the hash of its bytes.
    private func resolve(_ prompt: String) async throws {
        do {
            let resolution = try await store.resolve(prompt, user: profile.user)
            guard let part = resolution.personalization?.parts.first else { return }
            ReturnedCodes(store: store.path).add(part.code, part.hash.description)
        } catch StoreError.fault(.notEnoughData) {
            return
        }
    }

    /// Labels a code, revokes it for a moment, or goes back to it.
    private func sayOfCode() async throws {
        guard let code = try store.codes(of: profile, limit: 8).randomElement()?.version.code else { return }
        switch Int.random(in: 0..<3) {
        case 0: acknowledge(try await store.label(code, of: profile, "label \(Int.random(in: 0..<100))"))
        case 1:
            acknowledge(try await store.revoke(code, of: profile))
            acknowledge(try await store.restore(code, of: profile))
        default: acknowledge(try await store.revert(profile, to: code, eventID: .random()))
        }
    }
}

/// The houses of a space with people enough for them.
struct House {
    let store: Store
    let space: String

    /// Twenty people who rank an image against all others, some of which are the same picture, and say no more: in one batch,
    /// unless they are there.
    func addPeople(imageCount: Int) async throws {
        let people = (0..<20).map { ProfileName(user: "person\($0)", space: space) }
        guard try store.streamHead(of: people[19]) == nil else { return }
        let events = people.enumerated().flatMap { number, profile in
            (1..<imageCount).map { index in
                let pair = ["image\(number)", "image\((number + index) % imageCount)"]
                return NewEvent.rank(profile, winner: pair[index % 2], loser: pair[1 - index % 2])
            }
        }
        guard let last = try await store.append(events).last else { return }
        acknowledge(last)
    }

    /// Mints a house and labels it, or pins one, or none.
    func change() async throws {
        let name = ProfileName.house(of: space)
        if Int.random(in: 0..<4) == 0 { return acknowledge(try await store.pinHouse(nil, of: space)) }
        let house = try await store.mintHouse(of: space)
        StoreWorker.say("\(house.version.mint.position)")
        ReturnedCodes(store: store.path).add(house.version.code, house.version.hash.description)
        acknowledge(try await store.label(house.version.code, of: name, "house \(house.contributorCount)"))
        acknowledge(try await store.pinHouse(house.version.code, of: space, threshold: Int.random(in: 1...8)))
    }
}

/// Says that everything up to an event is durable.
private func acknowledge(_ receipt: Receipt) { StoreWorker.say("\(receipt.position)") }
