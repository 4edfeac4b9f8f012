import ByteCoding
import CodeRegistry
import Foundation
import SeededRandom
import TestSupport
import Testing

@Suite struct `A code` {
    @Test(arguments: CodeVectors.codes)
    func `spells the first bits of a hash as the vectors do`(digest: String, symbolCount: Int, text: String) throws {
        let digest = try #require(SHA256Digest(hex: digest))
        let code = Code(digest: digest, symbolCount: symbolCount)
        #expect(code.description == text)
        #expect(code.symbolCount == symbolCount)
        #expect(code.prefixBits == digest.words.0 / 16)
        #expect(try Code(text) == code)
        #expect(code.matches(digest))
    }

    @Test func `has thirteen characters unless asked for more`() {
        let digest = SHA256Digest(hashing: [1, 2, 3])
        #expect(Code(digest: digest) == Code(digest: digest, symbolCount: 12))
        #expect(Code(digest: digest).description.count == 13)
    }

    @Test func `reads the same in any case, with hyphens, and with O, I and L for 0 and 1`() throws {
        let digest = try #require(SHA256Digest(hex: CodeVectors.codes[2].digest))
        let code = Code(digest: digest)
        #expect(code.description == "000g40r40m30f")
        for text in ["000G40R40M30F", "oOog4or4om3of", "000g-40r4-0m30-f", "-000g40r40m30f-", "00--0g40r40m30f"] {
            #expect(try Code(text) == code)
        }
        let one = try #require(SHA256Digest(hex: CodeVectors.codes[4].digest))
        for text in ["0000000000012", "00000000000i2", "00000000000L2", "00000000000I2", "ooooOOOO000l2"] {
            #expect(try Code(text) == Code(digest: one))
        }
        #expect(try Code("a 000g40r40m30f b".dropFirst(2).dropLast(2)) == code)
    }

    @Test(arguments: ["u", "U", "*", " ", "ö", "—", "\u{0}", "1\u{301}", "🦊"])
    func `refuses a character that is in no code, and names it`(character: String) {
        #expect(throws: CodeError.malformed(.character(Character(character), column: 7))) {
            try Code("0000-0" + character + "000012")
        }
    }

    @Test func `refuses every other length, and names it`() {
        for count in Array(0..<13) + [32, 33, 63, 65, 100] {
            #expect(throws: CodeError.malformed(.length(count))) {
                try Code(String(repeating: "0", count: count) + "--")
            }
        }
        for count in 13...31 {
            #expect(throws: Never.self) { try Code(String(repeating: "0", count: count)) }
        }
    }

    @Test func `is in the order of the hashes, the shorter first`() {
        var generator = SeededGenerator(seed: 5)
        var digests = (0..<100).map { _ in
            SHA256Digest(words: (generator.next() % 3 << 60, generator.next() % 3, generator.next(), generator.next()))
        }
        digests.sort()
        let codes = digests.map { Code(digest: $0, symbolCount: 30) }
        #expect(codes.shuffled(using: &generator).sorted() == codes)
        for digest in digests {
            let lengths = (12...30).map { Code(digest: digest, symbolCount: $0) }
            #expect(lengths.shuffled(using: &generator).sorted() == lengths)
            #expect(Set(lengths).count == lengths.count)
        }
    }

    @Test func `matches a hash by the bits that it shows and no others`() {
        let words: (UInt64, UInt64, UInt64, UInt64) = (0x0123_4567_89AB_CDEF, .max / 3, .max / 5, .max / 7)
        for symbolCount in 12...30 {
            let code = Code(digest: SHA256Digest(words: words), symbolCount: symbolCount)
            for bit in 0..<256 {
                let flipped = flipping(bit, of: words)
                #expect(code.matches(flipped) == (bit >= 5 * symbolCount), "\(symbolCount) symbols, bit \(bit)")
            }
        }
    }

    private func flipping(_ bit: Int, of words: (UInt64, UInt64, UInt64, UInt64)) -> SHA256Digest {
        var all = [words.0, words.1, words.2, words.3]
        all[bit / 64] ^= 1 << UInt64(63 - bit % 64)
        return SHA256Digest(words: (all[0], all[1], all[2], all[3]))
    }
}

@Suite struct `The check symbol` {
    /// 10,000 codes in shards, so that both cores and the debug build finish in seconds.
    static let shards = Array(0..<8)
    static let codesPerShard = 1_250

