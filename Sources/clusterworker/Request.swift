import EventLog
import PersonalizationStore

/// A line that the driver writes: what to do, and what that needs.
struct Request: Decodable, Sendable {
    let id: Int
    let action: String
    var events: [Event]?
    var user: String?
    var space: String?
    var models: [String]?
    var dimension: Int?
    var threshold: Int?
    var images: Int?
    var shard: Int?
    var position: UInt64?
    var seconds: Double?
    var from: UInt64?
    var limit: Int?
    var token: UInt64?
    var code: String?
    var prompt: String?
    /// How many events a group of a measurement has.
    var group: Int?
    /// The folder of a store of one machine that is measured instead of the node.
    var store: String?

    /// Whether a measurement tells where and when each group was acknowledged.
    var watch: Bool?

    enum CodingKeys: String, CodingKey {
        case id, events, user, space, models, dimension, threshold, images, shard, position, seconds, from, limit, token
        case code, prompt, group, store, watch
        case action = "do"
    }

    /// An event with an id: a ranking or a like.
    struct Event: Decodable, Sendable {
        let event: String
        let user: String
        let space: String
        var winner: String?
        var loser: String?
        var like: String?
    }
}

extension Request.Event {
    /// The event to append.
    func newEvent() throws -> NewEvent {
        let profile = ProfileName(user: user, space: space)
        var new: NewEvent
        if let winner, let loser {
            new = .rank(profile, winner: winner, loser: loser)
        } else {
            new = .like(profile, image: try required(like, "like, or winner and loser"))
        }
        new.eventID = try required(EventID(event), "a UUID as event")
        return new
    }
}

/// A request that lacks something.
struct RequestFault: Error, CustomStringConvertible {
    let description: String
}

/// What a request has to have.
func required<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else { throw RequestFault(description: "the request lacks \(name)") }
    return value
}

/// An answer's field.
enum Field: Encodable, Sendable {
    case number(UInt64)
    case real(Double)
    case text(String)
    case flag(Bool)
    case none
    indirect case list([Field])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .real(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .flag(let flag): try container.encode(flag)
        case .none: try container.encodeNil()
        case .list(let list): try container.encode(list)
        }
    }
}
