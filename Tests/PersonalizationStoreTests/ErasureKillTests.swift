import Foundation
import PersonalizationStore
import SeededRandom
import Synchronization
import TestSupport
import Testing

/// A process that erases is killed after each of its steps: the next one goes on. `ERASURE_KILLS` asks for more kills, some
/// of them at any moment.
@Suite struct ErasureKillTests {
    static let killCount = ProcessInfo.processInfo.environment["ERASURE_KILLS"].flatMap { Int($0) } ?? 20

    @Test func `an erasure that was killed at any step is finished at the next opening`() async throws {
        let world = try await ErasureWorld(eventCount: 60)
        let store = try world.open()
        let answers = try ErasureWorld.answers(of: store, benCode: world.benCode)
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
            let step = isAtStep ? number % 8 : 99
            let microseconds = isAtStep ? 0 : Int.random(in: 0..<60_000, using: &generator)
            await #expect(processExitsWith: .failure) {
                [path = world.path as String, step = step as Int, microseconds = microseconds as Int] in
                let countdown = Countdown(step)
                var options = Store.Options.small
                options.onErasureStep = { _ in if countdown.isOver() { kill(getpid(), SIGKILL) } }
                let store = try Store.open(at: path, options: options)
                if microseconds > 0 {
                    Thread {
                        usleep(UInt32(microseconds)); kill(getpid(), SIGKILL)
                    }.start()
                }
                try await store.erase(user: ErasureWorld.ada)
                kill(getpid(), SIGKILL)
            }
            let resumed = try world.open()
            if try resumed.erasures().isEmpty {
                // Killed before the event: nothing has happened.
                let stream = try resumed.streamHead(of: ErasureWorld.adaProfile)
                #expect(!isAtStep && stream != nil)
                try await resumed.erase(user: ErasureWorld.ada)
            }
            try world.check(resumed, answers: answers)
            await resumed.close()
        }
    }

    @Test func `another process that has the store open knows nothing of the person any more`() async throws {
        let world = try await ErasureWorld()
        let store = try world.open()
        let answers = try ErasureWorld.answers(of: store, benCode: world.benCode)
        // In this process's memory: names, streams, versions.
        _ = try await store.append(.like(ErasureWorld.adaProfile, image: "v6/3"))
        for code in world.adaCodes { _ = try store.version(code) }
        await #expect(processExitsWith: .success) { [path = world.path as String] in
            let other = try Store.open(at: path, options: .small)
            let report = try await other.erase(user: ErasureWorld.ada, waitingAtMost: .seconds(30))
            await other.close()
            guard report.finishedAt != nil else { exit(2) }
        }
        try world.check(store, answers: answers)
        let receipt = try await store.append(.like(ErasureWorld.adaProfile, image: "v6/3"))
        #expect(receipt.revision == 2, "a new stream")
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
