/// A command line for the shell, with `{name}` for what is filled in at each run.
struct Command: Sendable {
    let template: String

    func filled(dir: String, acknowledged: UInt64? = nil) -> String {
        var line = template.replacing("{dir}", with: Self.quote(dir))
        if let acknowledged { line = line.replacing("{acknowledged}", with: String(acknowledged)) }
        return line
    }

    /// The text as one word for the shell.
    private static func quote(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
