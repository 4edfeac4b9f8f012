import Foundation
import Testing

/// A small space with images of known traits, and people who choose by them.
///
/// Image `i/n` has eight traits that follow from n alone; a person who likes a trait always ranks more of it higher.
struct SmallWorld {
    static let imageCount = 40
    /// The id of an image as its record has it, after its length: the dimension follows in a byte, and the embedding.
    static let recordedID = [4] + Array("i/13".utf8)
    static let traitCount = 8

    /// The amount of a trait in an image, −1 to 1.
    static func trait(_ trait: Int, of image: Int) -> Double {
        let mixed: Int = image * 7919 + trait * 104_729 + image * image * (trait + 3)
        return Double(mixed % 2001) / 1000 - 1
    }

    /// The images as lines; every fifth is by `ada`, the others by `studio`.
    static func images(space: String = "v6") -> String {
        (0..<imageCount).map { image in
            let embedding = (0..<traitCount).map { "\(trait($0, of: image))" }.joined(separator: ",")
            let author = image % 5 == 0 ? "ada" : "studio"
            return "{\"kind\":\"image\",\"space\":\"\(space)\",\"id\":\"i/\(image)\",\"author\":\"\(author)\","
                + "\"embedding\":[\(embedding)]}\n"
        }.joined()
    }

    /// Rankings of neighbouring images by somebody who likes a trait, one a line.
    static func rankings(
        of user: String, liking trait: Int, pairs: Range<Int>, space: String = "v6", profile: String? = nil
    ) -> String {
        pairs.map { pair in
            let one = pair % imageCount
            let other = (pair * 3 + 1 + pair / imageCount) % imageCount
            let (first, second) = one == other ? (one, (one + 1) % imageCount) : (one, other)
            let prefersFirst = self.trait(trait, of: first) > self.trait(trait, of: second)
            let (winner, loser) = prefersFirst ? (first, second) : (second, first)
            let name = profile.map { ",\"profile\":\"\($0)\"" } ?? ""
            return "{\"kind\":\"rank\",\"user\":\"\(user)\",\"space\":\"\(space)\"\(name),"
                + "\"winner\":\"i/\(winner)\",\"loser\":\"i/\(loser)\"}\n"
        }.joined()
    }
}

extension Storectl {
    /// A store with the spaces v6 (models 6 and 6.1) and niji6 (niji 6), which need ten comparisons each.
    static func withSpaces() throws -> Storectl {
        let storectl = try Storectl()
        try storectl.run("init")
        for (space, models) in [("v6", "6,6.1"), ("niji6", "niji 6")] {
            let images = try storectl.file("\(space).jsonl", SmallWorld.images(space: space))
            try storectl.run(
                "space", "define", space, "--models", models, "--images", images, "--threshold", "10")
        }
        try storectl.run("space", "assign", "v6", "6.1", "--default")
        return storectl
    }

    /// Imports lines.
    func importLines(_ lines: String) throws {
        try run("import", try file("\(UUID().uuidString).jsonl", lines))
    }

    /// The code that a prompt resolves to.
    func code(_ prompt: String = "a harbour --p", user: String) throws -> String {
        try json("resolve", prompt, "--user", user)["codes"][0]["code"].text
    }
}
