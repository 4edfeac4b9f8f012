import Foundation
import Yams

/// `openapi.yaml`, as far as the tests read it.
struct OpenAPIDocument: Decodable {
    struct Operation: Decodable {
        let operationId: String
        let responses: [String: Response]
    }

    struct Response: Decodable {
        struct Media: Decodable { let schema: Schema }

        let reference: String?
        let content: [String: Media]?

        private enum CodingKeys: String, CodingKey { case reference = "$ref", content }
    }

    struct Components: Decodable {
        let responses: [String: Response]
        let schemas: [String: Schema]
    }

    let paths: [String: [String: Operation]]
    private let components: Components

    /// The document that lies beside the package's manifest.
    static func read() throws -> OpenAPIDocument {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../openapi.yaml")
        return try YAMLDecoder().decode(from: try Data(contentsOf: file))
    }

    /// The path of the document, such as `/versions/{code}`, that a request's path is of.
    func template(of path: String) -> String? {
        let parts = path.split(separator: "?")[0].split(separator: "/")
        return paths.keys.first { template in
            let names = template.split(separator: "/")
            return names.count == parts.count && zip(names, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
    }

    /// What the document says against an answer; empty when it is as declared.
    func complaints(about answer: Answer, to exchange: Exchange) -> [String] {
        guard let declared = paths[exchange.template]?[exchange.method.lowercased()]?.responses["\(exchange.status)"]
        else { return ["\(exchange) is not declared"] }
        let response = declared.reference.flatMap { components.responses[$0.lastPathPart] } ?? declared
        let type = answer.contentType.split(separator: ";")[0]
        guard let media = response.content?[String(type)] else { return ["\(exchange) does not declare \(type)"] }
        if type == "text/plain" { return [] }
        return complaints(about: answer.json, against: media.schema, at: "\(exchange)")
    }

    private func complaints(about value: Any, against schema: Schema, at place: String) -> [String] {
        if let name = schema.reference?.lastPathPart {
            guard let named = components.schemas[name] else { return ["\(place): no schema '\(name)'"] }
            return complaints(about: value, against: named, at: place)
        }
        switch (schema.type, value) {
        case ("object", let object as [String: Any]):
            let missing = (schema.required ?? []).filter { object[$0] == nil }.map { "\(place): no '\($0)'" }
            return object.reduce(into: missing) { found, field in
                if let property = schema.properties?[field.key] {
                    found += complaints(about: field.value, against: property, at: "\(place).\(field.key)")
                } else {
                    found.append("\(place): '\(field.key)' is not declared")
                }
            }
        case ("array", let array as [Any]):
            guard let items = schema.items?.first else { return ["\(place): the schema says nothing of its items"] }
            return array.flatMap { complaints(about: $0, against: items, at: "\(place)[]") }
        case ("string", let text as String):
            guard let words = schema.words, !words.contains(text) else { return [] }
            return ["\(place): '\(text)' is none of \(words)"]
        case ("boolean", let number as NSNumber) where number.isBoolean: return []
        case ("number", let number as NSNumber) where !number.isBoolean: return []
        case ("integer", let number as NSNumber)
        where !number.isBoolean && number.doubleValue.rounded() == number.doubleValue:
            return []
        default: return ["\(place): \(value) is no \(schema.type ?? "value")"]
        }
    }
}

/// The part of JSON Schema that the document uses for answers.
struct Schema: Decodable {
    let reference: String?
    let type: String?
    let required: [String]?
    let properties: [String: Schema]?
    /// One schema; an array, so that the type may hold itself.
    let items: [Schema]?
    let words: [String]?

    private enum CodingKeys: String, CodingKey {
        case reference = "$ref", type, required, properties, items, words = "enum"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        reference = try fields.decodeIfPresent(String.self, forKey: .reference)
        type = try? fields.decodeIfPresent(String.self, forKey: .type)
        required = try fields.decodeIfPresent([String].self, forKey: .required)
        properties = try fields.decodeIfPresent([String: Schema].self, forKey: .properties)
        items = try fields.decodeIfPresent(Schema.self, forKey: .items).map { [$0] }
        words = try fields.decodeIfPresent([String].self, forKey: .words)
    }
}

extension String {
    fileprivate var lastPathPart: String { String(split(separator: "/").last ?? "") }
}

extension NSNumber {
    /// `JSONSerialization` gives booleans as numbers of one byte.
    fileprivate var isBoolean: Bool { String(cString: objCType) == "c" }
}
