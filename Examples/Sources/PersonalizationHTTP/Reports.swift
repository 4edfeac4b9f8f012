internal import Hummingbird
internal import PersonalizationStore

// What the service answers: the fields of storectl's JSON (docs/storectl-json.md).

/// Where an event is.
struct ReceiptReport: ResponseEncodable {
    let position: UInt64
    let streamVersion: UInt32
    let recordedAt: String
    let `repeat`: Bool

    init(_ receipt: Receipt) {
        position = receipt.position.number
        streamVersion = receipt.streamVersion
        recordedAt = receipt.recordedAt.rfc3339
        `repeat` = receipt.isRepeat
    }
}

/// What a prompt means.
struct ResolutionReport: ResponseEncodable {
    struct Part: Encodable {
        let code: String
        let weight: Int
        let hash: String
    }

    let prompt: String
    let model: String?
    let stylize: Int
    let minted: Bool
    let space: String?
    let codes: [Part]
    let comparisons: UInt32?
    let gain: UInt32?
    let confidence: UInt16?
    let strength: Double?
    let direction: [Int16]?

    init(_ resolution: Resolution) {
        prompt = resolution.prompt
        model = resolution.model
        stylize = resolution.stylize
        minted = resolution.didMint
        let personalization = resolution.personalization
        space = personalization?.space
        codes = (personalization?.parts ?? []).map {
            Part(code: $0.code, weight: $0.weight, hash: $0.hash.description)
        }
        comparisons = personalization?.taste.comparisonCount
        gain = personalization?.taste.gain
        confidence = personalization?.taste.confidence
        strength = personalization?.strength
        direction = personalization?.taste.direction
    }
}

/// A line of a list of codes.
struct CodeReport: ResponseEncodable {
    let code: String
    let hash: String
    let position: UInt64
    let recordedAt: String
    let recalled: Bool
    let comparisons: UInt32
    let confidence: UInt16
    let label: String?
    let revoked: Bool

    init(_ entry: CodeListEntry) {
        code = entry.version.code
        hash = entry.version.hash.description
        position = entry.position.number
        recordedAt = entry.recordedAt.rfc3339
        recalled = entry.isRecall
        comparisons = entry.version.taste.comparisonCount
        confidence = entry.version.taste.confidence
        label = entry.version.label
        revoked = entry.version.isRevoked
    }
}

/// What a code stands for.
struct VersionReport: ResponseEncodable {
    let code: String
    let hash: String
    let space: String
    let fold: String
    let comparisons: UInt32
    let rankings: Int
    let likes: Int
    let gain: UInt32
    let confidence: UInt16
    let direction: [Int16]
    let mintedAtPosition: UInt64
    let mintedAt: String
    let coversStreamVersion: UInt32
    let label: String?
    let revoked: Bool

    init(_ version: Version) {
        code = version.code
        hash = version.hash.description
        space = version.space
        fold = version.taste.foldID.description
        comparisons = version.taste.comparisonCount
        rankings = version.rankings
        likes = version.likes
        gain = version.taste.gain
        confidence = version.taste.confidence
        direction = version.taste.direction
        mintedAtPosition = version.mint.position.number
        mintedAt = version.mint.recordedAt.rfc3339
        coversStreamVersion = version.mint.coversStreamVersion
        label = version.label
        revoked = version.isRevoked
    }
}

/// That the store can be read.
struct HealthReport: ResponseEncodable {
    let status = "ok"
    let events: UInt64
}
