import CodeRegistry
import PromptLanguage
import TestSupport
import Testing

@Suite struct `A parsed prompt` {
    private func parse(_ text: String) throws(PromptError) -> ParsedPrompt {
        try ParsedPrompt(parsing: text)
    }

    private func slice(_ range: Range<Int>?, of text: String) -> String? {
        range.flatMap { String(validating: Array(text.utf8)[$0], as: UTF8.self) }
    }

    @Test func `knows where everything stands`() throws {
        let text = "猫 —personalize Q9W1-DFWF-O77Y-T::3 werc8gmrzge1r “x” --stylize  250 --niji 6.0 é"
        let parsed = try parse(text)
        #expect(slice(parsed.personalizationFlag, of: text) == "—personalize")
        #expect(slice(parsed.stylize.range, of: text) == "--stylize  250")
        #expect(slice(parsed.model?.range, of: text) == "--niji 6.0")
        #expect(parsed.model?.name == "niji 6")
        guard case .codes(let tokens) = parsed.personalization else {
            Issue.record("no codes")
            return
        }
        #expect(tokens.map(\.typed) == ["Q9W1-DFWF-O77Y-T", "werc8gmrzge1r"])
        #expect(tokens.map { slice($0.range, of: text) } == ["Q9W1-DFWF-O77Y-T::3", "werc8gmrzge1r"])
        #expect(tokens.map(\.code) == ["q9w1dfwf077yt::3", "werc8gmrzge1r"])
    }

    @Test func `has stylize 100, no model and no personalization by default`() throws {
        let parsed = try parse("a cat")
        #expect(parsed.personalization == .absent)
        #expect(parsed.personalizationFlag == nil)
        #expect(parsed.stylize == .standard)
        #expect(parsed.stylize.value == 100)
        #expect(!parsed.stylize.isExplicit)
        #expect(parsed.model == nil)
        #expect(try parse("a cat --s 100").stylize.isExplicit)
    }

    @Test func `expands a bare flag to several pinned codes with weights`() throws {
        let codes: [WeightedCode] = ["q9w1dfwf077yt::2", "werc8gmrzge1r"]
        #expect(
            try parse("a cat --p --ar 1:1").expanded(codes: codes)
                == "a cat --p q9w1dfwf077yt::2 werc8gmrzge1r --ar 1:1")
        #expect(try parse("a cat").addingPersonalization(codes: codes) == "a cat --p q9w1dfwf077yt::2 werc8gmrzge1r")
    }

    @Test func `tells references from codes and gives them the meaning that it is told`() throws {
        let prompt = try parse("a cat --p UTHV-15VT96YGBH::2 q9w1dfwf077yt k3f9x2a u3def7da23z63p uthv15vt96ygbh")
        #expect(prompt.references == ["uthv15vt96ygbh", "u3def7da23z63p", "uthv15vt96ygbh"])
        #expect(prompt.hasReferences && prompt.foreignCodes == ["k3f9x2a"])
        guard case .codes(let tokens) = prompt.personalization else {
            Issue.record("no codes")
            return
        }
        #expect(tokens[0].reference == "uthv15vt96ygbh" && tokens[0].weight == 2 && tokens[0].code == nil)
        #expect(tokens[1].code == "q9w1dfwf077yt" && tokens[2].foreignCode == "k3f9x2a")
        #expect(tokens[3...].map(\.reference) == ["u3def7da23z63p", "uthv15vt96ygbh"])
        #expect(tokens.map(\.typed)[0] == "UTHV-15VT96YGBH")
        let resolved = try prompt.resolvingForeignCodes(["k3f9x2a": "werc8gmrzge1r"])
            .resolvingReferences(["uthv15vt96ygbh": "sabr24pa3eywe", "u3def7da23z63p": "werc8gmrzge1r"])
        #expect(!resolved.hasReferences && resolved.references == [])
        #expect(
            resolved.expanded(codes: [])
                == "a cat --p sabr24pa3eywe::2 q9w1dfwf077yt werc8gmrzge1r werc8gmrzge1r sabr24pa3eywe")
        #expect(try parse("a cat").resolvingReferences([:]) == parse("a cat"))
    }

    @Test func `with a reference that nobody gave a meaning is never expanded`() async {
        await #expect(processExitsWith: .failure) {
            let prompt = try ParsedPrompt(parsing: "--p uthv15vt96ygbh")
            _ = prompt.resolvingReferences([:])
        }
    }

    @Test func `expanded to no codes stays as it is`() throws {
        for text in ["", "a cat", "a cat --p", "a cat --p werc8gmrzge1r"] {
            #expect(try parse(text).expanded(codes: []) == text)
            #expect(try parse(text).addingPersonalization(codes: []) == text)
        }
    }

    @Test func `takes every white space character of Unicode for one, and no other`() throws {
        for value in UInt32(0)...0x3100 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(Character(scalar))--s\(Character(scalar))7"
            let parsed = try parse(text)
            #expect(parsed.stylize.isExplicit == scalar.properties.isWhitespace, "U+\(String(value, radix: 16))")
        }
    }

    @Test func `is parsed in linear time however many quotes stay open`() throws {
        // A quadratic search would take hours, not fail: the suite's time is the test.
        let text = String(repeating: "“a ", count: 300_000) + "--p"
        #expect(try parse(text).personalization == .newest)
    }
}

