import StoreHTTP
import Testing

@Suite struct JSONTests {
    @Test func `what JSON has is read`() throws {
        let text = #" {"a": [1, -2.5, 1e2, true, false, null], "b": "\u00e9\ud83d\ude00\n\"", "c": {}} "#
        let value = try JSONParser.parse(Array(text.utf8))
        #expect(value["a"] == [1, .number(-2.5), .number(100), true, false, .null])
        #expect(value["b"]?.text == "é😀\n\"")
        #expect(value["c"] == [:])
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "[1 2]", "{\"a\" 1}", "{a: 1}", "01", "1.", ".5", "1e", "-", "+1", "nul", "truee", "\"",
        "\"\\x\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\u12\"", "\"\u{1}\"", "1e999", "{} {}",
        "{\"a\":1,\"a\":2}",
        String(repeating: "[", count: 100_000),
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONParser.Fault.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func `any bytes are answered or refused`() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:\\u019eE+-. tfn\u{0}é".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            _ = try? JSONParser.parse(bytes)
        }
    }
}

@Suite struct CommandLineTests {
    @Test func `flags are settings, with a space or an equals sign`() throws {
        let request = try CommandLineRequest(["--http-port", "90", "--store-path=a=b", "--config", "file"])
        #expect(request == .serve(settings: ["http.port": "90", "store.path": "a=b"], file: "file"))
        #expect(try CommandLineRequest(["--help"]) == .help)
        #expect(
            try CommandLineRequest(["token", "--keys-file", "k", "--user", "ada"])
                == .token(file: "k", user: "ada", seconds: 3600))
    }

    @Test(arguments: [
        ["--htp-port", "1"], ["--http-port"], ["--http-port", "1", "--http-port", "2"], ["serve"], ["keys"],
        ["token", "--user", "a"], ["token", "--keys-file", "k", "--user", "a", "--seconds", "0"],
    ])
    func `a command line that cannot be meant is refused`(arguments: [String]) {
        #expect(throws: CommandLineRequest.Fault.self) { _ = try CommandLineRequest(arguments) }
    }

    @Test func `the help names every setting`() {
        for setting in Setting.all { #expect(CommandLineRequest.helpText.contains(setting.flag)) }
    }
}
