internal import CodeRegistry
internal import PromptLanguage

/// A prompt is refused with its place, or expands to a prompt that means the same and expands to itself, in which no
/// byte outside the codes of `--p` has changed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPrompt(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    do throws(PromptError) {
        let prompt = try ParsedPrompt(parsing: text)
        // A reference without its letter is a code: here, the one that it means.
        let meanings = prompt.references.map { ($0, code(String($0.description.dropFirst()))) }
        let resolved = prompt.resolvingReferences(Dictionary(meanings) { first, _ in first })
        // Whoever expands a prompt has looked up what other services' codes mean.
        let aliases = resolved.foreignCodes.map { ($0, code("werc8gmrzge1r")) }
        check(try resolved.resolvingForeignCodes(Dictionary(aliases) { first, _ in first }))
    } catch {
        precondition((1...text.count).contains(error.column), "an error has no such column: \(error)")
        precondition(text.utf8.firstRange(of: error.token.utf8) != nil, "an error names another word: \(error)")
    }
    return 0
}

private func check(_ prompt: ParsedPrompt) {
    let newest = [WeightedCode(code("0000000000012"), weight: 2), WeightedCode(code("q9w1dfwf077yt"))]
    let other = [WeightedCode(code("werc8gmrzge1r"))]
    let codes = prompt.codes.isEmpty ? newest : prompt.codes
    let added = prompt.addingPersonalization(codes: newest)
    let isAbsent = prompt.personalization == .absent
    let expanded = prompt.expanded(codes: newest)
    precondition(hasSameBytes(expanded, isAbsent ? prompt.text : added), "expanding is not adding")
    let again = parseAgain(added)
    precondition(!again.hasReferences, "an expanded prompt names a reference: \(added)")
    precondition(again.codes == codes, "an expanded prompt names other codes: \(added)")
    precondition(hasSameBytes(again.expanded(codes: other), added), "an expanded prompt expands further: \(added)")
    precondition(hasSameBytes(again.addingPersonalization(codes: other), added), "a prompt is added to twice: \(added)")
    precondition(again.stylize.value == prompt.stylize.value, "expansion changes stylize: \(added)")
    precondition(again.stylize.isExplicit == prompt.stylize.isExplicit, "expansion makes stylize explicit: \(added)")
    precondition(again.model?.name == prompt.model?.name, "expansion changes the model: \(added)")
    let rests = (rest(of: prompt, besides: prompt), rest(of: again, besides: prompt))
    precondition(hasSameBytes(rests.0, rests.1), "expansion changes other text: \(added)")
}

/// Reads an expansion; that it is refused is a defect.
private func parseAgain(_ text: String) -> ParsedPrompt {
    do throws(PromptError) { return try ParsedPrompt(parsing: text) } catch {
        preconditionFailure("an expanded prompt is refused: \(text), \(error)")
    }
}

/// The text of `prompt` without its codes, and without what expanding `original` puts before them.
private func rest(of prompt: ParsedPrompt, besides original: ParsedPrompt) -> String {
    guard case .codes(let tokens) = prompt.personalization, let last = tokens.last,
        let flag = prompt.personalizationFlag
    else { return prompt.text }
    let utf8 = Array(prompt.text.utf8)
    switch original.personalization {
    case .codes:
        var kept = utf8
        for token in tokens.reversed() { kept.removeSubrange(token.range) }
        return String(decoding: kept, as: UTF8.self)
    case .newest:
        return String(decoding: utf8[..<flag.upperBound] + utf8[last.range.upperBound...], as: UTF8.self)
    case .absent:
        return String(decoding: utf8[..<original.text.utf8.count] + utf8[last.range.upperBound...], as: UTF8.self)
    }
}

private func hasSameBytes(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

/// The code that a text is known to be.
private func code(_ text: String) -> Code {
    do throws(CodeError) { return try Code(text) } catch { preconditionFailure("not a code: \(text)") }
}
