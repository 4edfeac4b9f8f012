import ByteCoding
import EventLog
import Foundation
import PersonalizationStore
import TasteFold
import Testing
import TransparencyLog

/// The words that scripts and clients read, as docs/storectl-json.md has them.
@Suite struct ErrorKindTests {
    private static let profile = ProfileName(user: "ada", space: "v6")
    private static let hash = SHA256Digest(hashing: [1])
    private static let position = Position(7)
    private static let code = Code(hash: hash)
    private static let time = Timestamp(microseconds: 0)

    private static let faults: [(CodeFault, String)] = [
        (.unknown("x"), "unknownCode"), (.mistyped("x", suggestions: []), "mistypedCode"),
        (.tooShort("x", minimum: 8), "mistypedCode"), (.ambiguous("x", candidates: []), "ambiguousCode"),
        (.revoked(code), "revokedCode"), (.otherSpace(code: "x", space: "v6", expected: "v7"), "otherSpace"),
        (.notEnoughData(profile, have: 1, need: 2), "notEnoughData"), (.unknownSpace("v6"), "unknownSpace"),
        (.unsupportedModel("m"), "unsupportedModel"), (.noDefaultModel, "noDefaultModel"),
        (.unknownProfile(profile), "unknownProfile"), (.notOwner(code, profile), "notOwner"),
        (.unknownImage(space: "v6", id: "x"), "unknownImage"), (.notImported(code), "notImported"),
        (.unknownEvent(7), "unknownEvent"), (.damagedBundle("x"), "bundle"), (.bundleOfOtherSpace("x"), "bundle"),
        (.unknownHouse(hash), "house"), (.tooFewContributors(space: "v6", have: 1, need: 20), "house"),
        (.notHouse(code, space: "v6"), "house"), (.threshold(0), "house"), (.houseProfile("v6"), "house"),
        (.notForeignCode("x"), "alias"), (.aliasIsCode("x"), "alias"), (.catalogue("x"), "space"),
        (.spaceThreshold(0), "space"), (.archived("x"), "archived"), (.notReady("x"), "notReady"),
        (.erasureScheduled(user: "ada", due: time), "erasureScheduled"), (.pinErased, "pinErased"),
        (.tooManyComparisons(profile), "refused"), (.beforeFirstEvent(profile), "refused"),
        (.weight("x", 0), "refused"),
        (.tooManyPinned(300), "refused"), (.profileCount(0), "refused"), (.pairCount(0), "refused"),
        (.unblendable("x"), "refused"), (.boardWithoutPairs(profile), "refused"),
    ]

    private static let errors: [(any ClassifiedError, word: String, isStoreFailure: Bool)] =
        faults.map { (StoreError.fault($0.0), $0.1, false) } + [
            (StoreError.event(index: 1, .eventIDConflict(EventID(high: 1, low: 2), position)), "refused", false),
            (StoreError.event(index: 0, .archivedProfile(profile)), "refused", false),
            (StoreError.expectation(.head(expected: nil, found: position)), "expectation", false),
            (StoreError.storage(.closed), "storage", true), (StoreError.cancelled, "cancelled", false),
            (StorageError.rebuildSuperseded, "storage", true), (OpenError.missing(path: "x"), "open", false),
            (OpenError.storage(.closed), "open", true), (OpenError.signingKey(.keyExists(path: "x")), "key", false),
            (BackupError.insideStore(path: "x", store: "y"), "output", false),
            (BackupError.copying(.closed), "storage", true), (BackupError.unreadable(path: "x", "y"), "damaged", true),
            (BackupError.damaged(path: "x", findings: []), "damaged", true),
            (ErasureError.append(.event(index: 0, .unknownPerson("ada"))), "refused", false),
            (ErasureError.append(.storage(.closed)), "storage", true),
            (ErasureError.unfinished(.closed), "unfinished", true), (ProofError.noKey(store: "x"), "key", false),
            (ProofError.keyFile(path: "x", "y"), "key", false),
            (ProofError.noEvent(position, head: nil), "unknownEvent", false),
            (ProofError.code(.fault(.unknown("x"))), "unknownCode", false),
            (ProofError.rewritten(earlierSize: 2, size: 1), "rewritten", false),
            (ProofError.notProven(position), "proof", false), (ProofError.opening("x"), "proof", false),
            (ProofError.transparency(.keyName("x")), "key", false), (ProofError.storage(.closed), "storage", true),
            (TransparencyError.verifierKey("x"), "key", false), (TransparencyError.notSigned(by: "x"), "proof", false),
            (CodeError.mistyped, "mistypedCode", false),
            (CodeError.malformed(.length(3)), "mistypedCode", false), (CodeError.weight("::0"), "refused", false),
        ]

    @Test func `every error has its word, and says whether the store failed`() {
        for (error, word, isStoreFailure) in Self.errors {
            #expect(error.kind.rawValue == word, "\(error)")
            #expect(error.isStoreFailure == isStoreFailure, "\(error)")
            #expect(error.storageError == nil || error.isStoreFailure, "\(error)")
        }
    }

    @Test func `a prompt's error is the mistyped code's, the foreign code's or the prompt's`() async throws {
        let world = try await ReferenceWorld()
        for (prompt, word) in [
            ("x --p 9mr0p3gmx21n9", "mistypedCode"), ("x --p yfbxsj7", "foreignCode"), ("x --p --p", "prompt"),
        ] {
            do throws(StoreError) {
                _ = try await world.store.resolve(prompt, user: "ada")
                Issue.record("\(prompt) is read")
            } catch {
                #expect(error.kind.rawValue == word)
            }
        }
    }

    @Test func `an event's place is said of a batch and not of one thing`() {
        let error = StoreError.event(index: 2, .archivedProfile(Self.profile))
        #expect(error.description == "event 3 of the batch: \(error.reason)")
        #expect(error.reason == EventFault.archivedProfile(Self.profile).description)
    }

    /// A cancelled append is for embedders: `storectl` cancels none.
    @Test func `docs/storectl-json.md lists every word`() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let document = tests.appending(path: "../../docs/storectl-json.md").standardizedFileURL
        let text = try String(contentsOf: document, encoding: .utf8)
        let start = try #require(text.range(of: "\n`kind` is one of "))
        let sentence = text[start.upperBound...].prefix { $0 != "." }
        let listed = Set(sentence.split(separator: "`").map(String.init))
        let missing = ErrorKind.allCases.filter { $0 != .cancelled && !listed.contains($0.rawValue) }
        #expect(missing == [])
    }
}
