internal import Foundation

/// The tables of docs/prompt.md.
package struct ConformanceTable {
    /// One row: the prompt and the raw cells after it.
    package struct Row: Sendable {
        package let line: Int
        /// The heading of the section that the table is in.
        package let section: String
        package let prompt: String
        package let cells: [String]

        /// Where the row is, for messages.
        package var place: String { "docs/prompt.md:\(line)" }

        /// The text that the last cell gives for the prompt.
        package var result: String { cells.last == "same" ? prompt : ConformanceTable.text(ofCell: cells.last ?? "") }
    }

    /// The rows of all tables with this heading above their prompts' results.
    package static func rows(heading: String) -> [Row] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let document = tests.appending(path: "../../docs/prompt.md").standardizedFileURL
        guard let text = try? String(contentsOf: document, encoding: .utf8) else { return [] }
        var rows: [Row] = []
        var section = ""
        var isInTable = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.hasPrefix("|") else {
                if line.hasPrefix("### ") { section = String(line.dropFirst(4)) }
                isInTable = false
                continue
            }
            let cells = Self.cells(of: line)
            if cells.first == "prompt" {
                isInTable = cells.last == heading
            } else if isInTable, !line.hasPrefix("|---") {
                rows.append(
                    Row(
                        line: index + 1, section: section, prompt: Self.text(ofCell: cells[0]),
                        cells: Array(cells.dropFirst())))
            }
        }
        return rows
    }

    /// The cells between unescaped bars, without white space around them.
    private static func cells(of line: Substring) -> [String] {
        var cells = [""]
        var isEscaped = false
        for character in line.dropFirst().dropLast() {
            if character == "|", !isEscaped {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return cells.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " ")) }
    }

    /// The text of the code span that ends a cell; nothing for a cell without one.
    package static func text(ofCell cell: String) -> String {
        let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
        return parts.count == 3 ? unescaped(parts[1]) : ""
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let character = rest.popFirst() {
            guard character == "\\", let escape = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch escape {
            case "n": result += "\n"
            case "t": result += "\t"
            case "u":
                guard let scalar = UInt32(braced(&rest), radix: 16).flatMap(Unicode.Scalar.init) else { return "" }
                result.unicodeScalars.append(scalar)
            case "r" where rest.hasPrefix("epeat{"):
                rest.removeFirst(5)
                let count = Int(braced(&rest)) ?? 0
                result += String(repeating: String(braced(&rest)), count: count)
            default: result.append(escape)
            }
        }
        return result
    }

    /// Removes a text in braces from the front, and gives what is between them.
    private static func braced(_ rest: inout Substring) -> Substring {
        guard rest.first == "{", let end = rest.firstIndex(of: "}") else { return "" }
        defer { rest = rest[rest.index(after: end)...] }
        return rest[rest.index(after: rest.startIndex)..<end]
    }
}
