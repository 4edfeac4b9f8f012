import Foundation
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

    /// Foundation's parser is the judge of what the writer writes.
    @Test func `what is written is JSON that says the same`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let value = Self.value(depth: 4, &random)
            let bytes = try JSONWriter.bytes(of: ["value": value])
            let found = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            let expected =
                try JSONSerialization.jsonObject(with: JSONEncoder().encode(["value": value])) as? NSDictionary
            #expect(found as NSDictionary? == expected, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(throws: EncodingError.self) { try JSONWriter.bytes(of: [Double.nan]) }
    }

    private static func value(depth: Int, _ random: inout SystemRandomNumberGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int.random(in: Int.min...Int.max, using: &random))
        case 3: return .number(Double.random(in: -1e9...1e9, using: &random) * 1e-7)
        case 4, 5:
            let scalars = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                UInt32.random(in: 0..<0xD800, using: &random) % [0x30, 0x80, 0xD800].randomElement(using: &random)!
            }
            return .string(String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init))))
        case 6: return .array((0..<3).map { _ in value(depth: depth - 1, &random) })
        default:
            return .object(
                Dictionary((0..<3).map { ("key\($0)\n", value(depth: depth - 1, &random)) }) { $1 })
        }
    }

    @Test func `containers of every kind are closed where they end`() throws {
        struct Nested: Encodable {
            enum Key: String, CodingKey { case first, second, list, empty }
            func encode(to encoder: any Encoder) throws {
                var object = encoder.container(keyedBy: Key.self)
                var inner = object.nestedContainer(keyedBy: Key.self, forKey: .first)
                try inner.encode(UInt64.max, forKey: .first)
                try inner.encodeNil(forKey: .second)
                var list = object.nestedUnkeyedContainer(forKey: .list)
                try list.encode("a")
                var deep = list.nestedUnkeyedContainer()
                try deep.encode(Int8.min)
                try deep.encode([Int16.min, 0, Int16.max])
                try list.encode(1.5)
                // The same object again, as documents that extend another have it.
                var again = encoder.container(keyedBy: Key.self)
                try again.encode([String](), forKey: .empty)
                try again.encode([String: Int](), forKey: .second)
            }
        }
        let text = String(decoding: try JSONWriter.bytes(of: [Nested()]), as: UTF8.self)
        #expect(
            text
                == #"[{"first":{"first":18446744073709551615,"second":null},"#
                + #""list":["a",[-128,[-32768,0,32767]],1.5],"empty":[],"second":{}}]"#)
    }
}
