import Foundation

/// What commands print: text for people, or one JSON object a command with `--json`.
enum Output {
    static var isJSON: Bool { CommandLine.arguments.contains("--json") }

    /// Prints a report.
    static func show(_ report: some Encodable, _ text: () -> String) {
        if isJSON { print(encode(report)) } else { print(text()) }
    }

    /// Says on standard error what goes on.
    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Says why the command failed, and ends the process.
    static func fail(kind: String, _ message: String, status: Int32) -> Never {
        if isJSON {
            FileHandle.standardError.write(Data((encode(["error": ["kind": kind, "message": message]]) + "\n").utf8))
        } else {
            note("storecluster: \(message)")
        }
        exit(status)
    }

    private static func encode(_ report: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Reports are made of text and numbers.
        guard let data = try? encoder.encode(report) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
