internal import EventLog

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// One line of the interchange format (docs/interchange.md), every field of every kind.
package struct InterchangeLine: Codable, Equatable, Sendable {
    package var kind: String
    package var position: UInt64?
    package var recordedAt: String?
    package var space: String?
    package var user: String?
    package var profile: String?
    package var id: String?
    package var author: String?
    package var embedding: [Double]?
    package var embeddingQ14: [Int16]?
    package var winner: String?
    package var loser: String?
    package var image: String?
    package var chosen: [String]?
    package var shown: [String]?
    package var at: Moment?
    package var eventID: String?
    package var name: String?
    package var threshold: Int?
    package var meanQ14: [Int16]?
    package var panelQ14: [Int16]?
    package var model: String?
    package var isDefault: Bool?
    package var code: String?
    package var hash: String?
    package var foldedThrough: UInt32?
    package var label: String?
    package var event: UInt64?
    package var always: Bool?
    package var ownChoicesOnly: Bool?
    package var asOf: UInt64?
    package var fromSpace: String?
    package var fromProfile: String?
    package var contributors: UInt32?
    package var pinned: [Pinned]?
    package var bytes: String?
    package var alias: String?
    package var reference: String?
    package var board: Bool?
    package var archived: Bool?
    package var shared: Bool?
    package var profiles: [WeightedProfile]?
    package var due: String?

    /// When the user did it: RFC 3339, or milliseconds since 1970.
    package enum Moment: Codable, Equatable, Sendable {
        case text(String)
        case milliseconds(Int64)

        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .milliseconds(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "write whole milliseconds since 1970, or an RFC 3339 time in quotes")
            }
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .milliseconds(let number): try container.encode(number)
            }
        }
    }

    /// A pinned code of settings.
    package struct Pinned: Codable, Equatable, Sendable {
        package var code: String
        package var weight: Int
    }

    /// A profile of settings that name several.
    package struct WeightedProfile: Codable, Equatable, Sendable {
        package var profile: String
        package var weight: Int
    }

    init(kind: String) { self.kind = kind }

    /// Reads a line; what is wrong with it is said in the words of its fields.
    package init(json: [UInt8]) throws(InterchangeFault) { try self.init(json: json, LineParser()) }

    /// Reads one of many lines with a parser that they share.
    package init(json: [UInt8], _ parser: borrowing LineParser) throws(InterchangeFault) {
        if let line = parser.parse(json) { self = line } else { try self.init(decoding: json) }
    }

    /// Reads a line of any kind, or says what is wrong with it.
    package init(decoding json: [UInt8]) throws(InterchangeFault) {
        do throws(JSONFlaws.Flaw) { try JSONFlaws.check(json) } catch { throw error.fault }
        do { self = try JSONDecoder().decode(InterchangeLine.self, from: Data(json)) } catch let error as DecodingError
        {
            throw InterchangeFault(error)
        } catch {
            throw .malformed("\(error)")
        }
    }

    /// The line, its keys in order, without line feeds.
    package func json() -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return String(decoding: try encoder.encode(self), as: UTF8.self) } catch {
            preconditionFailure("strings and numbers always encode: \(error)")
        }
    }
}

extension InterchangeFault {
    /// What the decoder found wrong with a line.
    init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, _): self = .missingField(key.stringValue)
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let field = Self.field(context.codingPath)
            self = field.isEmpty ? .malformed(context.debugDescription) : .wrongType(field, context.debugDescription)
        case .dataCorrupted(let context):
            // With a field this is a value that its type does not hold, such as a number that is too large.
            let field = Self.field(context.codingPath)
            self = field.isEmpty ? .malformed(context.debugDescription) : .invalidValue(field, context.debugDescription)
        @unknown default: self = .malformed("\(error)")
        }
    }

    /// The keys that lead to a value, without the place of its object in an array.
    private static func field(_ path: [any CodingKey]) -> String {
        path.drop { $0.intValue != nil }.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
}