@Suite struct `A prompt error` {
    @Test(
        arguments: [
            ("--p a --p", "column 7, '--p'", "remove one"),
            ("--p q9w1dfwf077yy", "column 5, 'q9w1dfwf077yy'", "copy it again"),
            ("--p q9w1dfwf077y", "column 5, 'q9w1dfwf077y'", "13 characters"),
            ("--p q9w1dfwf077yt,", "column 5, 'q9w1dfwf077yt,'", "separate codes by spaces"),
            ("--p q9w1dfwf077yt,", "column 5, 'q9w1dfwf077yt,'", "remove the comma"),
            ("--p q9w1dfwf077yt.", "column 5, 'q9w1dfwf077yt.'", "remove the full stop"),
            ("--p q9w1dfwf077yt;", "column 5, 'q9w1dfwf077yt;'", "remove the semicolon"),
            ("--p q9w1dfwf077yt)", "column 5, 'q9w1dfwf077yt)'", "remove the closing bracket"),
            ("--p q9w1dfwf077yt”", "column 5, 'q9w1dfwf077yt”'", "remove the quotation mark"),
            ("--p q9w1dfwf077yt，", "column 5, 'q9w1dfwf077yt，'", "remove the full-width comma"),
            ("--p q9w1dfwf077yt、霓虹", "column 5, 'q9w1dfwf077yt、霓虹'", "a space in place of the ideographic comma"),
            (
                "--p q9w1dfwf077yt,werc8gmrzge1r", "column 5, 'q9w1dfwf077yt,werc8gmrzge1r'",
                "a space in place of the comma"
            ),
            ("--p q9w1dfwf077yt:2", "column 5, 'q9w1dfwf077yt:2'", "two colons"),
            ("--p q9w1dfwf077yt\u{200B}", "column 5, 'q9w1dfwf077yt\u{200B}'", "remove the invisible character"),
            ("--p yfbxsj7,", "column 5, 'yfbxsj7,'", "remove the comma"),
            ("--p q9w1dfwf077yt::2,", "column 5, 'q9w1dfwf077yt::2,'", "remove the comma"),
            ("--v 6.1, x", "column 5, '6.1,'", "remove the comma"),
            ("--niji 6. x", "column 8, '6.'", "remove the full stop"),
            ("--s 250; x", "column 5, '250;'", "remove the semicolon"),
            ("--s 250、x", "column 5, '250、x'", "0 to 1000"),
            ("x --p, y", "column 3, '--p,'", "remove the comma"),
            ("x --p=yfbxsj7", "column 3, '--p=yfbxsj7'", "a space in place of the equals sign"),
            ("--p \"q9w1dfwf077yt\"", "column 5, '\"q9w1dfwf077yt\"'", "without quotes"),
            ("\"a cat --p\"", "column 8, '--p'", "remove the quotation marks"),
            ("--p m7302931020123456789", "column 5, 'm7302931020123456789'", "moodboard"),
            ("--p q9w1dfwf077yt::0", "column 5, 'q9w1dfwf077yt::0'", "code::2"),
            ("--s", "column 1, '--s'", "add it or remove"),
            ("--s 2000", "column 5, '2000'", "0 to 1000"),
            ("--v x", "column 5, 'x'", "6.1"),
        ])
    func `says where, what and how to mend it`(prompt: String, place: String, remedy: String) throws {
        let error = try #require(throws: PromptError.self) {
            try ParsedPrompt(parsing: prompt)
        }
        #expect(error.description.hasPrefix(place + ": "))
        #expect(error.description.contains(remedy))
    }
}

@Suite struct `A foreign code` {
    @Test(arguments: [
        "yfbxsj7", "YFBXSJ7", "abcde1", "1abcde", "abcdefghij1", "12345a6", "route66", "1920by1080", "35mmfilm",
        "iso32x",
    ])
    func `has six to eleven letters and digits, at least one of each`(text: String) {
        #expect(ForeignCode(text)?.spelling == text.lowercased())
    }

    @Test(arguments: [
        "", "abcd1", "abcdefghijk1", "abcdefg", "1234567", "yfbx-sj7", "yfbxsj7,", "yfbxsjé7", "q9w1dfwf077yt",
        "1920x1080", "1920X1080", "120fps", "1024px", "300dpi", "10000k", "2000ad", "25yearold", "3840x2160px",
        "1080p60",
        "iso3200", "ISO12800", "100x200x300", "20hours", "45degrees",
    ])
    func `is no other text, nor a number with a unit`(text: String) {
        #expect(ForeignCode(text) == nil)
    }

    @Test func `is reported by the prompt and replaced by what it means`() throws {
        let prompt = try ParsedPrompt(parsing: "a cat --p K3F9X2A::2 q9w1dfwf077yt")
        #expect(prompt.hasForeignCodes && prompt.foreignCodes == ["k3f9x2a"])
        let resolved = try prompt.resolvingForeignCodes(["k3f9x2a": "werc8gmrzge1r"])
        #expect(!resolved.hasForeignCodes)
        #expect(resolved.codes == ["werc8gmrzge1r::2", "q9w1dfwf077yt"])
        #expect(resolved.expanded(codes: []) == "a cat --p werc8gmrzge1r::2 q9w1dfwf077yt")
        let error = try #require(throws: PromptError.self) { try prompt.resolvingForeignCodes([:]) }
        #expect(error.kind == .foreignCode && error.column == 11 && error.token == "K3F9X2A")
        for remedy in ["storectl alias k3f9x2a", "before --p", "double quotes"] {
            #expect(error.description.contains(remedy))
        }
    }
}
