internal import CodeRegistry

/// The codes after `--p`.
extension PromptParser {
    /// What the letters, digits and hyphens at the start of a word look like.
    private enum Shape {
        /// Too few, too many, or not a hash: text, or a code of another service.
        case text
        /// Letters only: a code if the check symbol says so, else text.
        case word
        /// With a digit, or a full hash: a code, right or wrong.
        case code

        /// One character less than the shortest code to one more than the longest, or a full hash.
        init(_ run: PromptScanner.Run) {
            switch run.digits + run.letters {
            case 12...32: self = run.digits > 0 ? .code : .word
            case 64: self = run.isHexadecimal ? .code : .text
            default: self = .text
            }
        }
    }

    /// Reads codes up to the first word that is none, which is the next word of the prompt.
    @_lifetime(self: copy self)
    mutating func takeCodes() throws(PromptError) -> [CodeToken] {
        var tokens: [CodeToken] = []
        while true {
            let start = scanner.wordStart(from: offset)
            guard start < scanner.byteCount, let token = try codeToken(at: start) else { return tokens }
            tokens.append(token)
            offset = token.range.upperBound
        }
    }

    /// The code with its weight that a word is, or nil when the word is text or a parameter.
    private func codeToken(at start: Int) throws(PromptError) -> CodeToken? {
        if scanner.dashLength(at: start) > 0 {
            try refuseWrappedCode(at: start)
            return nil
        }
        if scanner.hasColons(at: start) {
            throw error(.invalidWeight, start..<scanner.wordEnd(from: start))
        }
        let run = scanner.run(from: start)
        let end = run.range.upperBound
        if run.digits + run.letters == 0 {
            try refuseWrappedCode(at: start)
            return nil
        }
        if scanner.isMoodboard(run) { throw error(.moodboard, start..<scanner.wordEnd(from: end)) }
        let shape = Shape(run)
        if shape == .text { return try foreignToken(run) }
        let typed = String(substring(run.range))
        let reading = CodeReading(typed)
        if !scanner.isWordEnd(end), !scanner.hasColons(at: end) {
            try refuse(reading, shape, run)
            return nil
        }
        switch reading {
        case .meaning(let meaning):
            let (weight, tokenEnd) = try weight(from: end, tokenStart: start)
            return CodeToken(typed: typed, meaning: meaning, weight: weight, range: start..<tokenEnd)
        case .mistyped, .notACode:
            if shape == .word { return nil }
            throw error(reading == .mistyped ? .mistypedCode : .malformedCode, run.range)
        }
    }

    /// Refuses a word that begins with a code and goes on with something else than a weight; any other is text.
    private func refuse(_ reading: CodeReading, _ shape: Shape, _ run: PromptScanner.Run) throws(PromptError) {
        switch reading {
        case .meaning:
            guard isCode(shape, run, reading) else { return }
            throw error(.codeWithSuffix, run.range.lowerBound..<scanner.wordEnd(from: run.range.upperBound))
        case .mistyped, .notACode:
            guard shape == .code, scanner.followsCode(from: run.range.upperBound) else { return }
            throw error(reading == .mistyped ? .mistypedCode : .malformedCode, run.range)
        }
    }

    /// Whether what is a right code by its check symbol is meant for one: words of letters alone pass it by chance.
    private func isCode(_ shape: Shape, _ run: PromptScanner.Run, _ reading: CodeReading) -> Bool {
        if shape == .code { return true }
        return scanner.isCopiedCode(run, afterLetter: reading.isReference)
    }

    /// The code of another service that a word is, or nil when it is text.
    private func foreignToken(_ run: PromptScanner.Run) throws(PromptError) -> CodeToken? {
        let (start, end) = (run.range.lowerBound, run.range.upperBound)
        guard scanner.isForeignCode(in: run.range), scanner.followsCode(from: end) else { return nil }
        if !scanner.isWordEnd(end), !scanner.hasColons(at: end) {
            throw error(.codeWithSuffix, start..<scanner.wordEnd(from: end))
        }
        let (weight, tokenEnd) = try weight(from: end, tokenStart: start)
        let typed = substring(run.range)
        return CodeToken(
            typed: String(typed), meaning: .foreignCode(ForeignCode(found: typed)), weight: weight,
            range: start..<tokenEnd)
    }

