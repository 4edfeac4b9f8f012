/// Why a key, a signed note or a proof is refused.
@nonexhaustive
public enum TransparencyError: Error, Hashable, Sendable {
    /// The name cannot be a key's.
    case keyName(String)
    /// The text is no verifier key; the detail says why.
    case verifierKey(String)
    /// The text is no signing key; the detail says why, and nothing of the key.
    case signingKey(String)
    /// The text is no signed note; the detail says why.
    case note(String)
    /// The signed note is no checkpoint; the detail says why.
    case checkpoint(String)
    /// The text is no proof; the detail says why.
    case proof(String)
    /// The checkpoint is one of another log.
    case otherLog(expected: String, found: String)
    /// No signature of the key verifies.
    case notSigned(by: String)
}

extension TransparencyError: CustomStringConvertible {
    /// What is wrong and the remedy.
    public var description: String {
        switch self {
        case .keyName(let name):
            "'\(name.prefix(80))' cannot name a key; use letters without white space or '+', best like a web address "
                + "(example.com/taste)"
        case .verifierKey(let detail): "this is not a verifier key (\(detail)); copy it again from 'storectl key'"
        case .signingKey(let detail): "this is not a signing key (\(detail)); use the file that the key was written to"
        case .note(let detail): "this is not a signed note (\(detail)); copy it again, to its last line feed"
        case .checkpoint(let detail): "this is not a signed checkpoint (\(detail)); copy it again"
        case .proof(let detail): "this is not a proof (\(detail)); copy it again, to its last line feed"
        case .otherLog(let expected, let found):
            "the checkpoint is one of '\(found)', and the key is that of '\(expected)'; use the key of that log"
        case .notSigned(let name):
            "no signature of the checkpoint verifies with the key of '\(name)': it was changed, or signed by somebody "
                + "else; do not believe it"
        }
    }
}
