/// What a parameter or a body may be: checked when a request comes, and published in the OpenAPI document.
package indirect enum Schema: Sendable {
    /// Text of so many bytes of UTF-8, without NUL unless it is free text.
    case text(_ bytes: ClosedRange<Int>, allowsNUL: Bool = false)
    case whole(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case flag
    case array(of: Schema, count: ClosedRange<Int>)
    case object([Member])
    /// Something that the handler reads itself, with the schema to publish.
    case published(JSONValue)

    package struct Member: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool
        let about: String

        /// A member that must be there.
        static func member(_ name: String, _ schema: Schema, _ about: String) -> Member {
            Member(name: name, schema: schema, isRequired: true, about: about)
        }

        /// A member that may be left out or null.
        static func optional(_ name: String, _ schema: Schema, _ about: String) -> Member {
            Member(name: name, schema: schema, isRequired: false, about: about)
        }
    }

    /// A name of something in a store.
    static let name = Schema.text(1...255)
    /// The name of a space or a profile.
    static let shortName = Schema.text(1...128)
    /// A code as people type it, hyphens included.
    static let code = Schema.text(1...128)

    /// Whether a body of nothing means an object without members.
    var canBeLeftOut: Bool {
        if case .object(let members) = self { members.allSatisfy { !$0.isRequired } } else { false }
    }

    /// What is wrong with a value, in words that name the place; nil when it is as it should be.
    func fault(in value: JSONValue, at place: String) -> String? {
        switch (self, value) {
        case (.text(let bytes, let allowsNUL), .string(let text)):
            if !bytes.contains(text.utf8.count) {
                return "\(place) has \(text.utf8.count) bytes; give \(bytes.lowerBound) to \(bytes.upperBound)"
            }
            return !allowsNUL && text.utf8.contains(0) ? "\(place) has a NUL character in it; leave it out" : nil
        case (.whole(let range), .integer(let number)):
            return range.contains(number)
                ? nil : "\(place) is \(number); give a whole number from \(range.lowerBound) to \(range.upperBound)"
        case (.number(let range), .integer), (.number(let range), .number):
            return range.contains(value.double ?? .nan)
                ? nil : "\(place) is out of range; give a number from \(range.lowerBound) to \(range.upperBound)"
        case (.flag, .bool), (.published, _): return nil
        case (.array(let element, let count), .array(let elements)):
            if !count.contains(elements.count) {
                return "\(place) has \(elements.count) elements; give \(count.lowerBound) to \(count.upperBound)"
            }
            for (index, value) in elements.enumerated() {
                if let fault = element.fault(in: value, at: "\(place)[\(index)]") { return fault }
            }
            return nil
        case (.object(let known), .object(let members)): return Self.fault(in: members, of: known, at: place)
        default: return "\(place) is not \(kind); correct it"
        }
    }

    private static func fault(in members: [String: JSONValue], of known: [Member], at place: String) -> String? {
        for member in known {
            guard let value = members[member.name], value != .null || member.isRequired else {
                if member.isRequired { return "\(place) has no member '\(member.name)'; add it" }
                continue
            }
            if let fault = member.schema.fault(in: value, at: "'\(member.name)'") { return fault }
        }
        let names = Set(known.map(\.name))
        return members.keys.filter { !names.contains($0) }.min().map {
            "\(place) has a member '\($0.prefix(40))' that nobody knows; leave it out"
        }
    }

    private var kind: String {
        switch self {
        case .text: "a string"
        case .whole: "a whole number"
        case .number: "a number"
        case .flag: "true or false"
        case .array: "an array"
        case .object: "an object"
        case .published: "what it should be"
        }
    }

    /// The schema as JSON Schema 2020-12 says it.
    var document: JSONValue {
        switch self {
        case .text(let bytes, let allowsNUL):
            var members: [String: JSONValue] = [
                "type": "string", "minLength": .integer(min(1, bytes.lowerBound)),
                // No character has less than a byte, so that longer text is refused in any case; JSON Schema cannot say more.
                "maxLength": .integer(bytes.upperBound), "x-maxBytes": .integer(bytes.upperBound),
            ]
            if !allowsNUL { members["pattern"] = "^[^\\u0000]*$" }
            return .object(members)
        case .whole(let range):
            return [
                "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            ]
        case .number(let range):
            return ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        case .flag: return ["type": "boolean"]
        case .array(let element, let count):
            return [
                "type": "array", "items": element.document, "minItems": .integer(count.lowerBound),
                "maxItems": .integer(count.upperBound),
            ]
        case .object(let members):
            let properties = members.map { member in
                var document = member.schema.document.members ?? [:]
                document["description"] = .string(member.about)
                if !member.isRequired, case .string(let type)? = document["type"] {
                    document["type"] = .array([.string(type), "null"])
                }
                return (member.name, JSONValue.object(document))
            }
            return [
                "type": "object", "properties": .object(Dictionary(properties) { $1 }),
                "required": .array(members.filter(\.isRequired).map { .string($0.name) }),
                "additionalProperties": false,
            ]
        case .published(let document): return document
        }
    }
}
