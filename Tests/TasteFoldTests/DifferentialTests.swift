import Foundation
import Testing

@Suite("Cases of the Python reference")
struct DifferentialTests {
    @Test func `the frozen cases come out byte for byte`() throws {
        let file = try #require(Bundle.module.url(forResource: "Resources/fold-cases", withExtension: "jsonl"))
        var count = 0
        try FoldCase.forEach(in: file) { vector in
            try vector.check()
            count += 1
        }
        #expect(count == 240)
    }

    /// A file that `Tests/Generators/generate_fold_vectors.py REFERENCE --random COUNT SEED` wrote.
    static let file = ProcessInfo.processInfo.environment["FOLD_CASES"]

    @Test(.enabled(if: file != nil, "set FOLD_CASES to a file of generated cases"))
    func `random cases come out byte for byte`() throws {
        var counts: [String: Int] = [:]
        try FoldCase.forEach(in: URL(fileURLWithPath: try #require(Self.file))) { vector in
            try vector.check()
            counts["\(vector)".prefix { $0 != "(" }.description, default: 0] += 1
        }
        print("cases that came out byte for byte, unless reported:", counts.sorted { $0.key < $1.key })
        #expect(!counts.isEmpty)
    }
}
