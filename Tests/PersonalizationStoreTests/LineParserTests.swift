import PersonalizationStore
import SeededRandom
import Testing

/// The fast reader of lines takes what `JSONDecoder` takes, and reads the same in it.
@Suite struct LineParserTests {
    /// Lines that nearly all of an import consists of.
    static let usual = [
        #"{"kind":"rank","user":"u1","space":"v6","winner":"flowers/1","loser":"flowers/2"}"#,
        #"{"kind":"rank","user":"u1","profile":"p","space":"v6","winner":"a","loser":"b","at":1700000000000}"#,
        #" { "loser" : "b\/ü\n\"" , "winner":"\ud83d\ude00","user":"u1","kind":"rank","at":"2024-05-01T12:00:00Z"} "#,
        #"{"kind":"like","user":"u1","space":"v6","image":"a","eventID":"3f0c2a44-6f1e-4f0a-9a54-1d3f6c1d2e3f"}"#,
        #"{"kind":"unlike","user":"é","image":"a","position":18446744073709551615,"recordedAt":"2024-05-01T12:00:00Z"}"#,
        #"{"kind":"image","space":"v6","id":"i","author":null,"embedding":[0.648,-0.11,1,0,-0.5,1e-3,123456789.123456789]}"#,
        #"{"kind":"image","space":"v6","id":"i","author":"ann","embeddingQ14":[16384,-16384,0],"more":{"a":[1,{}]}}"#,
        #"{"kind":"image","id":"i","embedding":[]}"#,
    ]

    @Test(arguments: usual)
    func `it reads what the decoder reads`(line: String) throws {
        let json = Array(line.utf8)
        let parser = LineParser()
        let read = parser.parse(json)
        let fast = try #require(read)
        #expect(Self.areSame(fast, try InterchangeLine(decoding: json)))
    }

    @Test(arguments: [
        "", "{}", "[]", "nonsense", #"{"kind":"rank""#, #"{"kind":"rank"} {"#, #"{"kind":"space","name":"v6"}"#,
        #"{"kind":"rank","user":5}"#, #"{"kind":"rank","user":"a","user":"b"}"#, #"{"kind":"like","at":1.5}"#,
        #"{"kind":"like","at":99999999999999999999}"#, #"{"kind":"like","position":-1}"#,
        #"{"kind":"image","embeddingQ14":[40000]}"#, #"{"kind":"image","embedding":["a"]}"#,
        #"{"kind":"image","embedding":[1e999]}"#, #"{"kind":"image","embedding":[1e-999]}"#,
        #"{"kind":"image","embedding":[1,-0,0.5]}"#,
        #"{"kind":"like","image":"\ud800"}"#,
        #"{"kind":"like","image":"\udc00"}"#,
        "{\"kind\":\"like\",\"image\":\"\u{0}\"}", "\u{FEFF}{\"kind\":\"like\"}",
    ])
    func `it leaves what is unusual or wrong to the decoder`(line: String) {
        let parser = LineParser()
        let read = parser.parse(Array(line.utf8))
        #expect(read == nil)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `lines with random changes mean the same to both`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let parser = LineParser()
        var takenCount = 0
        for _ in 0..<5000 {
            var json = Array(generator.pick(Self.usual).utf8)
            for _ in 0...Int.random(in: 0...2, using: &generator) { Self.change(&json, &generator) }
            guard let fast = parser.parse(json) else { continue }
            takenCount += 1
            guard let slow = try? InterchangeLine(decoding: json) else {
                Issue.record("only the fast reader takes \(String(decoding: json, as: UTF8.self))")
                continue
            }
            #expect(Self.areSame(fast, slow), "\(String(decoding: json, as: UTF8.self))")
        }
        #expect(takenCount > 500, "most changes break a line, but not all")
    }

    /// Whether two lines hold the same bytes and numbers.
    private static func areSame(_ fast: InterchangeLine, _ slow: InterchangeLine) -> Bool {
        fast == slow && fast.json().utf8.elementsEqual(slow.json().utf8)
    }

    /// Changes, removes or adds a byte, or repeats a stretch.
    private static func change(_ json: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !json.isEmpty else { return }
        let index = Int.random(in: json.indices, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: json[index] = UInt8.random(in: 0...255, using: &generator)
        case 1: json[index] = generator.pick(Array(#"{}[]",:\0123456789eE+-.tfnu "#.utf8))
        case 2: json.remove(at: index)
        default:
            let end = min(json.count, index + Int.random(in: 1...20, using: &generator))
            json.insert(contentsOf: json[index..<end], at: Int.random(in: json.indices, using: &generator))
        }
    }
}
