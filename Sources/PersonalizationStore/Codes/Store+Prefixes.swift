internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import Projections

extension Store {
    /// The version that the beginning of a code or of a hash names, for people at a shell: six characters at least.
    ///
    /// Never for prompts, where what is unique today is ambiguous tomorrow. Cost: looks at every version.
    package func version(beginningWith text: String) throws(StoreError) -> Version {
        do throws(StoreError) { return try version(text) } catch {
            guard case .fault(.mistyped) = error else { throw error }
            let count = CodeFault.significantCount(text)
            guard count >= Self.shortestBeginning else {
                throw .fault(.tooShort(text, minimum: Self.shortestBeginning))
            }
            let candidates = try versions(beginningWith: text)
            if candidates.count > 1 {
                throw .fault(.ambiguous(text, candidates: candidates.map(\.code).sorted()))
            }
            if let version = candidates.first { return version }
            throw count < CodeFault.shortestCode ? .fault(.unknown(text)) : error
        }
    }

    /// How many characters of a code or hash are looked for at least.
    private static var shortestBeginning: Int { 6 }

    private func versions(beginningWith text: String) throws(StoreError) -> [Version] {
        let wanted = text.lowercased().filter { $0 != "-" }
        // Codes are read as people type them; hashes have neither of these letters.
        let spoken: [Character: Character] = ["o": "0", "i": "1", "l": "1"]
        let wantedCode = String(wanted.map { spoken[$0] ?? $0 })
        return try read { (view) throws(StoreError) in
            var found: [Version] = []
            for places in try view.rows(Versions.self) {
                for place in places.places {
                    let code = Code(digest: place.hash, symbolCount: Int(place.symbolCount)).description
                    guard code.hasPrefix(wantedCode) || place.hash.description.hasPrefix(wanted) else { continue }
                    found.append(try view.version(at: place))
                    if found.count > 10 { return found }
                }
            }
            return found
        }
    }
}
