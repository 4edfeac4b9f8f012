import Foundation
import Testing

/// LMDB's list of free pages decides what the next commit writes over.
@Suite struct FreeListTests {
    @Test func `a page of the log that is said to be free is reported, and nothing is written`() throws {
        let storectl = try Storectl.withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        let code = try storectl.code(user: "ada")
        try storectl.importLines(SmallWorld.rankings(of: "ben", liking: 1, pairs: 0..<20))
        let path = URL(fileURLWithPath: storectl.store).appending(path: "data.mdb")
        var data = try Data(contentsOf: path)
        let record = try #require(data.ranges(of: SmallWorld.recordedID).first)
        let page = UInt64(record.lowerBound / 4096)
        let place = try #require(data.lastFreePage(greaterThan: page) ?? data.lastFreePage(greaterThan: 0))
        withUnsafeBytes(of: page.littleEndian) { data.replaceSubrange(place..<place + 8, with: $0) }
        try data.write(to: path)

        let verification = try storectl.run(["verify", "--json"])
        #expect(verification.status == 1)
        let findings = try JSON(parsing: verification.output)["findings"].elements.map(\.text)
        #expect(findings.contains { $0.contains("page \(page)") && $0.contains("free") }, "\(findings)")

        let refusal = try storectl.run(["like", "ada", "i/3", "--space", "v6"])
        #expect(refusal.status == 3 && refusal.errors.contains("nothing is written"), "\(refusal.errors)")
        #expect(try storectl.json("show", code)["code"].text == code)
        #expect(try Data(contentsOf: path) == data, "reading and refusing change nothing")
    }
}

extension Data {
    private func number<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = UInt64.self) -> Value {
        subdata(in: offset..<offset + MemoryLayout<Value>.size).withUnsafeBytes {
            Value(littleEndian: $0.loadUnaligned(as: Value.self))
        }
    }

    /// Where the list of free pages has its last number greater than another; in LMDB's layout a leaf page of entries, each
    /// a count and as many numbers in descending order.
    fileprivate func lastFreePage(greaterThan page: UInt64) -> Int? {
        let meta = number(144) > number(4096 + 144) ? 0 : 4096
        let root = Int(number(meta + 80)) * 4096
        let count = (Int(number(root + 12, as: UInt16.self)) - 16) / 2
        let lists = (0..<count).map { index in root + Int(number(root + 16 + 2 * index, as: UInt16.self)) + 16 }
        return lists.flatMap { list in (0..<Int(number(list))).map { list + 8 * ($0 + 1) } }
            .last { number($0) > page }
    }
}
