public import ByteCoding
public import CodeRegistry
public import EventLog
public import TasteFold

/// Why a code, or the taste of a profile, cannot be used.
public enum CodeFault: Error, Hashable, Sendable {
    /// No version has this code.
    case unknown(String)
    /// The text is no code: it is too short, or its check symbol is wrong. `suggestions` are the user's own codes that are one edit away.
    case mistyped(String, suggestions: [String])
    /// The text could begin a code or a hash, and is too short to be looked for: it needs `minimum` characters.
    case tooShort(String, minimum: Int)
    /// The text begins the hashes of several versions.
    case ambiguous(String, candidates: [String])
    /// The owner has revoked the code, or an operator has taken its version down.
    case revoked(Code)
    /// The code is of another space than the one asked for.
    case otherSpace(code: String, space: String, expected: String)
    /// The profile has too few effective comparisons for a taste.
    case notEnoughData(ProfileName, have: Int, need: Int)
    /// No space has this name.
    case unknownSpace(String)
    /// No space serves this model.
    case unsupportedModel(String)
    /// The prompt names no model, and the store has no default.
    case noDefaultModel
    /// The profile has more comparisons than the fold takes.
    case tooManyComparisons(ProfileName)
    /// The fold refuses the profile's comparisons; the error says why.
    case unfoldable(ProfileName, FoldError)
    /// The user has no such profile yet.
    case unknownProfile(ProfileName)
    /// The position or time is before the profile's first event.
    case beforeFirstEvent(ProfileName)
    /// The code is not one of the profile's own.
    case notOwner(Code, ProfileName)
    /// A weight is not 1 to 1,000.
    case weight(String, Int)
    /// More codes than settings can pin.
    case tooManyPinned(Int)
    /// Settings that name no profile, or more than 255.
    case profileCount(Int)
    /// A bundle is not whole.
    case damagedBundle(String)
    /// No event that was imported had this position in its source.
    case unknownEvent(UInt64)
    /// The space has no image with this id.
    case unknownImage(space: String, id: String)
    /// No house of the space has this hash, which a taste starts from.
    case unknownHouse(SHA256Digest)
    /// A space has fewer people with enough comparisons than a house is made of.
    case tooFewContributors(space: String, have: Int, need: Int)
    /// The code is of no house of the space.
    case notHouse(Code, space: String)
    /// A threshold is not positive, or was given without a house.
    case threshold(Int)
    /// The reserved profile of a space's houses is nobody's taste.
    case houseProfile(String)
    /// So many pairs cannot be asked for at once.
    case pairCount(Int)
    /// The versions of a blend cannot be blended; the text says why.
    case unblendable(String)
    /// The version was minted here, so there is no import to take down.
    case notImported(Code)
    /// A bundle's version is of a space that the store does not have.
    case bundleOfOtherSpace(String)
    /// The profile of a reference, or the one that `--p` means, is archived.
    case archived(String)
    /// The profile of a reference that somebody else shares has no taste to give yet; why is its owner's business.
    case notReady(String)
    /// The profile is a board, about which there is nothing to ask.
    case boardWithoutPairs(ProfileName)
    /// The text cannot be an alias: it has not the shape of another service's code.
    case notForeignCode(String)
    /// The text cannot be an alias: it is one of the store's own codes.
    case aliasIsCode(String)
    /// Images make no catalogue of a space: they are too few or their embeddings do not fit each other; the text says which.
    case catalogue(String)
    /// The threshold of a space is not positive.
    case spaceThreshold(Int)
    /// The user is to be erased, and takes no part until then.
    case erasureScheduled(user: String, due: Timestamp)
    /// The settings pin a version that was erased with the person whose it was.
    case pinErased
}

