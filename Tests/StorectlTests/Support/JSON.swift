import Foundation
import Testing

/// A JSON document, read without knowing its shape.
enum JSON: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    /// Reads one document.
    init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    /// A field of an object; null when there is none.
    subscript(field: String) -> JSON {
        if case .object(let fields) = self { fields[field] ?? .null } else { .null }
    }

    /// An element of a list; null when there is none.
    subscript(index: Int) -> JSON {
        if case .list(let elements) = self, elements.indices.contains(index) { elements[index] } else { .null }
    }

    /// The text, or an empty one.
    var text: String { if case .text(let text) = self { text } else { "" } }
    /// The number, or NaN, which equals nothing.
    var number: Double { if case .number(let number) = self { number } else { .nan } }
    /// The elements, or none.
    var elements: [JSON] { if case .list(let elements) = self { elements } else { [] } }

    /// The document's form: the type of each value, of lists that of their first element.
    var shape: JSON {
        switch self {
        case .null: .text("null")
        case .bool: .text("bool")
        case .number: .text("number")
        case .text: .text("text")
        case .list(let elements): .list(elements.first.map { [$0.shape] } ?? [])
        case .object(let fields): .object(fields.mapValues(\.shape))
        }
    }
}

extension JSON: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }
}
