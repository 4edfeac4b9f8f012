import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// What commands print: text for people, or one JSON document, or JSON Lines for streams.
///
/// A write to standard output that fails is remembered instead of thrown: what a command did to the store is done, and its
/// own status may matter more than a reader that has gone. ``finish()`` says in the end what was lost. What happens to
/// standard error never matters.
enum Output {
    /// Prints a line for people on standard output.
    static func line(_ text: TerminalText) { print(text.text + "\n") }

    /// Prints JSON as it is, as a line on standard output.
    static func json(_ text: String) { print(text + "\n") }

    /// Prints text of the program's own, such as a command's help, on standard output.
    static func page(_ text: String) { print(text + "\n") }

    /// Prints bytes as they are on standard output.
    static func bytes(_ bytes: [UInt8]) { bytes.withUnsafeBytes(write) }

    /// Prints a value as one JSON document, or what `text` makes for people.
    static func show(_ value: some Encodable, json: Bool, text: () -> TerminalText) {
        if json { self.json(encode(value)) } else { line(text()) }
    }

    /// Prints a line on standard error: one line, whatever the text holds.
    static func complain(_ text: String) { printError(text.escapedForTerminal + "\n") }

    /// Prints text of several lines on standard error.
    static func complainPage(_ text: String) { printError(text.escapedForTerminal(keepingLineFeeds: true) + "\n") }

    /// Prints JSON as it is, as a line on standard error.
    static func complainJSON(_ text: String) { printError(text + "\n") }

    /// Changes what stands on standard error's last line; `text` is the program's own.
    static func complainInPlace(_ text: String) { printError(text) }

    /// A value as JSON on one line, keys in order.
    static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
            preconditionFailure("what storectl prints always encodes: \(error)")
        }
    }

    /// Whether standard output is a terminal that wants emphasis.
    static let isEmphatic =
        isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    /// A text in bold on a terminal.
    static func bold(_ text: String) -> TerminalText { isEmphatic ? "\u{1B}[1m\(text)\u{1B}[0m" : "\(text)" }

    /// Rows in columns as wide as their widest cell.
    static func table(_ rows: [[String]]) -> TerminalText { table(styled: rows.map { $0.map { "\($0)" } }) }

    /// Rows in columns as wide as their widest cell; emphasis only in last columns.
    static func table(styled rows: [[TerminalText]]) -> TerminalText {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? $0[column].text.count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { index, cell in
                let padding = index == row.count - 1 ? 0 : widths[index] - cell.text.count
                return "\(cell)\(String(repeating: " ", count: padding))"
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

// MARK: What becomes of it

extension Output {
    private enum State {
        case open, readerGone
        case failed(Int32)
    }

    private static let state = Mutex(State.open)

    /// False once what is printed reaches nobody: a command that prints many lines stops then.
    static var isOpen: Bool { state.withLock { if case .open = $0 { true } else { false } } }

    /// Says, when a command has ended, what kept its output from being complete; nil when nothing did, or when its reader
    /// has gone away: `storectl log | head` is no failure.
    static func finish() -> Failure? {
        // Some file systems report a full disk only here. The stream itself stays open: nothing may get its number.
        let copy = dup(1)
        if copy >= 0, close(copy) != 0, errno != EINTR { fail(errno) }
        guard case .failed(let error) = state.withLock({ $0 }) else { return nil }
        return Failure(
            status: .failed, kind: "output",
            message: "cannot write to standard output: \(Descriptors.Errno(number: error)); what was printed is not "
                + "complete, and what the command changed stays changed")
    }

    private static func fail(_ error: Int32) {
        state.withLock { state in
            guard case .open = state else { return }
            state = error == EPIPE ? .readerGone : .failed(error)
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen else { return }
        let error = Descriptors.write(bytes, to: 1)
        if error != 0 { fail(error) }
    }

    private static func print(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    private static func printError(_ text: String) {
        var text = text
        _ = text.withUTF8 { Descriptors.write(UnsafeRawBufferPointer($0), to: 2) }
    }
}
