import Foundation
internal import SeededRandom

/// The sample: pictures, people, and what they say in each act.
struct Sample {
    /// What a person likes: how much each trait adds to a picture's appeal.
    struct Person {
        let name: String
        var taste: [Double]

        /// Chooses between two pictures: the more appealing one, now and then the other.
        func choose(_ one: Int, _ other: Int, of pictures: [Picture], using generator: inout SeededGenerator) -> (
            Int, Int
        ) {
            let difference = appeal(pictures[one]) - appeal(pictures[other])
            let probability = 1 / (1 + exp(-6 * difference))
            return Double.random(in: 0..<1, using: &generator) < probability ? (one, other) : (other, one)
        }

        private func appeal(_ picture: Picture) -> Double {
            zip(taste, picture.traits.all).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    private var generator: SeededGenerator
    let pictures: [Picture]
    private let names: [String]

    /// People and their tastes: warmth, brightness, density, roundness.
    private let ada = Person(name: "ada", taste: [1, 0.2, 0, 0.4])
    private let adaLater = Person(name: "ada", taste: [-1, -0.4, 0.3, 0])
    private let ben = Person(name: "ben", taste: [0, -1, 1, 0])
    private let eve = Person(name: "eve", taste: [0.2, 1, -0.5, -0.5])

    init(seed: UInt64, pictureCount: Int) {
        var generator = SeededGenerator(seed: seed)
        pictures = (0..<pictureCount).map { _ in
            func trait() -> Double { Double.random(in: 0..<1, using: &generator) }
            let traits = Picture.Traits(
                warmth: trait(), brightness: trait(), density: trait(), roundness: trait())
            return Picture(traits: traits, using: &generator)
        }
        names = (0..<pictureCount).map { "sample/" + String(repeating: "0", count: 3 - String($0).count) + String($0) }
        self.generator = generator
    }

    /// Writes every file of the sample.
    func write(to folder: URL) throws {
        let files = FileManager.default
        // Each picture is named for its image's id, as storeserver's --pictures wants it.
        try files.createDirectory(
            at: folder.appendingPathComponent("pictures/sample"), withIntermediateDirectories: true)
        for (index, picture) in pictures.enumerated() {
            try Data(picture.bmp).write(to: folder.appendingPathComponent("pictures/\(names[index]).bmp"))
        }
        var generator = generator
        try write(pictures.indices.map(image), to: folder, "images.jsonl")
        try write(rankings(of: ada, count: 12, at: 0, &generator), to: folder, "1-ada-begins.jsonl")
        let enough = rankings(of: ada, count: 90, at: 1, &generator) + likes(of: ada, count: 6, &generator)
        try write(enough, to: folder, "2-ada-goes-on.jsonl")
        try write(rankings(of: adaLater, count: 160, at: 2, &generator), to: folder, "3-ada-changes.jsonl")
        let others = rankings(of: ben, count: 80, at: 3, &generator) + rankings(of: eve, count: 80, at: 3, &generator)
        try write(others, to: folder, "4-others.jsonl")
        try write(
            rankings(of: ada, count: 60, at: 4, space: "niji6", &generator), to: folder, "5-ada-in-niji6.jsonl")
    }

    /// Every tenth picture was made by ada, whose likes of it must not count.
    private func image(_ index: Int) -> String {
        let author = index % 10 == 0 ? "ada" : "artist\(index % 7)"
        let numbers = pictures[index].embedding.map { String(format: "%.5f", $0) }.joined(separator: ",")
        return #"{"kind":"image","id":"\#(names[index])","author":"\#(author)","embedding":[\#(numbers)]}"#
    }

    private func rankings(
        of person: Person, count: Int, at act: Int, space: String = "v6", _ generator: inout SeededGenerator
    ) -> [String] {
        (0..<count).map { index in
            let one = Int.random(in: 0..<pictures.count, using: &generator)
            var other = Int.random(in: 0..<(pictures.count - 1), using: &generator)
            if other >= one { other += 1 }
            let (winner, loser) = person.choose(one, other, of: pictures, using: &generator)
            let time = 1_700_000_000_000 + act * 86_400_000 + index * 5_000
            return #"{"kind":"rank","user":"\#(person.name)","space":"\#(space)","winner":"\#(names[winner])","#
                + #""loser":"\#(names[loser])","at":\#(time)}"#
        }
    }

    private func likes(of person: Person, count: Int, _ generator: inout SeededGenerator) -> [String] {
        (0..<count).map { _ in
            let index = Int.random(in: 0..<pictures.count, using: &generator)
            return #"{"kind":"like","user":"\#(person.name)","space":"v6","image":"\#(names[index])"}"#
        }
    }

    private func write(_ lines: [String], to folder: URL, _ name: String) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appendingPathComponent(name))
    }
}
