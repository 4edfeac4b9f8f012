import PersonalizationStore
import TasteFold
import Testing

@Suite("An event to append")
struct NewEventTests {
    private static func actions() throws -> [NewEvent.Action] {
        let profile = ProfileName(user: "ada", space: "v6", profile: "prints")
        let embedding = try Embedding(canonicalizing: [1.0, 2.0, 3.0])
        return [
            .rank(profile, winner: "a", loser: "b"), .rank(profile, winner: "b", loser: "a"),
            .rank(profile, winner: "a", loser: ""), .like(profile, image: "a"), .unlike(profile, image: "a"),
            .image(space: "v6", NewImage(id: "a", author: "ada", embedding: embedding)),
            .image(space: "v6", NewImage(id: "a", author: "", embedding: embedding)),
            .image(space: "v6", NewImage(id: "a", author: nil, embedding: embedding)),
        ]
    }

    @Test func `says what happened as it was told`() throws {
        for action in try Self.actions() {
            #expect(NewEvent(action).action == action)
            var event = NewEvent.like(ProfileName(user: "eve", space: "niji"), image: "z")
            event.action = action
            #expect(event == NewEvent(action))
        }
    }

    @Test func `is equal to no event of another action`() throws {
        let actions = try Self.actions()
        #expect(Set(actions.map { NewEvent($0) }).count == actions.count)
    }

    @Test func `has a profile unless it is an image`() throws {
        for action in try Self.actions() {
            if case .image = action {
                #expect(NewEvent(action).profile == nil)
            } else {
                #expect(NewEvent(action).profile?.user == "ada")
            }
        }
    }
}
