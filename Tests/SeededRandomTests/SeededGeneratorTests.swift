import SeededRandom
import Testing

@Suite("SplitMix64")
struct SeededGeneratorTests {
    /// The first numbers of seed 1234567, as Rosetta Code lists them for this generator.
    @Test func `its first numbers are the published ones`() {
        var generator = SeededGenerator(seed: 1_234_567)
        #expect(
            (0..<5).map { _ in generator.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test func `a limit is not reached`() {
        var generator = SeededGenerator(seed: 1)
        let draws = (0..<10_000).map { _ in generator.below(7) }
        #expect(Set(draws) == Set(0..<7))
    }
}
