import Foundation
import PersonalizationStore
import SeededRandom
import Synchronization
import TestSupport
import Testing

/// A process that erases is killed after each of its steps: the next one goes on. `ERASURE_KILLS` asks for more kills, some
/// of them at any moment.
///
/// With a kill nothing of the data file is lost, and yet the next opening goes back to the last checkpoint, as after a power
/// loss, and reads the journal from there: what had been erased by then is there again, and has to go again.
@Suite struct ErasureKillTests {
    static let killCount = ProcessInfo.processInfo.environment["ERASURE_KILLS"].flatMap { Int($0) } ?? 24

    @Test func `an erasure that was killed at any step is finished at the next opening`() async throws {
        let world = try await ErasureWorld(eventCount: 60)
        let store = try world.open()
        let signed = try world.sign(store)
        await store.close()
        let whole = world.folder.file("whole")
        try FileManager.default.copyItem(atPath: world.path, toPath: whole)
        let seed = UInt64.random(in: 0..<1_000_000)
        print("erasure kills: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for number in 0..<Self.killCount {
            try FileManager.default.removeItem(atPath: world.path)
            try FileManager.default.copyItem(atPath: whole, toPath: world.path)
            // Each step once or twice, then any moment: steps come some tenths of milliseconds apart.
            let isAtStep = number < 16 || generator.chance(50)
            let round = KillRound(
                step: isAtStep ? number % 8 : 99,
                microseconds: isAtStep ? 0 : .random(in: 0..<90_000, using: &generator),
                // Her events are in the journal alone, or in the checkpoint also, or checkpoints are taken all the time.
                appendsFirst: generator.chance(60), checkpointsOften: generator.chance(30))
            await #expect(processExitsWith: .failure) { [path = world.path as String, round = round as KillRound] in
                try await round.run(in: path)
            }
            let resumed = try world.open()
            if try resumed.erasures().isEmpty {
                // Killed before the event: nothing has happened.
                let stream = try resumed.streamHead(of: ErasureWorld.adaProfile)
                #expect(!isAtStep && stream != nil, "round \(number), \(round)")
                try await resumed.erase(user: ErasureWorld.ada)
            }
            try world.check(resumed, answers: signed.answers)
            if number % 8 == 7 { try world.check(resumed, since: signed) }
            await resumed.close()
            #expect(try world.found() == [], "round \(number), \(round)")
        }
    }

    @Test func `another process that has the store open knows nothing of the person any more`() async throws {
        let world = try await ErasureWorld()
        let store = try world.open()
        let signed = try world.sign(store)
        // In this process's memory: names, streams, versions.
        _ = try await store.append(.like(ErasureWorld.adaProfile, image: "v6/3"))
        for code in world.adaCodes { _ = try store.version(code) }
        await Self.eraseElsewhere(ErasureWorld.ada, in: world.path)
        try world.check(store, since: signed)
        let receipt = try await store.append(.like(ErasureWorld.adaProfile, image: "v6/3"))
        #expect(receipt.revision == 2, "a new stream")
        await store.close()
    }

    /// The other process pins a checkpoint again and again, and has the person's records in the memory in which LMDB
    /// prepares pages.
    @Test func `a process that goes on writing brings nothing back, and does not keep the erasure from its end`()
        async throws
    {
        let world = try await ErasureWorld()
        let store = try world.open()
        let before = try world.sign(store)
        let words = ["ready", "erased"].map { world.folder.file($0) }
        async let writer: Void = Self.writeElsewhere(to: world.path, ready: words[0], erased: words[1])
        while !FileManager.default.fileExists(atPath: words[0]) { try await Task.sleep(for: .milliseconds(20)) }
        let report = try await store.erase(user: ErasureWorld.ada, waitingAtMost: .seconds(120))
        #expect(report.finishedAt != nil, "\(report.lingeringReaders)")
        try Data().write(to: URL(fileURLWithPath: words[1]))
        await writer
        #expect(try world.found() == [])
        #expect(try store.verify(since: before.checkpoint).findings == [])
        #expect(try store.streamHead(of: ErasureWorld.adaProfile) == nil)
        let events = try store.events(of: ErasureWorld.benProfile, limit: 10_000)
        #expect(events.count > before.answers.count)
        await store.close()
        #expect(try world.found() == [])
    }

    @Test func `two processes that erase at once both come to an end`() async throws {
        let world = try await ErasureWorld()
        let store = try world.open()
        let before = try world.sign(store)
        async let other: Void = Self.eraseElsewhere("ben", in: world.path)
        let report = try await store.erase(user: ErasureWorld.ada, waitingAtMost: .seconds(60))
        await other
        #expect(report.finishedAt != nil, "\(report.lingeringReaders)")
        #expect(try store.erasures().map(\.isFinished) == [true, true])
        #expect(try store.streamHead(of: ErasureWorld.benProfile) == nil)
        #expect(try store.streamHead(of: ErasureWorld.adaProfile) == nil)
        #expect(try store.verify(since: before.checkpoint).findings == [])
        #expect(try world.found() == [])
        await store.close()
    }

    private static func writeElsewhere(to path: String, ready: String, erased: String) async {
        await #expect(processExitsWith: .success) {
            [path = path as String, ready = ready as String, erased = erased as String] in
            try await BusyWriter(path: path, ready: ready, erased: erased).run()
        }
    }

    private static func eraseElsewhere(_ user: String, in path: String) async {
        await #expect(processExitsWith: .success) { [path = path as String, user = user as String] in
            let other = try Store.open(at: path, options: .small)
            let report = try await other.erase(user: user, waitingAtMost: .seconds(60))
            await other.close()
            guard report.finishedAt != nil else { exit(2) }
        }
    }

    /// Some tasks append all the time: the readers of their commits must not keep the erasure waiting for ever.
    @Test func `an erasure without a limit ends beside appends and reads of the same process`() async throws {
        let world = try await ErasureWorld()
        let store = try world.open()
        let isErased = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 {
                group.addTask {
                    var count = 0
                    while !isErased.isSet {
                        let image = "v6/\((count * 5 + number) % 23)"
                        _ = try await store.append(.like(ErasureWorld.benProfile, image: image))
                        _ = try store.events(of: ErasureWorld.benProfile, limit: 50)
                        count += 1
                    }
                }
            }
            let report = try await store.erase(user: ErasureWorld.ada)
            isErased.set()
            #expect(report.finishedAt != nil)
            try await group.waitForAll()
        }
        #expect(try world.found() == [])
        #expect(try store.verify().findings == [])
        await store.close()
    }
}

