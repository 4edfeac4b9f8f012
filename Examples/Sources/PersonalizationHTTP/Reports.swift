public import Hummingbird
public import PersonalizationStore

// The store's own documents are answered as they are (docs/storectl-json.md).
extension Receipt: @retroactive ResponseEncodable {}
extension Resolution: @retroactive ResponseEncodable {}
extension CodeListEntry: @retroactive ResponseEncodable {}
extension Version: @retroactive ResponseEncodable {}
extension ComparisonProgress: @retroactive ResponseEncodable {}
extension ImagePair: @retroactive ResponseEncodable {}

/// That the store can be read.
struct HealthReport: ResponseEncodable {
    let status = "ok"
    let events: UInt64
}
