/// Reads the known parameters of a prompt, word by word from the left.
struct PromptParser: ~Copyable, ~Escapable {
    private(set) var personalization = ParsedPrompt.Personalization.absent
    private(set) var personalizationFlag: Range<Int>?
    private(set) var stylize: ParsedPrompt.Stylize?
    private(set) var model: ParsedPrompt.Model?

    let text: String
    var scanner: PromptScanner
    /// Where the next word or the white space before it begins.
    var offset = 0

    @_lifetime(copy scanner)
    init(_ text: String, scanner: consuming PromptScanner) {
        self.text = text
        self.scanner = scanner
    }

    /// The parameters that this language knows.
    private enum Parameter {
        case personalize, stylize, version, niji
    }

    /// Parses the whole prompt.
    @_lifetime(self: copy self)
    mutating func parse() throws(PromptError) {
        while true {
            let start = scanner.wordStart(from: offset)
            guard start < scanner.byteCount else { return }
            if let (parameter, end) = try parameter(at: start) {
                offset = end
                try take(parameter, flag: start..<end)
            } else {
                let isFirst = offset == 0
                offset = scanner.textEnd(from: start)
                if isFirst { try refuseQuotedPrompt(start..<offset) }
            }
        }
    }

    /// Refuses a prompt that is in quotes as a whole and has a parameter in them, which would be text: that is how prompts
    /// are pasted, and nobody means it.
    private func refuseQuotedPrompt(_ word: Range<Int>) throws(PromptError) {
        guard let inner = scanner.quotedRange(word), scanner.wordStart(from: word.upperBound) == scanner.byteCount
        else {
            return
        }
        var start = scanner.wordStart(from: inner.lowerBound)
        while start < inner.upperBound {
            let nameStart = start + scanner.dashLength(at: start)
            let nameEnd = scanner.lettersEnd(from: nameStart)
            if nameStart > start, parameter(named: nameStart..<nameEnd) != nil {
                let isWhole = scanner.isWordEnd(nameEnd)
                if isWhole || nameEnd == inner.upperBound { throw error(.quotedParameter, start..<nameEnd) }
            }
            start = scanner.wordStart(from: scanner.wordEnd(from: start))
        }
    }

    /// The known parameter that a word is, and its end.
    private func parameter(at start: Int) throws(PromptError) -> (Parameter, end: Int)? {
        let dashes = scanner.dashLength(at: start)
        if dashes == 0 { return nil }
        let nameStart = start + dashes
        let end = scanner.lettersEnd(from: nameStart)
        guard let parameter = parameter(named: nameStart..<end) else { return nil }
        if scanner.isWordEnd(end) { return (parameter, end) }
        if parameter == .personalize {
            if scanner.hasColons(at: end) { throw error(.invalidWeight, start..<scanner.wordEnd(from: end)) }
            try refuseAttachedSuffix(flag: start..<end)
        }
        return nil
    }

    private func parameter(named name: Range<Int>) -> Parameter? {
        switch name.count {
        case 1:
            switch scanner[name.lowerBound] | 0x20 {
            case UInt8(ascii: "p"): .personalize
            case UInt8(ascii: "s"): .stylize
            case UInt8(ascii: "v"): .version
            default: nil
            }
        case 4: scanner.spells("niji", in: name) ? .niji : nil
        case 7: scanner.spells("stylize", in: name) ? .stylize : scanner.spells("version", in: name) ? .version : nil
        case 11: scanner.spells("personalize", in: name) ? .personalize : nil
        default: nil
        }
    }

    @_lifetime(self: copy self)
    private mutating func take(_ parameter: Parameter, flag: Range<Int>) throws(PromptError) {
        switch parameter {
        case .personalize:
            guard personalizationFlag == nil else { throw error(.repeatedFlag, flag) }
            personalizationFlag = flag
            let tokens = try takeCodes()
            personalization = tokens.isEmpty ? .newest : .codes(tokens)
        case .stylize:
            guard stylize == nil else { throw error(.repeatedFlag, flag) }
            let value = try takeValue(of: flag)
            guard let number = scanner.number(in: value), ParsedPrompt.Stylize.values.contains(number) else {
                throw error(.invalidStylize, value)
            }
            stylize = ParsedPrompt.Stylize(value: number, range: flag.lowerBound..<value.upperBound)
        case .version, .niji:
            guard model == nil else { throw error(.repeatedFlag, flag) }
            let value = try takeValue(of: flag)
            guard let version = version(in: value) else { throw error(.invalidVersion, value) }
            model = ParsedPrompt.Model(
                name: parameter == .niji ? "niji " + version : version, range: flag.lowerBound..<value.upperBound)
        }
    }

    /// The word after a parameter; another parameter is no value.
    @_lifetime(self: copy self)
    private mutating func takeValue(of flag: Range<Int>) throws(PromptError) -> Range<Int> {
        let start = scanner.wordStart(from: offset)
        guard start < scanner.byteCount, scanner.dashLength(at: start) == 0 else { throw error(.missingValue, flag) }
        offset = scanner.wordEnd(from: start)
        return start..<offset
    }

    /// The canonical name of the version in a range: a number from 1 to 99, alone or with a point and a number from 0
    /// to 99; `.0` is dropped.
    private func version(in range: Range<Int>) -> String? {
        let point = range.first { scanner[$0] == UInt8(ascii: ".") }
        let whole = range.lowerBound..<(point ?? range.upperBound)
        guard let number = scanner.number(in: whole), 1...99 ~= number else { return nil }
        guard let point else { return String(number) }
        guard let fraction = scanner.number(in: (point + 1)..<range.upperBound), fraction < 100 else { return nil }
        return fraction == 0 ? String(number) : "\(number).\(fraction)"
    }

    /// The text of a range of bytes that begins and ends between characters.
    func substring(_ range: Range<Int>) -> Substring {
        let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
        return text[start..<text.utf8.index(start, offsetBy: range.count)]
    }

    func error(_ kind: PromptError.Kind, _ range: Range<Int>) -> PromptError {
        PromptError(
            kind: kind, column: PromptError.column(ofByte: range.lowerBound, in: text), token: String(substring(range)))
    }
}
