/// The arguments of one measurement: `WORKLOAD [--json] [--parameter value …]`. Unknown parameters are ignored.
struct Arguments: Sendable {
    /// What to measure.
    let workload: String
    /// The parameters in the order given.
    let parameters: [(name: String, value: String)]

    init(_ words: some Sequence<String>) throws {
        var words = words.makeIterator()
        guard let workload = words.next() else {
            throw BenchError.usage("usage: storebench WORKLOAD --json [--store DIR] [--parameter value ...]")
        }
        var parameters: [(name: String, value: String)] = []
        while let word = words.next() {
            if word == "--json" { continue }
            guard word.hasPrefix("--") else { throw BenchError.usage("not a parameter: \(word)") }
            guard let value = words.next() else { throw BenchError.usage("the parameter \(word) has no value") }
            parameters.append((String(word.dropFirst(2)), value))
        }
        self.workload = workload
        self.parameters = parameters
    }

    /// A parameter's text, or nil when it was not given.
    func text(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// A parameter that the workload cannot do without.
    func required(_ name: String) throws -> String {
        guard let text = text(name) else { throw BenchError.usage("the parameter --\(name) is required") }
        return text
    }

    /// A whole number, at least `minimum`.
    func number(_ name: String, _ standard: Int, atLeast minimum: Int = 0) throws -> Int {
        guard let text = text(name) else { return standard }
        guard let number = Int(text), number >= minimum else {
            throw BenchError.usage("--\(name) is a whole number from \(minimum), not \(text)")
        }
        return number
    }

    /// A number of seconds in nanoseconds.
    func nanoseconds(_ name: String, seconds standard: Double) throws -> UInt64 {
        guard let text = text(name) else { return UInt64(standard * 1e9) }
        guard let number = Double(text), number >= 0, number < 1e9 else {
            throw BenchError.usage("--\(name) is a number of seconds, not \(text)")
        }
        return UInt64(number * 1e9)
    }

    /// The folder of the store to measure.
    var storePath: String { get throws { try required("store") } }
}
