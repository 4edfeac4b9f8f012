internal import EventLog

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// One line of the interchange format (docs/interchange.md), every field of every kind.
struct InterchangeLine: Codable, Equatable {
    var kind: String
    var position: UInt64?
    var recordedAt: String?
    var space: String?
    var user: String?
    var profile: String?
    var id: String?
    var author: String?
    var embedding: [Double]?
    var embeddingQ14: [Int16]?
    var winner: String?
    var loser: String?
    var image: String?
    var at: Moment?
    var eventID: String?
    var name: String?
    var threshold: Int?
    var meanQ14: [Int16]?
    var panelQ14: [Int16]?
    var model: String?
    var isDefault: Bool?
    var code: String?
    var hash: String?
    var coversStreamVersion: UInt32?
    var label: String?
    var event: UInt64?
    var always: Bool?
    var pinned: [Pinned]?
    var bytes: String?

    /// When the user did it: RFC 3339, or milliseconds since 1970.
    enum Moment: Codable, Equatable {
        case text(String)
        case milliseconds(Int64)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .milliseconds(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .milliseconds(let number): try container.encode(number)
            }
        }
    }

    /// A pinned code of settings.
    struct Pinned: Codable, Equatable {
        var code: String
        var weight: Int
    }

    init(kind: String) { self.kind = kind }

    /// Reads a line; what is wrong with it is said in the words of its fields.
    init(json: [UInt8]) throws(InterchangeFault) {
        do { self = try JSONDecoder().decode(InterchangeLine.self, from: Data(json)) } catch let error as DecodingError
        {
            throw InterchangeFault(error)
        } catch {
            throw .malformed("\(error)")
        }
    }

    /// The line, its keys in order, without line feeds.
    func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return String(decoding: try encoder.encode(self), as: UTF8.self) } catch {
            preconditionFailure("strings and numbers always encode: \(error)")
        }
    }
}

extension InterchangeFault {
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, _): self = .missingField(key.stringValue)
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            self = .wrongType(context.codingPath.map(\.stringValue).joined(separator: "."), context.debugDescription)
        case .dataCorrupted(let context): self = .malformed(context.debugDescription)
        @unknown default: self = .malformed("\(error)")
        }
    }
}
