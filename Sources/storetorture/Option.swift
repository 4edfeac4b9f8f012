/// An option of a tool, as its usage text shows it.
struct Option {
    let name: String
    /// What stands for its value, or nil when it has none.
    let value: String?
    /// The value when it is not given, or nil when there is none.
    let standard: String?
    let isRequired: Bool
    let help: String

    static func required(_ name: String, _ value: String, _ help: String) -> Option {
        Option(name: name, value: value, standard: nil, isRequired: true, help: help)
    }

    static func optional(_ name: String, _ value: String, standard: String? = nil, _ help: String) -> Option {
        Option(name: name, value: value, standard: standard, isRequired: false, help: help)
    }
}

extension Option {
    static let seed = optional("seed", "N", "the seed of all random choices; a random one, printed, if not given")
    static let scratch = optional("scratch", "DIR", "where copies of the store go; a memory file system is fastest")
    static let keep = optional("keep", "DIR", "keeps the stores of failures here")
    static let timeLimit = optional("time-limit", "SECONDS", standard: "60", "a command that takes longer has failed")
    static let jobs = optional("jobs", "N", standard: "2", "how many commands run at a time")
    static let shim = required("shim", "FILE", "the fault shim that Tests/Torture builds")
    static let writer = required("command", "CMD", "the writer; {dir} stands for the store's folder")
    static let check = required("check", "CMD", "the checker; {dir} and {acknowledged} are filled in")

    var usageLine: String {
        let head = "  --\(name)\(value.map { " \($0)" } ?? "")"
        let note = isRequired ? " (required)" : standard.map { " (\($0))" } ?? ""
        return head.padding(toLength: 28) + help + note
    }
}

extension String {
    /// The text with spaces after it, up to a length.
    func padding(toLength length: Int) -> String { self + String(repeating: " ", count: max(1, length - count)) }
}
