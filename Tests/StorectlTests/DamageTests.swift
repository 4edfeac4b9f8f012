import Foundation
import Testing

/// One changed byte of what is stored is reported, with its record; never a crash, never a wrong code.
@Suite struct DamageTests {
    let storectl: Storectl
    let code: String

    init() throws {
        storectl = try .withSpaces()
        try storectl.importLines(SmallWorld.rankings(of: "ada", liking: 0, pairs: 0..<20))
        code = try storectl.code(user: "ada")
    }

    private var dataFile: URL { URL(fileURLWithPath: storectl.store).appending(path: "data.mdb") }

    /// Changes the byte `offset` bytes after the only place at which `pattern` is stored.
    private func changeByte(after pattern: [UInt8], offset: Int = 0) throws {
        var data = try Data(contentsOf: dataFile)
        let found = data.ranges(of: pattern)
        try #require(!found.isEmpty, "the pattern is stored")
        for range in found { data[range.lowerBound + offset] ^= 0x10 }
        try data.write(to: dataFile)
    }

    @Test func `a changed byte of an embedding is reported by replay and verify`() throws {
        try changeByte(after: SmallWorld.recordedID, offset: SmallWorld.recordedID.count + 1)
        for command in [["replay"], ["verify"], ["resolve", "x --p", "--user", "ada"]] {
            let outcome = try storectl.run(command)
            let report = outcome.output + outcome.errors
            if command[0] == "resolve", outcome.status == 0 {
                #expect(report.contains(code), "a pure read of what was minted is still the right code")
            } else {
                #expect([1, 3].contains(outcome.status), "\(command): \(report)")
                #expect(report.contains("position "), "\(command) names the record: \(report)")
            }
        }
    }

    @Test func `verify names a damaged image, not every ranking of it`() throws {
        try changeByte(after: SmallWorld.recordedID, offset: SmallWorld.recordedID.count + 1)
        let findings = try JSON(parsing: try storectl.run(["verify", "--json"]).output)["findings"].elements
        #expect(findings.count == 2, "the image is in both spaces")
        #expect(findings.allSatisfy { $0.text.contains("is damaged") })
    }

    @Test func `a changed byte of a version is reported and its code gives no wrong taste`() throws {
        let direction = try storectl.json("show", code)["direction"].elements.map { Int16($0.number) }
        try changeByte(
            after: direction.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
        for command in [["replay"], ["verify"], ["show", code], ["resolve", "x --p \(code)", "--user", "ben"]] {
            let outcome = try storectl.run(command)
            #expect([1, 3].contains(outcome.status), "\(command): \(outcome.output)\(outcome.errors)")
            #expect((outcome.output + outcome.errors).contains("position "))
        }
    }

    @Test func `a cut file is reported without a crash`() throws {
        let size = try FileHandle(forReadingFrom: dataFile).seekToEnd()
        try FileHandle(forWritingTo: dataFile).truncate(atOffset: size / 2)
        for command in [["stats"], ["replay"], ["verify"], ["show", code]] {
            let outcome = try storectl.run(command)
            #expect(outcome.status == 3, "\(command): \(outcome.output)\(outcome.errors)")
            #expect(!outcome.errors.isEmpty)
        }
    }

    @Test func `a store of a newer format is refused`() throws {
        // The value of `format` in the table `meta` is the number after its key.
        var data = try Data(contentsOf: dataFile)
        for range in data.ranges(of: Array("format".utf8)) { data[range.upperBound] = 3 }
        try data.write(to: dataFile)
        let refusal = try storectl.refused("stats", status: 3)
        #expect(refusal.contains("format 3") && refusal.contains("newer release"))
    }
}
