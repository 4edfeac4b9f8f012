import PersonalizationStore
import SeededRandom
import Synchronization

/// A wall clock that a test sets: each look is some microseconds later, and now and then it is set back, as real
/// clocks are.
final class TestClock: Sendable {
    private let state: Mutex<(time: Int64, generator: SeededGenerator)>

    init(seed: UInt64, start: Int64 = 1_700_000_000_000_000) {
        state = Mutex((start, SeededGenerator(seed: seed)))
    }

    func now() -> Timestamp {
        state.withLock { state in
            let isSetBack = state.generator.chance(3)
            state.time += isSetBack ? -2_000 : Int64.random(in: 0...700, using: &state.generator)
            return Timestamp(microseconds: state.time)
        }
    }
}