/// How a process that erases is killed.
private struct KillRound: Codable, Sendable {
    /// After which of the steps; beyond the last, never.
    let step: Int
    /// After how long, 0 for never.
    let microseconds: Int
    let appendsFirst: Bool
    let checkpointsOften: Bool

    func run(in path: String) async throws {
        let countdown = Countdown(step)
        var options = Store.Options.small
        options.onErasureStep = { _ in if countdown.isOver() { kill(getpid(), SIGKILL) } }
        if checkpointsOften {
            options.restAfter = .milliseconds(2)
            options.checkpointAfter = 4 << 10
        }
        let store = try Store.open(at: path, options: options)
        if appendsFirst {
            for number in ErasureWorld.laterEventNumbers {
                var event = NewEvent.like(ErasureWorld.adaProfile, image: "v6/\(number % 23)")
                event.eventID = ErasureWorld.eventID(number)
                _ = try await store.append(event)
            }
        }
        if microseconds > 0 {
            let microseconds = UInt32(microseconds)
            Thread {
                usleep(microseconds)
                kill(getpid(), SIGKILL)
            }.start()
        }
        try await store.erase(user: ErasureWorld.ada)
        kill(getpid(), SIGKILL)
    }
}

/// A process that has appended events of the person's, and appends others' all the time.
private struct BusyWriter {
    let path: String
    let ready: String
    let erased: String

    func run() async throws {
        let store = try Store.open(at: path, options: .small)
        for number in ErasureWorld.laterEventNumbers {
            var event = NewEvent.like(ErasureWorld.adaProfile, image: "v6/\(number % 23)")
            event.eventID = ErasureWorld.eventID(number)
            _ = try await store.append(event)
        }
        try Data().write(to: URL(fileURLWithPath: ready))
        var left = 200
        var count = 0
        while left > 0 {
            if FileManager.default.fileExists(atPath: erased) { left -= 1 }
            _ = try await store.append(
                .rank(ErasureWorld.benProfile, winner: "v6/\(count % 23)", loser: "v6/\(count % 23 + 1)"))
            count += 1
        }
        await store.close()
    }
}

/// Says after so many steps that it is time.
private final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    func isOver() -> Bool {
        left.withLock { left in
            left -= 1
            return left < 0
        }
    }
}
