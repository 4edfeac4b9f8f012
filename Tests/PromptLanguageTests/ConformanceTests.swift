import CodeRegistry
import PromptLanguage
import TestSupport
import Testing

extension ConformanceTable.Row: CustomTestStringConvertible {
    /// Where the row stands.
    public var testDescription: String { place }
}

@Suite struct `The conformance tables` {
    static let parsing = ConformanceTable.rows(heading: "expansion or error")
    static let adding = ConformanceTable.rows(heading: "with `--p` added")
    static let newest: [WeightedCode] = ["q9w1dfwf077yt"]
    static let aliases: [ForeignCode: Code] = ["k3f9x2a": "werc8gmrzge1r"]
    static let references: [ProfileReference: Code] = [
        "uthv15vt96ygbh": "sabr24pa3eywe", "u3def7da23z63p": "werc8gmrzge1r", "uhkdpseccapvkp": "p6frxpq2xsp2g",
    ]

    @Test func `hold at least eighty prompts`() {
        #expect(Self.parsing.count >= 80)
        #expect(Self.adding.count >= 10)
        #expect(Set(Self.parsing.map(\.prompt)).count == Self.parsing.count, "a prompt stands twice")
        #expect(Self.parsing.allSatisfy { $0.cells.count == 3 })
    }

    @Test func `hold at least sixty prompts as people write them`() {
        #expect(Self.parsing.count { $0.section == "Prompts as people write them" } >= 60)
    }

    @Test func `hold at least sixty rows with references, of the language and of the store`() {
        let answers = ConformanceTable.rows(heading: "answer")
        #expect(Self.parsing.count { $0.section == "References" } >= 60)
        #expect(answers.count >= 50 && answers.allSatisfy { $0.section == "References" })
    }

    @Test(arguments: parsing)
    func `agree with the parser`(row: ConformanceTable.Row) throws {
        do throws(PromptError) {
            let parsed = try meaning(of: row.prompt)
            #expect(taste(of: parsed) == row.cells[0])
            #expect(others(of: parsed) == row.cells[1])
            #expect(parsed.expanded(codes: Self.newest) == row.result)
            #expect(parsed.text == row.prompt)
        } catch {
            #expect("error \(error.kind) \(error.column) \(error.token)" == plain(row.cells[2]))
        }
    }

    @Test(arguments: parsing)
    func `expand to prompts that mean the same and expand to themselves`(row: ConformanceTable.Row) throws {
        guard let parsed = try? meaning(of: row.prompt) else { return }
        let expanded = parsed.expanded(codes: Self.newest)
        let again = try ParsedPrompt(parsing: expanded)
        #expect(!again.hasReferences && !again.hasForeignCodes)
        #expect(again.codes == (parsed.personalization == .newest ? Self.newest : parsed.codes))
        #expect(again.stylize.value == parsed.stylize.value)
        #expect(again.model?.name == parsed.model?.name)
        #expect(again.expanded(codes: ["0000000000000"]) == expanded)
    }

    @Test(arguments: adding)
    func `agree with adding personalization`(row: ConformanceTable.Row) throws {
        let parsed = try ParsedPrompt(parsing: row.prompt)
        let added = parsed.addingPersonalization(codes: Self.newest)
        #expect(added == row.result)
        let again = try ParsedPrompt(parsing: added)
        #expect(again.codes == (parsed.codes.isEmpty ? Self.newest : parsed.codes))
        #expect(again.addingPersonalization(codes: ["0000000000000"]) == added)
    }

    /// A prompt with what its foreign codes and references stand for.
    private func meaning(of prompt: String) throws(PromptError) -> ParsedPrompt {
        try ParsedPrompt(parsing: prompt).resolvingForeignCodes(Self.aliases)
            .resolvingReferences(Self.references)
    }

    private func taste(of parsed: ParsedPrompt) -> String {
        switch parsed.personalization {
        case .absent: "none"
        case .newest: "newest"
        case .codes: parsed.codes.map(\.description).joined(separator: " ")
        }
    }

    private func others(of parsed: ParsedPrompt) -> String {
        let stylize = parsed.stylize.isExplicit ? ["s \(parsed.stylize.value)"] : []
        return (stylize + (parsed.model.map { ["v \($0.name)"] } ?? [])).joined(separator: ", ")
    }

    /// An error's cell with the word's code span resolved.
    private func plain(_ cell: String) -> String {
        guard let span = cell.firstIndex(of: "`") else { return cell }
        return cell[..<span] + ConformanceTable.text(ofCell: cell)
    }
}
