import Foundation
import Testing

/// A store that is full can be made to grow, by what the error says.
@Suite struct GrowTests {
    @Test func `a full store takes events again after what the error advises`() throws {
        let storectl = try Storectl()
        try storectl.run("init")
        // A service may make the smallest map; storectl makes 1 GiB at least.
        try storectl.setMap(byteCount: 1 << 20)
        let images = try storectl.file("images.jsonl", SmallWorld.images())
        try storectl.run("space", "define", "v6", "--models", "6", "--images", images, "--threshold", "10")
        let lines = (0..<80).map { SmallWorld.rankings(of: "user\($0)", liking: 0, pairs: 0..<400) }.joined()
        let full = try storectl.run(["import", try storectl.file("many.jsonl", lines)])
        #expect(full.status == 3 && full.errors.contains("storectl grow --map-size"), "\(full.errors)")
        #expect(try storectl.run(["verify"]).status == 0)

        let report = try storectl.json("grow", "--map-size", "64MiB")
        #expect(report["before"].number == Double(1 << 20) && report["mapBytes"].number == Double(64 << 20))
        try storectl.importLines(lines)
        #expect(try storectl.json("stats")["mapBytes"].number == Double(64 << 20))
        #expect(try storectl.run(["verify"]).status == 0)
        #expect(try storectl.refused("grow", "--map-size", "1048576", status: 1).contains("never shrinks"))
    }

    @Test(arguments: ["", "0", "-1", "12x", "1MiB1", "1023KiB", "65TiB", "99999999999999999999", "9007199254740993TiB"])
    func `a size that cannot be is refused`(size: String) throws {
        let storectl = try Storectl()
        try storectl.run("init")
        #expect(try storectl.run(["grow", "--map-size=\(size)"]).status == 2)
    }

    @Test func `growing what is no store says so`() throws {
        #expect(try Storectl().refused("grow", "--map-size", "2TiB", status: 3).contains("no store at"))
    }
}

extension Storectl {
    /// Writes a size of the map into both meta pages.
    fileprivate func setMap(byteCount: UInt64) throws {
        let path = URL(fileURLWithPath: store).appending(path: "data.mdb")
        var data = try Data(contentsOf: path)
        for meta in [0, 4096] {
            withUnsafeBytes(of: byteCount.littleEndian) { data.replaceSubrange((meta + 32)..<(meta + 40), with: $0) }
        }
        try data.write(to: path)
    }
}
