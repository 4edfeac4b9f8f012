import PersonalizationStore
import Testing

/// What is wrong with JSON is said for what it is, and nothing is taken that may mean two things.
@Suite struct JSONFlawTests {
    @Test(arguments: [
        (#"{"kind":"like","user":"a","user":"b","space":"v6","image":"i"}"#, "'user' is there twice"),
        (#"{"kind":"like","user":"a","\u0075ser":"a","space":"v6","image":"i"}"#, "'user' is there twice"),
        (#"{"kind":"like","note":1,"user":"a","space":"v6","image":"i","note":2}"#, "'note' is there twice"),
        (
            #"{"kind":"like","user":"a","space":"v6","image":"i","more":[{"a":1,"b":{},"a":2}]}"#,
            "'more.0.a' is there twice"
        ),
        (
            #"{"kind":"settings","user":"a","space":"v6","pinned":[{"code":"x","code":"y","weight":1}]}"#,
            "'pinned.0.code' is there twice"
        ),
        (
            #"{"kind":"image","space":"v6","id":"i","embedding":[1,1e400]}"#,
            "1e400 of the field 'embedding.1' is out of range"
        ),
        (#"{"kind":"like","user":"a","space":"v6","image":"i","note":-1E+999}"#, "out of range"),
        (#"{"kind":"like","user":"a","space":"v6","image":"i","at":1700000000000.5}"#, "whole milliseconds"),
        (#"{"kind":"like","user":"a","space":"v6","image":"i","at":true}"#, "RFC 3339"),
        (#"{"kind":"like","user":"a","space":"v6","image":"i","at":9223372036854775807}"#, "years 1 to 9999"),
        (#"{"kind":"like","user":"a","space":"v6","image":"i","position":-1}"#, "'position'"),
        (#"{"kind":"image","space":"v6","id":"i","embeddingQ14":[40000]}"#, "'embeddingQ14'"),
        (#"{"kind":"settings","user":"a","pinned":[{"code":"x","weight":0.5}]}"#, "'pinned"),
        ("[]", "not a JSON object"), ("7", "not a JSON object"), (#"{"kind":"like""#, "not a JSON object"),
    ])
    func `a line's flaw is named`(line: String, says: String) throws {
        let error = try #require(throws: InterchangeFault.self) {
            try NewEvent(interchangeJSON: Array(line.utf8))
        }
        #expect(error.description.contains(says), "\(error)")
    }

    @Test(arguments: [300, 2000, 200_000])
    func `nesting that is too deep is called that`(depth: Int) throws {
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let line = #"{"kind":"like","user":"a","space":"v6","image":"i","more":\#(nested)}"#
        let error = try #require(throws: InterchangeFault.self) { try NewEvent(interchangeJSON: Array(line.utf8)) }
        #expect(error.description.contains("nested more than"), "\(error)")
    }

    @Test func `keys that are the same only to Unicode are two keys`() throws {
        let line = "{\"kind\":\"like\",\"user\":\"a\",\"space\":\"v6\",\"image\":\"i\",\"\u{E9}\":1,\"e\u{301}\":2}"
        #expect(try NewEvent(interchangeJSON: Array(line.utf8)).profile?.user == "a")
        let nested = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let deep = #"{"kind":"like","user":"a","space":"v6","image":"i","more":\#(nested)}"#
        #expect(try NewEvent(interchangeJSON: Array(deep.utf8)).profile?.user == "a")
    }

    @Test func `a flaw in an array is placed`() throws {
        let array = #"[{"kind":"like","user":"a","space":"v6","image":"i"},{"kind":"like","image":"i","image":"j"}]"#
        let error = try #require(throws: InterchangeError.self) {
            try NewEvent.list(interchangeJSON: Array(array.utf8))
        }
        #expect(error.line == 2 && error.description.contains("'image' is there twice"), "\(error)")
    }

    @Test(arguments: [#""at":"2024-05-01t12:00:00z""#, #""at":"2024-05-01T12:00:00Z""#, #""at":1714564800000"#])
    func `a time in either case is the same time`(at: String) throws {
        let line = #"{"kind":"like","user":"a","space":"v6","image":"i",\#(at)}"#
        #expect(try NewEvent(interchangeJSON: Array(line.utf8)).occurredAt == 1_714_564_800_000)
    }
}
