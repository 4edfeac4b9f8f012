import EventLog
import Foundation
import PersonalizationStore
import Projections
import TasteFold

/// Appends events of every kind, and resolves, from several tasks at once until it is killed.
struct Writer {
    private let path: String
    private let batchCount: Int
    private let clientCount: Int
    private let reopens: Bool
    private let pins: Bool
    private let closes: Bool
    private let rests: Bool
    private let checkpointsOften: Bool

    init(path: String, options: [String]) {
        func value(_ name: String, _ standard: Int) -> Int {
            guard let index = options.firstIndex(of: name), index + 1 < options.count else { return standard }
            return Int(options[index + 1]) ?? standard
        }
        self.path = path
        batchCount = value("--batches", .max)
        clientCount = value("--clients", 4)
        reopens = options.contains("--reopen")
        closes = options.contains("--close")
        rests = options.contains("--rest")
        pins = !options.contains("--unpinned")
        checkpointsOften = options.contains("--checkpoint-often")
    }

    func run() async throws {
        var remaining = batchCount
        var hasFailed = false
        while remaining > 0 {
            let store = try await openOrCreate()
            let (done, failed) = await work(in: store, batches: remaining)
            remaining -= done
            // Not closed when all went well, so that whatever fault comes is met by an append and not by the flush
            // at closing, which may fail without harm.
            if !failed {
                if closes { await store.close() }
                if rests { try await waitForRest(of: store) }
                break
            }
            hasFailed = true
            await store.close()
            guard reopens else { break }
            StoreWorker.say("reopened")
        }
        if hasFailed { throw WriterFailure() }
    }

    /// A store with a small space; made when the folder is missing or is only the empty one of the driver.
    private func openOrCreate() async throws -> Store {
        let files = FileManager.default
        if let names = try? files.contentsOfDirectory(atPath: path), names.isEmpty {
            try files.removeItem(atPath: path)
        }
        var options = Store.Options()
        options.flushPolicy = .init(generationRecordCount: 200, sliceRowCount: 20)
        options.pinsCheckpoints = pins
        if checkpointsOften { options.checkpointAfter = 8 << 10 }
        let store =
            files.fileExists(atPath: path)
            ? try Store.open(at: path, options: options) : try Store.create(at: path, options: options)
        // No two are alike: a ranking of two equal images is no comparison.
        let images = try (0..<24).map { index in
            let components = (0..<8).map { Double((index * 7 + $0 * $0 * 13) % 29) - 14 }
            return NewImage(id: "image\(index)", embedding: try Embedding(canonicalizing: components))
        }
        try await store.defineSpace("v6", models: ["6"], defaultModel: "6", images: images, threshold: 5)
        // Of the same ids, so that a profile of one space can be adopted in the other.
        try await store.defineSpace("v7", models: ["7"], images: images, threshold: 5)
        try await House(store: store, space: "v6").addPeople(imageCount: images.count)
        if let head = try store.head() { StoreWorker.say("\(head.position)") }
        return store
    }

    /// Leaves derived rows in memory only, and a checkpoint that is clean all the same.
    private func waitForRest(of store: Store) async throws {
        while try store.statistics().journal?.isClean == false { try await Task.sleep(for: .milliseconds(50)) }
    }

    private func work(in store: Store, batches: Int) async -> (done: Int, failed: Bool) {
        await withTaskGroup(of: (Int, Bool).self) { group in
            for client in 0..<clientCount {
                let share = batches / clientCount + (client < batches % clientCount ? 1 : 0)
                group.addTask { await runClient(client, in: store, batches: share) }
            }
            var total = (0, false)
            for await (done, failed) in group { total = (total.0 + done, total.1 || failed) }
            return total
        }
    }

    /// One client: ranks, says something of its codes and history, and now and then asks for its code.
    private func runClient(_ number: Int, in store: Store, batches: Int) async -> (Int, Bool) {
        let profile = ProfileName(user: "user\(number)", space: "v6")
        var done = 0
        while done < batches {
            let events = (0..<Int.random(in: 1...12)).map { _ in randomEvent(of: profile) }
            do {
                let receipts = try await store.append(events)
                if let last = receipts.last { StoreWorker.say("\(last.position)") }
                try await Saying(profile: profile, store: store).saySomething()
                if done % 3 == 2 { try await resolve(profile, in: store) }
                // A house folds everybody's history, which grows: of a long run only the beginning mints any.
                if done < 100, done % 7 == 6 { try await House(store: store, space: profile.space).change() }
                done += 1
            } catch {
                StoreWorker.say("failed \(error)")
                return (done, true)
            }
        }
        return (done, false)
    }

    private func randomEvent(of profile: ProfileName) -> NewEvent {
        let one = Int.random(in: 0..<24)
        let other = (one + Int.random(in: 1..<24)) % 24
        let third = [0, 1, 2].first { $0 != one && $0 != other } ?? 3
        var event: NewEvent =
            switch Int.random(in: 0..<10) {
            case 0: .like(profile, image: "image\(one)")
            case 1: .unlike(profile, image: "image\(one)")
            case 2:
                .pick(profile, chosen: ["image\(one)"], shown: [one, other, third].map { "image\($0)" })
            case 3: .skip(profile, shown: ["image\(one)", "image\(other)"])
            default: .rank(profile, winner: "image\(one)", loser: "image\(other)")
            }
        event.eventID = .random()
        return event
    }

    /// Resolves, and writes down the code that was returned, with the hash of its bytes.
    private func resolve(_ profile: ProfileName, in store: Store) async throws {
        do {
            let resolution = try await store.resolve("a harbour --p", user: profile.user)
            guard let part = resolution.personalization?.parts.first else { return }
            ReturnedCodes(store: path).add(part.code, part.hash.description)
        } catch StoreError.fault(.notEnoughData) {
            return
        } catch StoreError.fault(.revoked) {
            // Killed between a revocation and what takes it back.
            return
        }
    }
}

/// An append failed; the line `failed` has said why.
struct WriterFailure: Error, CustomStringConvertible {
    let description = "an append failed; the standard output says why"
}

/// The file in the store's folder in which returned codes are written down, one write a line.
struct ReturnedCodes {
    let path: String

    init(store: String) { path = store + "/returned-codes.txt" }

    func add(_ code: Code, _ hash: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let line = Array("\(code) \(hash)\n".utf8)
        _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    /// Complete lines only: a kill may have cut the last one.
    func read() -> [(code: String, hash: String)] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        let text = String(decoding: data, as: UTF8.self)
        let complete = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
        return complete.split(separator: "\n").compactMap {
            let words = $0.split(separator: " ")
            return words.count == 2 ? (String(words[0]), String(words[1])) : nil
        }
    }
}