    @Test(arguments: shards)
    func `catches every wrong character and every swap of two`(shard: Int) {
        let seed = UInt64(0xC0DE_0000 + shard)
        print("check symbol, shard \(shard): seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<Self.codesPerShard {
            let digest = SHA256Digest(words: (generator.next(), generator.next(), 0, 0))
            let text = Array(Code(digest: digest).description.utf8)
            let missed = missedSubstitutions(in: text) + missedSwaps(in: text)
            guard missed.isEmpty else {
                Issue.record("not caught in \(Code(digest: digest)), seed \(seed): \(missed)")
                return
            }
        }
    }

    @Test(arguments: 12...30)
    func `does so at every length`(symbolCount: Int) {
        let seed = UInt64(symbolCount)
        print("check symbol, \(symbolCount) symbols: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let words = (generator.next(), generator.next(), generator.next(), generator.next())
            let code = Code(digest: SHA256Digest(words: words), symbolCount: symbolCount)
            let text = Array(code.description.utf8)
            #expect(missedSubstitutions(in: text) + missedSwaps(in: text) == [])
        }
    }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    private func missedSubstitutions(in text: [UInt8]) -> [String] {
        var missed: [String] = []
        let alphabet = Self.alphabet
        for place in text.indices {
            var changed = text
            for character in alphabet where character != text[place] {
                changed[place] = character
                if !isMistyped(changed) { missed.append(String(decoding: changed, as: UTF8.self)) }
            }
        }
        return missed
    }

    private func missedSwaps(in text: [UInt8]) -> [String] {
        var missed: [String] = []
        var changed = text
        for left in text.indices {
            for right in (left + 1)..<max(left + 1, text.count) where text[left] != text[right] {
                changed.swapAt(left, right)
                if !isMistyped(changed) { missed.append(String(decoding: changed, as: UTF8.self)) }
                changed.swapAt(left, right)
            }
        }
        return missed
    }

    /// Reads without throwing: the testing library records a backtrace at every throw, five million times.
    private func isMistyped(_ text: [UInt8]) -> Bool {
        if case .failure(.mistyped) = Code.read(String(decoding: text, as: UTF8.self)) { return true }
        return false
    }
}

@Suite struct `Corrections of a mistyped code` {
    static let codes: [Code] = {
        var generator = SeededGenerator(seed: 77)
        return (0..<200).map { _ in Code(digest: SHA256Digest(words: (generator.next(), 0, 0, 0))) }
    }()

    @Test func `find the code that one edit turned into the text`() {
        for code in Self.codes.prefix(20) {
            let text = Array(code.description)
            for place in text.indices {
                var substituted = text, swapped = text, shortened = text, lengthened = text
                substituted[place] = text[place] == "u" ? "0" : "u"
                shortened.remove(at: place)
                lengthened.insert("u", at: place)
                var edits = [substituted, shortened, lengthened]
                if place > 0, text[place] != text[place - 1] {
                    swapped.swapAt(place, place - 1)
                    edits.append(swapped)
                }
                for edit in edits {
                    #expect(Code.corrections(of: String(edit).uppercased(), among: Self.codes) == [code])
                }
            }
        }
    }

    @Test func `find nothing further away`() {
        let code = Self.codes[0]
        #expect(code.description.hasSuffix("u") == false)
        let text = Array(code.description)
        #expect(Code.corrections(of: String(text), among: Self.codes) == [], "no edit")
        #expect(Code.corrections(of: "u" + String(text.dropFirst().dropLast()) + "u", among: Self.codes) == [])
        #expect(Code.corrections(of: String(text.dropFirst(2)), among: Self.codes) == [])
        #expect(Code.corrections(of: "uu" + String(text), among: Self.codes) == [])
        #expect(Code.corrections(of: "", among: Self.codes) == [])
    }

