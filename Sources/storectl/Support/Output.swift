import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What commands print: text for people, or one JSON document, or JSON Lines for streams.
enum Output {
    /// Prints a line on standard output.
    static func line(_ text: String) { write(text + "\n", to: FileHandle.standardOutput.fileDescriptor) }

    /// Prints a line on standard error.
    static func complain(_ text: String) { write(text + "\n", to: FileHandle.standardError.fileDescriptor) }

    /// Prints bytes as they are on standard output.
    static func bytes(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Prints a value as one JSON document, or what `text` makes for people.
    static func show(_ value: some Encodable, json: Bool, text: () -> String) {
        line(json ? encode(value) : text())
    }

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
    static func bold(_ text: String) -> String { isEmphatic ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    /// Rows in columns as wide as their widest cell.
    static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // A reader that has gone away is no failure of ours: `storectl log | head` ends here.
            if count <= 0 { exit(0) }
            rest = rest.dropFirst(count)
        }
    }
}

/// A progress bar on standard error, on a terminal only, drawn at most ten times a second and only after a second.
final class ProgressBar: @unchecked Sendable {
    // Drawn from the task that works, or from callbacks that it waits for; the lock makes either safe.
    private let lock = NSLock()
    private let title: String
    private let start = ContinuousClock.now
    private var lastDrawn = ContinuousClock.now
    private var isDrawn = false
    private let isShown = isatty(2) == 1

    /// What is counted.
    enum Unit {
        case items, bytes

        fileprivate func text(_ count: Int) -> String { self == .items ? Text.count(count) : Text.bytes(count) }
    }

    init(_ title: String) { self.title = title }

    /// Draws how far the work is.
    func update(_ done: Int, of total: Int, unit: Unit = .items) {
        lock.withLock {
            let now = ContinuousClock.now
            guard isShown, now - start > .seconds(1), now - lastDrawn > .milliseconds(100) else { return }
            lastDrawn = now
            isDrawn = true
            let rate = Double(done) / Text.seconds(now - start)
            let left = total > done && rate > 0 ? Int(Double(total - done) / rate) : 0
            let filled = total > 0 ? min(24, done * 24 / total) : 0
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
            Output.complainInPlace(
                "\r\(title) \(bar) \(unit.text(done)) of \(unit.text(total)), \(unit.text(Int(rate)))/s, \(left) s left\u{1B}[K"
            )
        }
    }

    /// Takes the bar away.
    func finish() {
        lock.withLock { if isDrawn { Output.complainInPlace("\r\u{1B}[K") } }
    }
}

extension Output {
    fileprivate static func complainInPlace(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
