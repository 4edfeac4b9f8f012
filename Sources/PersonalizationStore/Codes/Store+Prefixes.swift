internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import Projections

extension Store {
    /// The version that the beginning of a code or of a hash names, for people at a shell: six characters at least.
    ///
    /// Never for prompts, where what is unique today is ambiguous tomorrow. Cost: looks at every version.
    package func version(beginningWith text: String) throws(StoreError) -> Version {
        try version(code(beginningWith: text))
    }

    /// The code that a text is, or the one of the only version whose code or hash the text begins. The version is not read.
    package func code(beginningWith text: String) throws(StoreError) -> Code {
        do throws(StoreError) { return try Code(named: text) } catch {
            guard case .fault(.mistyped) = error else { throw error }
            let count = CodeFault.significantCount(text)
            guard count >= Self.shortestBeginning else {
                throw .fault(.tooShort(text, minimum: Self.shortestBeginning))
            }
            let candidates = try codes(beginningWith: text)
            if candidates.count > 1 {
                throw .fault(.ambiguous(text, candidates: candidates.sorted().map(\.description)))
            }
            if let code = candidates.first { return code }
            throw count < CodeFault.shortestCode ? .fault(.unknown(text)) : error
        }
    }

    /// How many characters of a code or hash are looked for at least.
    private static var shortestBeginning: Int { 6 }

    private func codes(beginningWith text: String) throws(StoreError) -> [Code] {
        let wanted = text.lowercased().filter { $0 != "-" }
        // Codes are read as people type them; hashes have neither of these letters.
        let spoken: [Character: Character] = ["o": "0", "i": "1", "l": "1"]
        let wantedCode = String(wanted.map { spoken[$0] ?? $0 })
        return try read { (view) throws(StoreError) in
            var found: [Code] = []
            for places in try view.rows(Versions.self) {
                for place in places.places {
                    let code = Code(digest: place.hash, symbolCount: Int(place.symbolCount))
                    guard code.description.hasPrefix(wantedCode) || place.hash.description.hasPrefix(wanted) else {
                        continue
                    }
                    found.append(code)
                    if found.count > 10 { return found }
                }
            }
            return found
        }
    }
}
