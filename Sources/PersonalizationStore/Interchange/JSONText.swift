#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Strings of JSON.
enum JSONText {
    /// What a string literal with escapes stands for; its own bytes when it stands for nothing.
    static func unescaped(_ literal: ArraySlice<UInt8>) -> [UInt8] {
        // A string alone is no document to older decoders.
        let document = Data([UInt8(ascii: "[")] + literal + [UInt8(ascii: "]")])
        guard let strings = try? JSONDecoder().decode([String].self, from: document), let string = strings.first else {
            return Array(literal)
        }
        return Array(string.utf8)
    }
}
