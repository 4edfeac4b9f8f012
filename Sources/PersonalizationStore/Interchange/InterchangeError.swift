internal import EventLog

/// Why a line of the interchange format was refused.
public struct InterchangeError: Error, Sendable {
    /// The line, from 1.
    public let line: Int
    /// What is wrong with it.
    public let fault: InterchangeFault
}

/// What is wrong with a line.
public enum InterchangeFault: Error, Sendable {
    /// The line is not a JSON object.
    case malformed(String)
    /// An object has a field twice, so that it is not known which is meant.
    case repeatedField(String)
    /// A number is too large for any field.
    case numberOutOfRange(String, String)
    /// Objects and arrays stand in each other more deeply than any line needs.
    case tooDeep(limit: Int)
    /// A field that the kind needs is not there.
    case missingField(String)
    /// A field has a value of another type.
    case wrongType(String, String)
    /// A field has a value that it cannot have.
    case invalidValue(String, String)
    /// No event is of this kind.
    case unknownKind(String)
    /// The store refused what the line asks for, or failed.
    case refused(StoreError)
    /// The exported version does not come out again.
    case versionDiffers(expected: String, found: String)
}

extension InterchangeError: CustomStringConvertible {
    /// The line, what is wrong and the remedy.
    public var description: String { "line \(line): \(fault)" }
}

extension InterchangeFault: CustomStringConvertible {
    /// What is wrong and the remedy.
    public var description: String {
        switch self {
        case .malformed(let detail): "this is not a JSON object (\(detail)); write one object a line"
        case .repeatedField(let field): "the field '\(field)' is there twice; leave one of them out"
        case .numberOutOfRange(let field, let number):
            field.isEmpty
                ? "the number \(number) is out of range; write one object a line"
                : "the number \(number) of the field '\(field)' is out of range; correct it"
        case .tooDeep(let limit):
            "objects and arrays are nested more than \(limit) deep; leave out what is not in docs/interchange.md"
        case .missingField(let field): "the field '\(field)' is missing; add it"
        case .wrongType(let field, let detail): "the field '\(field)' has the wrong type (\(detail)); correct it"
        case .invalidValue(let field, let detail): "the field '\(field)' is wrong: \(detail)"
        case .unknownKind(let kind):
            "there is no kind '\(kind)'; docs/interchange.md lists the kinds, such as image, rank, like and unlike"
        case .refused(let error): error.reason
        case .versionDiffers(let expected, let found):
            "the line says that the version \(expected) was minted here, and it is \(found); the lines before it "
                + "are not those that were exported, or the store has another secret"
        }
    }
}