    @Test func `keep the candidates' order and name each that is near`() throws {
        let near = ["0000000000012", "0000000000000", "g00000000000v"].map { text in
            CodeVectors.codes.first { $0.code == text }.flatMap { SHA256Digest(hex: $0.digest) }
        }
        let codes = try near.map { Code(digest: try #require($0)) }
        #expect(Code.corrections(of: "0000000000010", among: codes) == Array(codes[0...1]))
        #expect(Code.corrections(of: "0000000000010", among: codes.reversed()) == [codes[1], codes[0]])
    }
}

@Suite struct `A whole hash` {
    private let digest = SHA256Digest(hashing: Array("abc".utf8))

    @Test func `is a code in any case and with hyphens, and never equal to the short one`() throws {
        let hash = digest.description
        #expect(try Code("Q9W1-DFWF-O77Y-T" as String).description == "q9w1dfwf077yt")
        for text in [hash, hash.uppercased(), hash.prefix(32) + "-" + hash.suffix(32)] {
            let code = try Code(text)
            #expect(code == Code(hash: digest) && code.wholeHash == digest && code.symbolCount == nil)
            #expect(code.description == hash)
            #expect(code.matches(digest))
            #expect(!code.matches(SHA256Digest(hashing: [])))
            #expect(code != Code(digest: digest) && Code(digest: digest) < code)
            #expect(Code(digest: digest).wholeHash == nil)
        }
    }

    @Test func `that is mistyped has the code's error`() {
        let hash = digest.description
        #expect(throws: CodeError.malformed(.length(63))) { try Code(hash.dropLast()) }
        #expect(throws: CodeError.malformed(.length(65))) { try Code(hash + "0") }
        #expect(throws: CodeError.malformed(.character("u", column: 64))) {
            try Code(hash.dropLast() + "u")
        }
        #expect(throws: CodeError.mistyped) { try Code("q9w1dfwf077yy" as String) }
    }

    @Test func `differs by any of its bits`() throws {
        for bit in 0..<256 {
            var bytes = digest.bytes
            bytes[bit / 8] ^= 0x80 >> (bit % 8)
            let other = try SHA256Digest(bytes: bytes.span.bytes)
            #expect(!Code(hash: digest).matches(other) && Code(hash: digest) != Code(hash: other))
            #expect((Code(hash: digest) < Code(hash: other)) == (digest < other))
        }
    }
}

@Suite struct `A code in JSON` {
    @Test func `is its canonical spelling, and is read in any`() throws {
        let digest = SHA256Digest(hashing: Array("abc".utf8))
        let codes = [Code(digest: digest), Code(digest: digest, symbolCount: 30), Code(hash: digest)]
        let json = try JSONEncoder().encode(codes)
        #expect(try JSONDecoder().decode([String].self, from: json) == codes.map(\.description))
        #expect(try JSONDecoder().decode([Code].self, from: json) == codes)
        #expect(try JSONDecoder().decode([Code].self, from: Data(#"["Q9W1-DFWF-O77Y-T"]"#.utf8)) == [codes[0]])
    }

    @Test(arguments: ["", "q9w1dfwf077yy", "u", "uthv15vt96ygbh"])
    func `that is none is refused with the reason`(text: String) throws {
        let json = try JSONEncoder().encode([text])
        let error = try #require(throws: DecodingError.self) { try JSONDecoder().decode([Code].self, from: json) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("another error: \(error)")
            return
        }
        #expect(context.underlyingError is CodeError)
    }

    @Test func `has a weight beside it, one unless it is given`() throws {
        let read = try JSONDecoder().decode(
            [WeightedCode].self, from: Data(#"[{"code":"q9w1dfwf077yt"},{"code":"q9w1dfwf077yt","weight":7}]"#.utf8))
        #expect(read == ["q9w1dfwf077yt", "q9w1dfwf077yt::7"])
        #expect(try JSONDecoder().decode([WeightedCode].self, from: JSONEncoder().encode(read)) == read)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(WeightedCode.self, from: Data(#"{"code":"q9w1dfwf077yt","weight":0.5}"#.utf8))
        }
    }
}

@Suite struct `A weighted code` {
    @Test(arguments: [
        ("q9w1dfwf077yt", 1), ("Q9W1-DFWF-077Y-T::2", 2), ("q9w1dfwf077yt::1000", 1000),

    ])
    func `is read as a prompt spells it`(text: String, weight: Int) throws {
        let code = try WeightedCode(text)
        #expect(code.code == "q9w1dfwf077yt" && code.weight == weight)
        #expect(try WeightedCode(code.description) == code)
        #expect(code.description == (weight == 1 ? "q9w1dfwf077yt" : "q9w1dfwf077yt::\(weight)"))
    }

    @Test(arguments: [
        ":", "::", ":2", ":::2", "::0", "::1001", "::-1", "::+2", "::2::3", "::2 ", ":: 2", "::99999999999999999999",
        "::x",
        "::²", "::07",
    ])
    func `with something else behind the code than a weight is refused`(rest: String) {
        #expect(throws: CodeError.weight(rest)) { try WeightedCode("q9w1dfwf077yt" + rest) }
    }

    @Test(arguments: ["", "::2", "q9w1dfwf077yy::2", "uthv15vt96ygbh::2", "x"])
    func `of no code is refused as that`(text: String) {
        let error = #expect(throws: CodeError.self) { try WeightedCode(text) }
        if case .weight = error { Issue.record("the weight is blamed") }
    }
}