    /// Refuses a code in quotes or brackets, or after any other sign; what else a sign begins is text.
    ///
    /// Double quotes make text of words that merely look like codes, but not of a right code: nobody draws that.
    private func refuseWrappedCode(at start: Int) throws(PromptError) {
        var offset = start
        var isWrapped = true
        while offset < scanner.byteCount {
            let next = scanner.wordStart(from: offset)
            if next > offset {
                isWrapped = false
                offset = next
                if next < scanner.byteCount, scanner.dashLength(at: next) > 0 { return }
                continue
            }
            let (punctuation, length) = scanner.punctuation(at: offset)
            if punctuation == .none { break }
            if punctuation != .wrapper { isWrapped = false }
            offset += length
        }
        try refuseCode(from: start, core: scanner.run(from: offset), isWrapped: isWrapped)
    }

    /// Refuses what begins at `start` with signs and goes on with a code. Whatever only looks like one is refused where
    /// nothing but brackets and the like stand before it.
    private func refuseCode(
        from start: Int, core: PromptScanner.Run, isWrapped: Bool
    ) throws(PromptError) {
        let end = core.range.upperBound
        if core.range.isEmpty { return }
        if scanner.isMoodboard(core) { throw error(.moodboard, start..<scanner.wordEnd(from: end)) }
        let shape = Shape(core)
        if shape == .text {
            guard isWrapped, scanner.isForeignCode(in: core.range), scanner.endsWrapping(at: end) else { return }
            throw error(.wrappedCode, start..<scanner.wordEnd(from: end))
        }
        let reading = CodeReading(String(substring(core.range)))
        switch reading {
        case .meaning:
            guard isCode(shape, core, reading) else { return }
            throw error(.wrappedCode, start..<scanner.wordEnd(from: end))
        case .mistyped:
            if isWrapped, shape == .code, scanner.followsCode(from: end) { throw error(.mistypedCode, core.range) }
        case .notACode:
            if isWrapped, shape == .code, scanner.followsCode(from: end) { throw error(.malformedCode, core.range) }
        }
    }

    /// Refuses `--p` with punctuation directly after it: alone, or before a code. Any other such word is text.
    func refuseAttachedSuffix(flag: Range<Int>) throws(PromptError) {
        var offset = flag.upperBound
        while offset < scanner.byteCount, !scanner.isWordEnd(offset) {
            let (punctuation, length) = scanner.punctuation(at: offset)
            if punctuation == .none { break }
            offset += length
        }
        if offset == flag.upperBound { return }
        let word = flag.lowerBound..<scanner.wordEnd(from: offset)
        if scanner.isWordEnd(offset) { throw error(.flagWithSuffix, word) }
        let core = scanner.run(from: offset)
        let isCode: Bool
        switch Shape(core) {
        case .text: isCode = scanner.isForeignCode(in: core.range)
        case .code: isCode = true
        case .word: isCode = false
        }
        if isCode, scanner.followsCode(from: core.range.upperBound) { throw error(.flagWithSuffix, word) }
    }

    /// The weight after a code, 1 without one, and the end of the token.
    private func weight(from end: Int, tokenStart: Int) throws(PromptError) -> (weight: Int, end: Int) {
        guard scanner.hasColons(at: end) else { return (1, end) }
        let tokenEnd = scanner.wordEnd(from: end)
        guard let weight = scanner.number(in: (end + 2)..<tokenEnd), WeightedCode.weights.contains(weight) else {
            throw error(.invalidWeight, tokenStart..<tokenEnd)
        }
        return (weight, tokenEnd)
    }
}

/// What a text of 12 to 32 letters and digits, or of 64 hexadecimal digits, is as a code.
private enum CodeReading: Equatable {
    /// A code, or a reference, which begins with a letter that no code has.
    case meaning(CodeToken.Meaning)
    /// A text with the shape of a code or reference whose check symbol is wrong.
    case mistyped
    /// A text without the shape of either.
    case notACode

    init(_ text: String) {
        let result: Result<CodeToken.Meaning, CodeError> =
            ProfileReference.isBegun(by: text)
            ? ProfileReference.read(text).map { .reference($0) } : Code.read(text).map { .code($0) }
        self =
            switch result {
            case .success(let meaning): .meaning(meaning)
            case .failure(.mistyped): .mistyped
            case .failure: .notACode
            }
    }

    var isReference: Bool { if case .meaning(.reference) = self { true } else { false } }
}
