internal import Foundation
internal import Glibc
internal import Synchronization

/// Counts results by row and column, and reports failures as they come.
final class Findings: Sendable {
    private struct State {
        var counts: [String: [String: Int]] = [:]
        var failureCount = 0
    }

    private let state = Mutex(State())
    private let keepPath: String?
    private static let printedFailures = 20

    /// - Parameter keepPath: Where the data files of failures are kept, if anywhere.
    init(keepPath: String?) { self.keepPath = keepPath }

    var failureCount: Int { state.withLock { $0.failureCount } }

    func count(_ row: String, _ column: String) {
        state.withLock { $0.counts[row, default: [:]][column, default: 0] += 1 }
    }

    func total(_ row: String) -> Int { state.withLock { $0.counts[row]?.values.reduce(0, +) ?? 0 } }

    /// Reports a failure, and keeps the folder of the data file at the path before it changes.
    func fail(_ text: String, dataPath: String? = nil) {
        let number = state.withLock { state in
            state.failureCount += 1
            return state.failureCount
        }
        if number <= Self.printedFailures { print("failure \(number): \(text)") }
        fflush(nil)
        guard let keepPath, let dataPath, number <= Self.printedFailures else { return }
        let folder = "\(keepPath)/failure-\(number)"
        do {
            try FileManager.default.createDirectory(atPath: keepPath, withIntermediateDirectories: true)
            let store = String(dataPath.dropLast("/data.mdb".count))
            try FileManager.default.copyItem(atPath: store, toPath: folder)
        } catch {
            print("cannot keep the store of failure \(number): \(error.localizedDescription)")
        }
    }

    /// Prints a table with a row for each name, in this order, and a column for each result.
    func printTable(rows: [String], columns: [String]) {
        let counts = state.withLock { $0.counts }
        let width = 4 + (rows + ["total"]).map(\.count).max()!
        func line(_ head: String, _ cells: [String]) {
            let text = zip(cells, columns).map { cell, column in
                String(repeating: " ", count: max(2, column.count + 2 - cell.count)) + cell
            }
            print(head.padding(toLength: width) + text.joined())
        }
        line("", columns)
        for row in rows where counts[row] != nil { line(row, columns.map { String(counts[row]?[$0] ?? 0) }) }
        line("total", columns.map { column in String(counts.values.reduce(0) { $0 + ($1[column] ?? 0) }) })
    }
}
