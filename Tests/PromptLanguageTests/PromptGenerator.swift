import ByteCoding
import CodeRegistry
import PromptLanguage
import SeededRandom
import TestSupport

/// Makes random prompts: some of known meaning, some of any.
struct PromptGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A prompt with what it means.
    struct Known {
        var text = ""
        /// The prompt expanded, a bare `--p` standing for the generator's newest code.
        var expanded = ""
        var isPersonalized = false
        /// What stands after `--p`, references by what they mean here, as a prompt spells it.
        var names: [String] = []
        var stylize: Int?
        var model: String?
    }

    static let newest: WeightedCode = "werc8gmrzge1r::3"
    private static let spaces = [" ", " ", " ", "  ", "\n", "\t", "\u{A0}", "\u{3000}", "\r\n", " \u{2009} "]
    private static let words = [
        "a", "cat", "cat::2", "猫", "e\u{301}te", "🏳️‍🌈", "--ar", "16:9", "--no", "-p", "a--p", "--pcode", "---p", "——p",
        "a\"--p 5\"", "“--s x --v”.", "24\"", "”", "—", "–", "--", "-", "--pp", "--style", "photographing", "@",
    ]
    private static let noise =
        words + spaces + [
            "--p", "—p", "–P", "--personalize", "--s", "--s 250", "--stylize 0", "--v", "--v 6.1", "–niji 6", "::",
            "::2", "::0", "::1001", "\"", "“", "”", "\"", "q9w1dfwf077yt", "Q9W1-DFWF-O77Y-T", "q9w1dfwf077yy",
            "uthv15vt96ygbh", "U3DEF-7DA2-3Z63-P", "uthv15vt96ygbj", "uhkdpseccapvkp", "u",
            "werc8gmrzge1r", "dmnczdkeppytd", "yfbxsj7", "K3F9X2A", "7yfbxsj::2", "m7302931020123456789", "35mm",
            "1920x1080",
            "route66", ",", "，", "(", ")", "`", "'", "*", ".", "「", "0", "\u{301}", "\u{200D}", "\u{FE0F}", "\u{0}",
            "\\", "\u{FEFF}",
        ]

    /// A prompt of known meaning: words that are text whatever stands beside them, and each parameter at most once.
    mutating func known() -> Known {
        var prompt = Known()
        var parameters = [0, 1, 2].filter { _ in random.next() % 3 > 0 }.shuffled(using: &random)
        if Bool.random(using: &random) { append(space(), to: &prompt) }
        for _ in 0..<random.next() % 12 {
            if random.next() % 3 > 0 {
                append(text(), to: &prompt)
            } else {
                switch parameters.popLast() {
                case 0: appendPersonalization(to: &prompt)
                case 1: appendStylize(to: &prompt)
                case 2: appendModel(to: &prompt)
                default: append(text(), to: &prompt)
                }
            }
            append(space(), to: &prompt)
        }
        return prompt
    }

    /// A prompt of any meaning or none.
    mutating func noise() -> String {
        var text = ""
        for _ in 0..<random.next() % 9 {
            switch random.next() % 8 {
            case 0: text.unicodeScalars.append(scalar())
            case 4: text += misspelled(reference())
            case 1: text += misspelled(code().description)
            case 2: text += " " + dash() + "p "
            case 3: text += " --p " + misspelled(code().description) + " "
            default: text += Self.noise.randomElement(using: &random) ?? ""
            }
            if random.next() % 2 == 0 { text += " " }
        }
        return text
    }

    private mutating func append(_ text: String, to prompt: inout Known) {
        prompt.text += text
        prompt.expanded += text
    }

    private mutating func text() -> String {
        Self.words.randomElement(using: &random) ?? ""
    }

    private mutating func appendPersonalization(to prompt: inout Known) {
        append(dash() + anyCase(["p", "personalize"].randomElement(using: &random) ?? ""), to: &prompt)
        prompt.isPersonalized = true
        let count = random.next() % 4
        if count == 0 { prompt.expanded += " " + Self.newest.description }
        for _ in 0..<count {
            append(space(), to: &prompt)
            let isForeign = random.next() % 6 == 0
            let isReference = !isForeign && random.next() % 4 == 0
            let code = isForeign ? foreignCode() : isReference ? reference() : code().description
            let weight = random.next() % 2 == 0 ? 1 : Int.random(in: 1...1000, using: &random)
            prompt.text += isForeign ? anyCase(code) : misspelled(code)
            if weight > 1 || random.next() % 4 == 0 { prompt.text += "::\(weight)" }
            let meaning = isReference ? Self.meaning(of: code) : code
            prompt.names.append(meaning + (weight == 1 ? "" : "::\(weight)"))
            prompt.expanded += prompt.names.last ?? ""
        }
    }

    private mutating func appendStylize(to prompt: inout Known) {
        let value = Int.random(in: 0...1000, using: &random)
        let name = anyCase(["s", "stylize"].randomElement(using: &random) ?? "")
        append(dash() + name + space() + "\(value)", to: &prompt)
        prompt.stylize = value
    }

    private mutating func appendModel(to prompt: inout Known) {
        let version = ["6", "6.1", "7", "12.10"].randomElement(using: &random) ?? ""
        let isNiji = Bool.random(using: &random)
        let name = anyCase(isNiji ? "niji" : ["v", "version"].randomElement(using: &random) ?? "")
        append(dash() + name + space() + version, to: &prompt)
        prompt.model = isNiji ? "niji " + version : version
    }

    private mutating func code() -> Code {
        let digest = SHA256Digest(words: (random.next(), random.next(), random.next(), random.next()))
        return switch random.next() % 8 {
        case 0: Code(hash: digest)
        case 1: Code(digest: digest, symbolCount: Int.random(in: 12...30, using: &random))
        default: Code(digest: digest)
        }
    }

    private mutating func reference() -> String {
        let profile = ProfileDigest(SHA256Digest(words: (random.next(), random.next(), random.next(), random.next())))
        return ProfileReference(profile).description
    }

    /// What a reference means in these tests: the code that it is without its letter.
    static func meaning(of reference: String) -> String { String(reference.dropFirst()) }

    /// A code of another service: letters, a digit, letters.
    private mutating func foreignCode() -> String {
        let letters = (0..<Int.random(in: 5...10, using: &random)).map { _ in
            "abcdefghijklmnopqrstuvwxyz".randomElement(using: &random) ?? "a"
        }
        var code = String(letters)
        let index = code.index(code.startIndex, offsetBy: Int.random(in: 3..<letters.count, using: &random))
        code.insert(contentsOf: "\(random.next() % 10)", at: index)
        return code
    }

    /// A code as people may type it: any case, O, I and L, hyphens after the first character.
    private mutating func misspelled(_ code: String) -> String {
        var text = ""
        for character in code {
            if !text.isEmpty, random.next() % 8 == 0 { text += "-" }
            switch (character, random.next() % 4) {
            case ("0", 0) where code.count < 64: text += ["o", "O"].randomElement(using: &random) ?? ""
            case ("1", 0) where code.count < 64: text += ["i", "I", "l", "L"].randomElement(using: &random) ?? ""
            case (_, 1): text += character.uppercased()
            default: text.append(character)
            }
        }
        return text
    }

    private mutating func dash() -> String { ["--", "--", "—", "–"].randomElement(using: &random) ?? "" }

    private mutating func space() -> String { Self.spaces.randomElement(using: &random) ?? " " }

    private mutating func anyCase(_ name: String) -> String {
        random.next() % 4 == 0 ? name.uppercased() : random.next() % 4 == 0 ? name.capitalized : name
    }

    private mutating func scalar() -> Unicode.Scalar {
        while true {
            let limit: UInt32 = [0x80, 0x800, 0x3100, 0x11_0000].randomElement(using: &random) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) { return scalar }
        }
    }
}

extension String {
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
