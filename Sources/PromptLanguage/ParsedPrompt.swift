package import CodeRegistry

/// A prompt and what its parameters mean (docs/prompt.md is the grammar).
///
/// Understands `--p`/`--personalize`, `--s`/`--stylize`, `--v`/`--version` and `--niji`; everything else is the image
/// service's and stays as it is. Ranges count UTF-8 bytes of ``text``.
package struct ParsedPrompt: Hashable, Sendable {
    /// The prompt, unchanged.
    package let text: String
    /// Which taste the prompt asks for.
    package let personalization: Personalization
    /// Where `--p` or `--personalize` is, without codes; nil without personalization.
    package let personalizationFlag: Range<Int>?
    /// How strongly taste applies.
    package let stylize: Stylize
    /// The model that the prompt names, or nil when it leaves that to the caller.
    package let model: Model?

    /// Which taste a prompt asks for.
    package enum Personalization: Hashable, Sendable {
        /// None: the prompt has no `--p`.
        case absent
        /// The user's own, as it is now: `--p` without a code.
        case newest
        /// What these codes stand for; at least one, in the prompt's order, repeated where the prompt repeats one.
        case codes([CodeToken])
    }

    /// How strongly taste applies: `--s`.
    package struct Stylize: Hashable, Sendable {
        /// 0 to 1000.
        package let value: Int
        /// Where the parameter and its value are; nil for the default.
        package let range: Range<Int>?

        /// The values that a prompt may give.
        package static let values = 0...1000
        /// What a prompt without `--s` means: 100.
        package static let standard = Stylize(value: 100, range: nil)
        /// Whether the prompt says so itself.
        package var isExplicit: Bool { range != nil }
    }

    /// The model that a prompt names: `--v` or `--niji`.
    package struct Model: Hashable, Sendable {
        /// The canonical name, such as `6`, `6.1` or `niji 6`.
        package let name: String
        /// Where the parameter and its value are.
        package let range: Range<Int>
    }

    /// Parses a prompt. Cost: one pass over its bytes; whether a code or reference exists is not asked.
    ///
    /// - Throws: The first mistake from the left; nothing that looks like a code or a known parameter is passed over.
    package init(parsing text: String) throws(PromptError) {
        let utf8 = text.utf8
        var parser = PromptParser(text, scanner: PromptScanner(utf8.span))
        try parser.parse()
        self.text = text
        personalization = parser.personalization
        personalizationFlag = parser.personalizationFlag
        stylize = parser.stylize ?? .standard
        model = parser.model
    }

    /// The codes of the prompt with their weights; empty unless it names some. References and foreign codes are none until
    /// they are resolved.
    package var codes: [WeightedCode] {
        guard case .codes(let tokens) = personalization else { return [] }
        return tokens.compactMap(\.code)
    }
}
