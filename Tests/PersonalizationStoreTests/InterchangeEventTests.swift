import Foundation
import PersonalizationStore
import Testing

@Suite("Events from JSON")
struct InterchangeEventTests {
    private let ada = ProfileName(user: "ada", space: "v6")

    @Test func `every kind of event is read`() throws {
        #expect(
            try event(#"{"kind":"rank","user":"ada","space":"v6","winner":"a","loser":"b"}"#)
                == .rank(ada, winner: "a", loser: "b"))
        #expect(try event(#"{"kind":"like","user":"ada","space":"v6","image":"a"}"#) == .like(ada, image: "a"))
        #expect(try event(#"{"kind":"unlike","user":"ada","image":"a"}"#, in: "v6") == .unlike(ada, image: "a"))
        let image = try event(#"{"kind":"image","space":"v6","id":"a","author":"ben","embedding":[3,4]}"#)
        guard case .image("v6", let registered) = image.action else {
            Issue.record("not an image: \(image)")
            return
        }
        #expect(registered.id == "a" && registered.author == "ben")
        #expect(registered.embedding.components == [9830, 13107])
    }

    @Test func `times and ids are kept`() throws {
        let id = "6f1e6a52-9d2f-4c7e-8d7b-0e6f3f0a9b11"
        let text =
            #"{"kind":"like","user":"ada","space":"v6","image":"a","at":"2024-05-01T12:00:00.5Z","eventID":"\#(id)"}"#
        let event = try event(text)
        #expect(event.occurredAt == 1_714_564_800_500)
        #expect(event.eventID == EventID(id))
    }

    @Test(arguments: [
        ("[", "line 1:"), ("{", "line 1:"), (#"[{"kind":"like"},7]"#, "line 2:"),
        ("{\"kind\":\"like\",\"user\":\"ada\",\"space\":\"v6\",\"image\":\"a\"}\n\n{\"kind\":\"dislike\"}", "line 3:"),
        (#"[{"kind":"like","user":"ada","space":"v6","image":"a"},{"kind":"like","user":"ada"}]"#, "line 2:"),
        (#"{"kind":"label","code":"x"}"#, "line 1:"),
        (#"{"kind":"like","user":"a","space":"v6","image":"a","at":"now"}"#, "line 1:"),
    ])
    func `what is wrong is named with its place`(json: String, place: String) throws {
        let error = try #require(throws: InterchangeError.self) {
            try NewEvent.list(interchangeJSON: Array(json.utf8))
        }
        #expect(error.description.hasPrefix(place), "\(error)")
    }

    @Test func `an array and lines of the same events are the same`() throws {
        let lines = (0..<3).map { #"{"kind":"like","user":"ada","space":"v6","image":"\#($0)"}"# }
        let expected = (0..<3).map { NewEvent.like(ada, image: "\($0)") }
        let array = "\n [" + lines.joined(separator: ",\n") + "]"
        #expect(try NewEvent.list(interchangeJSON: Array(array.utf8)) == expected)
        #expect(try NewEvent.list(interchangeJSON: Array(lines.joined(separator: "\r\n").utf8)) == expected)
        #expect(try NewEvent.list(interchangeJSON: []) == [])
    }

    private func event(_ json: String, in space: String? = nil) throws -> NewEvent {
        try NewEvent(interchangeJSON: Array(json.utf8), defaultSpace: space)
    }
}