extension CodeFault: CustomStringConvertible {
    /// What is wrong and the remedy.
    public var description: String {
        switch self {
        case .unknown(let text) where ProfileReference.isBegun(by: text):
            "there is no profile with the reference '\(text)', or it is not shared with you; check it, ask its owner to share "
                + "it, or move it before --p if it is text"
        case .unknown(let code): "there is no version with the code '\(code)'; check it, or import its bundle"
        case .mistyped(let text, _) where (try? ProfileReference(parsing: text)) != nil:
            "'\(text)' is a profile's reference, which only prompts take; name a code"
        case .mistyped(let text, let suggestions):
            "'\(text)' is not a code: \(Self.flaw(of: text)); "
                + (suggestions.isEmpty
                    ? "check it for a wrong or swapped character"
                    : "did you mean \(suggestions.joined(separator: " or "))?")
        case .tooShort(let text, let minimum):
            "'\(text)' is too short to name a code; give its first \(minimum) characters at least"
        case .ambiguous(let text, let candidates):
            "'\(text)' begins several codes (\(candidates.joined(separator: ", "))); give more characters"
        case .revoked(let code):
            "the code '\(code)' was revoked: its owner can restore it, or an operator who took it down can put it back"
        case .otherSpace(let code, let space, let expected):
            "the code '\(code)' is of the space '\(space)', and this prompt needs one of '\(expected)'; "
                + "use a model of '\(space)', or a code of '\(expected)'"
        case .notEnoughData(let profile, let have, let need):
            "not enough data for \(profile): \(have) of \(need) comparisons; rank \(need - have) more pairs"
        case .unknownSpace(let name): "there is no space '\(name)'; see 'storectl stats' for the spaces there are"
        case .unsupportedModel(let model):
            "model '\(model)' has no personalization; leave out --p, or use a model that a space serves"
        case .noDefaultModel: "the prompt names no model and the store has no default; add --v or --niji"
        case .tooManyComparisons(let profile):
            "\(profile) has more comparisons than a fold takes (262144); start a new profile"
        case .unfoldable(let profile, let error): "\(profile) cannot be folded: \(error)"
        case .unknownProfile(let profile): "there is nothing of \(profile) yet; rank some images first"
        case .beforeFirstEvent(let profile): "\(profile) had no event yet then; ask for a later moment"
        case .notOwner(let code, let profile):
            "the code '\(code)' is not of \(profile); only its owner can do that"
        case .weight(let code, let weight):
            "the weight \(weight) of '\(code)' is not a whole number from 1 to 1000; correct it"
        case .tooManyPinned(let count): "\(count) codes cannot be pinned; pin 255 at most"
        case .profileCount(let count): "--p cannot mean \(count) profiles; name 1 to 255"
        case .damagedBundle(let detail): "the bundle is damaged (\(detail)); get it again from its owner"
        case .unknownEvent(let number):
            "the event at the source's position \(number) was not imported before; import the whole export"
        case .unknownImage(let space, let id): "the space '\(space)' has no image '\(id)'; correct the id"
        case .unknownHouse(let hash): "there is no house with the hash \(hash) here; import its bundle"
        case .tooFewContributors(let space, let have, let need):
            "a house of '\(space)' would be somebody's taste: \(have) of \(need) people have 20 comparisons or more; "
                + "wait until more people have ranked"
        case .notHouse(let code, let space):
            "the code '\(code)' is of no house of '\(space)'; mint one with 'storectl house mint'"
        case .threshold(let number): "the threshold \(number) is not positive, or is given without a house; 10 is usual"
        case .houseProfile(let space):
            "the profile 'house' is reserved for the houses of '\(space)'; see 'storectl house show'"
        case .pairCount(let count): "\(count) pairs cannot be asked for at once; ask for 1 to \(Store.pairLimit)"
        case .unblendable(let detail): "these codes cannot be blended: \(detail)"
        case .notForeignCode(let text):
            "'\(text)' cannot be an alias: another service's code has six to eleven letters and digits, at least one of "
                + "each, and is no number with a unit such as 120fps; give one that has"
        case .aliasIsCode(let text):
            "'\(text)' is a code of this store itself, which no alias may hide; use it as it is"
        case .catalogue(let detail): "the images do not make a catalogue: \(detail)"
        case .spaceThreshold(let number): "the threshold \(number) is not positive; 40 is usual"
        case .erasureScheduled(let user, let due):
            "'\(user)' is to be erased at \(due.rfc3339), and has no personalization until then; 'storectl erase \(user) "
                + "--cancel' takes it back"
        case .pinErased:
            "a code that the settings pin is gone: it was erased with the person whose it was; pin another, or none"
        case .archived(let what):
            "'\(what)' is archived: its owner can restore it, and its codes go on working; name one of them"
        case .notReady(let reference):
            "the profile with the reference '\(reference)' has no taste yet; its owner must rank more images"
        case .boardWithoutPairs(let profile):
            "\(profile) is a board, about which there is nothing to ask; put images on it with 'storectl board add'"
        case .notImported(let code):
            "the version '\(code)' did not come as a bundle; only its owner can revoke it"
        case .bundleOfOtherSpace(let id):
            "the bundle is of the space with id \(id), which this store does not have; define that space first"
        }
    }
}

extension CodeFault {
    /// The fewest characters of a code.
    static let shortestCode = 13

    /// The characters of a text that count: hyphens are skipped in codes and hashes.
    static func significantCount(_ text: String) -> Int { text.utf8.count { $0 != UInt8(ascii: "-") } }

    private static func flaw(of text: String) -> String {
        let count = significantCount(text)
        return count < shortestCode
            ? "it has \(count) characters, and a code has \(shortestCode) or more" : "its check symbol does not fit"
    }
}
