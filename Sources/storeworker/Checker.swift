import ByteCoding
import EventLog
import Foundation
import PersonalizationStore

/// Checks a store that nobody has open.
struct Checker {
    let path: String

    /// Everything acknowledged is there, everything is whole, and every code that was ever returned resolves.
    func check(acknowledged: UInt64) throws {
        if acknowledged == 0, !FileManager.default.fileExists(atPath: path + "/data.mdb") { return }
        let store: Store
        do { store = try Store.open(at: path) } catch {
            // A writer that was killed while it made the store has acknowledged nothing.
            if acknowledged == 0 { return }
            throw error
        }
        let head = try store.head()?.position.number ?? 0
        guard head >= acknowledged else {
            throw CheckFailure(text: "position \(acknowledged) was acknowledged, and the head is \(head)")
        }
        try verify(store)
        for (code, hash) in ReturnedCodes(store: path).read() {
            let version = try store.version(Code(code))
            guard version.hash.description == hash, SHA256Digest(hashing: version.bytes).description == hash else {
                throw CheckFailure(text: "the code \(code) was returned for \(hash), and is now \(version.hash)")
            }
        }
    }

    /// Nothing is wrong with the store, and nothing may be.
    func verify() throws {
        let report = try Store.open(at: path).verify()
        if !report.isClean { throw CheckFailure(text: (report.findings + report.doubts).joined(separator: "\n")) }
    }

    /// Nothing is wrong with the store. A commit that failed with an injected I/O error may leave a doubt.
    private func verify(_ store: Store) throws {
        let report = try store.verify()
        if !report.findings.isEmpty { throw CheckFailure(text: report.findings.joined(separator: "\n")) }
    }

    /// A hash over every event, and every code with its version's bytes.
    func digest() throws -> String {
        let store = try Store.open(at: path)
        var hasher = SHA256Hasher()
        var next = Position.first
        while true {
            let events = try store.events(from: next, limit: 1000)
            guard let last = events.last else { break }
            for event in events {
                hasher.update(Array("\(event)".utf8))
                if case .houseMinted(_, let version, _, _) = event.content {
                    hasher.update(try store.version(version.code).bytes)
                }
                if case .minted(let profile, let version, _) = event.content {
                    hasher.update(try store.version(version.code).bytes)
                    hasher.update(Array("\(try store.codes(of: profile).count)".utf8))
                }
            }
            next = last.position.next
        }
        return hasher.finalize().description
    }
}
