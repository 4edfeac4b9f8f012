import EventLog
import Foundation
import PersonalizationStore

/// A line that the driver writes: what to do, and what that needs.
struct Request: Decodable, Sendable {
    let id: Int
    let `do`: String
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
        guard let id = UUID(uuidString: event) else { throw RequestFault(description: "\(event) is no UUID") }
        let bytes = withUnsafeBytes(of: id.uuid) { Array($0) }
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        new.eventID = EventID(high: word(0..<8), low: word(8..<16))
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
    case text(String)
    case flag(Bool)
    case none
    indirect case list([Field])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .flag(let flag): try container.encode(flag)
        case .none: try container.encodeNil()
        case .list(let list): try container.encode(list)
        }
    }
}
