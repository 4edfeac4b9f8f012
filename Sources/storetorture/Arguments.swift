/// The command line was not understood; the text says why.
struct UsageError: Error {
    let text: String
}

/// The options given to a tool.
struct Arguments {
    private var values: [String: String] = [:]

    /// Reads `--name value` pairs, and rejects what the tool does not know.
    init(_ words: some Sequence<String>, options: [Option]) throws {
        var words = words.makeIterator()
        while let word = words.next() {
            guard word.hasPrefix("--"), let option = options.first(where: { "--\($0.name)" == word }) else {
                throw UsageError(text: "unknown option '\(word)'")
            }
            guard let value = words.next() else { throw UsageError(text: "\(word) needs a value") }
            values[option.name] = value
        }
        for option in options where values[option.name] == nil {
            if option.isRequired { throw UsageError(text: "--\(option.name) is required") }
            values[option.name] = option.standard
        }
    }

    func text(_ name: String) -> String? { values[name] }

    func required(_ name: String) throws -> String {
        guard let text = values[name] else { throw UsageError(text: "--\(name) is required") }
        return text
    }

    func command(_ name: String) throws -> Command { Command(template: try required(name)) }

    func count(_ name: String) throws -> Int {
        guard let number = Int(try required(name)), number >= 0 else {
            throw UsageError(text: "--\(name) takes a number from 0")
        }
        return number
    }

    func timeLimit() throws -> Duration { .seconds(try count("time-limit")) }

    func jobs() throws -> Int { max(1, try count("jobs")) }

    /// The seed given, or a random one. It is printed, so that a run can be repeated.
    func seed() throws -> UInt64 {
        guard let text = values["seed"] else {
            let seed = UInt64.random(in: 0..<1 << 32)
            print("seed \(seed)")
            return seed
        }
        guard let seed = UInt64(text) else { throw UsageError(text: "--seed takes a number from 0") }
        print("seed \(seed)")
        return seed
    }
}
