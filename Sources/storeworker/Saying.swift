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

    /// Twenty people with twenty rankings each, who say no more: in one batch, unless they are there.
    func addPeople(imageCount: Int) async throws {
        let people = (0..<20).map { ProfileName(user: "person\($0)", space: space) }
        guard try store.streamHead(of: people[19]) == nil else { return }
        let events = people.enumerated().flatMap { number, profile in
            (1...20).map { index in
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
