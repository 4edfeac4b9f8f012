import ByteCoding
import EventLog
import Foundation
import PersonalizationStore

/// What one machine makes of a shard's log: a store of its own that gets the log's records, and nothing else, from a node's
/// copy. Its tables, codes and versions come of code that knows nothing of clusters.
struct Comparison {
    let copy: String
    let single: String

    /// How many records are given over at once.
    private static let recordsAtOnce: UInt64 = 5_000

    /// Makes the store at `single` and gives it the copy's log, through its journal: as after a crash, what it
    /// finds there it appends.
    func refold() async throws {
        let source = try Store.openReadOnly(at: copy)
        let head = try source.head()?.position.number ?? 0
        var options = Store.Options()
        // The journal must be where it was when the group is written to it, not begun anew meanwhile.
        options.restAfter = nil
        await (try Store.create(at: single, secret: source.secret, options: options)).close()
        var done: UInt64 = 0
        while done < head {
            let next = min(done + Self.recordsAtOnce, head)
            let store = try Store.open(at: single, options: options)
            try store.leaveGroupInJournal(of: source, after: done, through: next)
            try await store.completeLog()
            await store.close()
            done = next
        }
        let store = try Store.open(at: single)
        let found = try store.head()?.position.number ?? 0
        await store.close()
        await source.close()
        guard found == head else {
            throw ComparisonFailure(description: "the log has \(head) records, and one machine took over \(found)")
        }
    }

    /// Compares the two, byte for byte: records, events as they are read, codes and versions; and has each checked, every row
    /// of every derived table against what the log says. Returns a line of digests.
    func compare() async throws -> String {
        let (one, other) = (try await Facts(of: copy), try await Facts(of: single))
        guard one == other else { throw ComparisonFailure(description: "\(copy): \(one); \(single): \(other)") }
        return "\(one)"
    }
}

/// What a store holds, in digests.
private struct Facts: Equatable, CustomStringConvertible {
    let recordCount: UInt64
    let records: String
    let answers: String
    let versionCount: Int

    init(of path: String) async throws {
        let store = try Store.openReadOnly(at: path)
        let report = try store.verify()
        guard report.isClean else {
            throw ComparisonFailure(
                description: "\(path): \((report.findings + report.doubts).joined(separator: "; "))")
        }
        let log = try store.recordDigest()
        (recordCount, records) = (log.count, log.digest.description)
        (answers, versionCount) = try Self.answers(of: store)
        await store.close()
    }

    /// A hash over every event, the bytes of every version, and the list of every profile's codes.
    private static func answers(of store: Store) throws -> (digest: String, versionCount: Int) {
        var hasher = SHA256Hasher()
        var profiles: [ProfileName] = []
        var versionCount = 0
        var next = Position.first
        while true {
            let events = try store.events(from: next, limit: 1000)
            guard let last = events.last else { break }
            for event in events {
                hasher.update(Array("\(event)".utf8))
                switch event.content {
                case .profileOpened(let profile): profiles.append(profile)
                case .minted(_, let version, _):
                    hasher.update(try store.version(version.code).bytes)
                    versionCount += 1
                default: break
                }
            }
            next = last.position.next
        }
        for profile in profiles {
            for entry in try store.codes(of: profile, limit: .max) { hasher.update(Array("\(entry)".utf8)) }
        }
        return (hasher.finalize().description, versionCount)
    }

    var description: String {
        "\(recordCount) records \(records), \(versionCount) versions, answers \(answers)"
    }
}

/// The copy is not what one machine makes of the log.
struct ComparisonFailure: Error, CustomStringConvertible {
    let description: String
}
