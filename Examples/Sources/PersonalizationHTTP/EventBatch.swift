internal import Foundation
internal import Hummingbird
internal import PersonalizationStore

/// The events of a request's body: a JSON array, or JSON Lines, of the interchange format (docs/interchange.md).
struct EventBatch {
    let events: [NewEvent]

    init(json body: ByteBuffer) throws {
        let bytes = Data(body.readableBytesView)
        let decoder = JSONDecoder()
        let isArray = bytes.first { !$0.isJSONWhitespace } == UInt8(ascii: "[")
        if isArray {
            events = try decoder.decode([InterchangeEvent].self, from: bytes).map(\.event)
        } else {
            events = try bytes.split(separator: UInt8(ascii: "\n"))
                .filter { !$0.allSatisfy(\.isJSONWhitespace) }
                .map { try decoder.decode(InterchangeEvent.self, from: $0).event }
        }
        if events.isEmpty { throw HTTPError(.badRequest, message: "the body has no events; send some") }
    }
}

extension UInt8 {
    fileprivate var isJSONWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

/// One event of the interchange format.
private struct InterchangeEvent: Decodable {
    let event: NewEvent

    private enum Field: String, CodingKey {
        case kind, user, space, profile, winner, loser, image, id, author, embedding, at, eventID
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        func text(_ field: Field) throws -> String { try fields.decode(String.self, forKey: field) }
        func profile() throws -> ProfileName {
            ProfileName(
                user: try text(.user), space: try text(.space),
                profile: try fields.decodeIfPresent(String.self, forKey: .profile) ?? ProfileName.defaultProfile)
        }
        func refuse(_ field: Field, _ reason: String) -> any Error {
            DecodingError.dataCorruptedError(forKey: field, in: fields, debugDescription: reason)
        }
        func embedding() throws -> Embedding {
            let components = try fields.decode([Double].self, forKey: .embedding)
            do throws(EmbeddingError) { return try Embedding(canonicalizing: components) } catch {
                throw refuse(.embedding, "\(error)")
            }
        }
        func eventID() throws -> EventID? {
            guard let text = try fields.decodeIfPresent(String.self, forKey: .eventID) else { return nil }
            guard let id = EventID(text) else { throw refuse(.eventID, "'\(text)' is no UUID") }
            return id
        }
        func moment() throws -> Int64? {
            guard fields.contains(.at) else { return nil }
            if let milliseconds = try? fields.decode(Int64.self, forKey: .at) { return milliseconds }
            let text = try text(.at)
            guard let time = Timestamp(rfc3339: text) else {
                throw refuse(.at, "'\(text)' is no time; write RFC 3339 or milliseconds since 1970")
            }
            return Int64((Double(time.microseconds) / 1000).rounded(.down))
        }

        let action: NewEvent.Action
        switch try text(.kind) {
        case "rank": action = .rank(try profile(), winner: try text(.winner), loser: try text(.loser))
        case "like": action = .like(try profile(), image: try text(.image))
        case "unlike": action = .unlike(try profile(), image: try text(.image))
        case "image":
            let author = try fields.decodeIfPresent(String.self, forKey: .author)
            action = .image(
                space: try text(.space), NewImage(id: try text(.id), author: author, embedding: try embedding()))
        case let kind: throw refuse(.kind, "'\(kind)' is none of rank, like, unlike and image")
        }
        event = NewEvent(action, occurredAt: try moment(), eventID: try eventID())
    }
}
