/// What somebody says to the bot, one line each.
package enum Message: Hashable, Sendable {
    /// `ada prefers flowers/1 to flowers/2`
    case prefers(user: String, winner: String, loser: String)
    /// `ada likes flowers/3`
    case likes(user: String, image: String)
    /// `ada: a harbour at dawn --p`
    case prompt(user: String, String)

    /// Reads a line; nil when it is none of these.
    package init?(_ line: String) {
        if let colon = line.firstIndex(of: ":"), !line[..<colon].contains(" ") {
            let prompt = line[line.index(after: colon)...].drop { $0 == " " }
            self = .prompt(user: String(line[..<colon]), String(prompt))
            return
        }
        let words = line.split(separator: " ").map(String.init)
        switch (words.count, words.dropFirst().first) {
        case (5, "prefers") where words[3] == "to":
            self = .prefers(user: words[0], winner: words[2], loser: words[4])
        case (3, "likes"): self = .likes(user: words[0], image: words[2])
        default: return nil
        }
    }
}
