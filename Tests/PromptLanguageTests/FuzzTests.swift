import CodeRegistry
import Foundation
import PromptLanguage
import TestSupport
import Testing

/// `PROMPT_FUZZ_CASES` sets the number of cases, `PROMPT_FUZZ_SEED` the seed of a run to repeat.
@Suite struct `Any prompt` {
    private static func setting(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    private static let caseCount = setting("PROMPT_FUZZ_CASES") ?? 20_000
    private static let seed = setting("PROMPT_FUZZ_SEED") ?? 20_240_611

    /// A prompt with what its references mean.
    private func parse(_ text: String) throws(PromptError) -> ParsedPrompt {
        let parsed = try ParsedPrompt(parsing: text)
        let meanings = parsed.references.map { ($0, Code(stringLiteral: PromptGenerator.meaning(of: $0.description))) }
        let resolved = parsed.resolvingReferences(Dictionary(meanings) { first, _ in first })
        if !parsed.hasReferences, resolved != parsed { preconditionFailure("a prompt without references has changed") }
        return resolved
    }

    @Test func `of known meaning is read and expanded so`() throws {
        print("prompts of known meaning: seed \(Self.seed)")
        var generator = PromptGenerator(seed: Self.seed)
        for index in 0..<Self.caseCount {
            let known = generator.known()
            let comment = Comment(rawValue: "case \(index): \(known.text.debugDescription)")
            let parsed = try #require(try? parse(known.text), comment)
            let expanded = parsed.expanded(codes: [PromptGenerator.newest])
            let isRight =
                bytes(expanded) == bytes(known.expanded) && names(parsed) == known.names
                && (parsed.personalization != .absent) == known.isPersonalized
                && parsed.stylize.value == known.stylize ?? 100 && parsed.stylize.isExplicit == (known.stylize != nil)
                && parsed.model?.name == known.model
            guard isRight else {
                Issue.record(comment)
                return
            }
        }
    }

    @Test func `keeps its text and expands to itself, or is refused with a place`() {
        print("any prompts: seed \(Self.seed)")
        var generator = PromptGenerator(seed: Self.seed &+ 1)
        var counts = (absent: 0, newest: 0, codes: 0, refused: 0)
        var referenceCount = 0
        for index in 0..<Self.caseCount {
            let text = generator.noise()
            let fault: String?
            do throws(PromptError) {
                let parsed = try parse(text)
                if try ParsedPrompt(parsing: text).hasReferences { referenceCount += 1 }
                switch parsed.personalization {
                case .absent: counts.absent += 1
                case .newest: counts.newest += 1
                case .codes: counts.codes += 1
                }
                fault = self.fault(of: parsed)
            } catch {
                counts.refused += 1
                fault = self.fault(of: error, in: text)
            }
            if let fault {
                Issue.record("case \(index): \(text.debugDescription) \(fault)")
                return
            }
        }
        print("outcomes: \(counts)")
        let fewest = min(min(counts.absent, counts.newest), min(counts.codes, counts.refused))
        #expect(referenceCount > Int(Self.caseCount) / 100, "the generator makes few references: \(referenceCount)")
        #expect(fewest > Int(Self.caseCount) / 50, "the generator misses an outcome: \(counts)")
    }

    /// What is wrong with a parsed prompt's expansions, if anything.
    private func fault(of parsed: ParsedPrompt) -> String? {
        let codes: [WeightedCode] = ["0000000000012::2", PromptGenerator.newest]
        let other: [WeightedCode] = ["q9w1dfwf077yt"]
        let isAbsent = parsed.personalization == .absent
        let expanded = parsed.expanded(codes: codes)
        let added = parsed.addingPersonalization(codes: codes)
        if isAbsent, bytes(expanded) != bytes(parsed.text) { return "changed without --p" }
        if !isAbsent, added != expanded { return "was added to although it has --p" }
        if isAbsent, !bytes(added).starts(with: bytes(parsed.text)) { return "changed by adding" }
        do throws(PromptError) {
            let again = try ParsedPrompt(parsing: added)
            if again.hasReferences { return "expands to a reference: \(added)" }
            let expected = names(parsed).isEmpty ? codes.map(\.description) : names(parsed)
            if names(again) != expected { return "expands to other codes: \(added)" }
            if again.stylize.value != parsed.stylize.value { return "expands to another stylize: \(added)" }
            if again.stylize.isExplicit != parsed.stylize.isExplicit { return "expands to another stylize: \(added)" }
            if again.model?.name != parsed.model?.name { return "expands to another model: \(added)" }
            if bytes(again.expanded(codes: other)) != bytes(added) { return "does not expand to itself: \(added)" }
            if bytes(again.addingPersonalization(codes: other)) != bytes(added) { return "is added to twice: \(added)" }
            if !isAbsent, !keepsText(parsed, again) { return "text changed: \(added)" }
            return nil
        } catch {
            return "expands to a prompt that is refused: \(added), \(error)"
        }
    }

    /// What stands after `--p`, as an expanded prompt spells it.
    private func names(_ prompt: ParsedPrompt) -> [String] {
        guard case .codes(let tokens) = prompt.personalization else { return [] }
        return tokens.map(\.description)
    }

    private func outside(_ text: String, removing ranges: [Range<Int>]) -> [UInt8] {
        var rest = bytes(text)
        for range in ranges.reversed() { rest.removeSubrange(range) }
        return rest
    }

    /// Whether an expansion differs from its prompt in the codes alone.
    private func keepsText(_ parsed: ParsedPrompt, _ again: ParsedPrompt) -> Bool {
        guard case .codes(let after) = again.personalization, let first = after.first, let last = after.last,
            let flag = parsed.personalizationFlag, flag == again.personalizationFlag
        else { return false }
        if case .codes(let before) = parsed.personalization {
            return outside(parsed.text, removing: before.map(\.range))
                == outside(again.text, removing: after.map(\.range))
        }
        return first.range.lowerBound == flag.upperBound + 1
            && outside(again.text, removing: [flag.upperBound..<last.range.upperBound]) == bytes(parsed.text)
    }

    private func fault(of error: PromptError, in text: String) -> String? {
        guard (1...text.count).contains(error.column) else { return "has no column \(error.column)" }
        guard !error.token.isEmpty, text.utf8.firstRange(of: error.token.utf8) != nil else {
            return "has no word \(error.token)"
        }
        return nil
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
}
