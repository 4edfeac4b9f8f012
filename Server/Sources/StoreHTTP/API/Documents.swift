/// The documents that routes answer with, as JSON Schema says them: the components of the OpenAPI document.
///
/// Clients must take members that are not in it: new ones may come.
enum Documents {
    static let receipt = reference("Receipt")
    static let receipts = list(receipt)
    static let version = reference("Version")
    static let codeEntry = reference("CodeEntry")
    static let resolution = reference("Resolution")
    static let progress = reference("Progress")
    static let explanation = reference("Explanation")
    static let space = reference("Space")
    static let scoredImage = reference("ScoredImage")
    static let settings = reference("Settings")
    static let alias = reference("Alias")
    static let profile = reference("Profile")
    static let profileChange = reference("ProfileChange")
    static let board = reference("Board")
    static let userReport = reference("UserReport")
    static let erasureReport = reference("ErasureReport")
    static let house = reference("House")
    static let problem = reference("Problem")
    /// A body that is no JSON document.
    static let text: JSONValue = ["type": "string"]
    static let bytes: JSONValue = ["type": "string", "format": "binary"]

    /// All of them, by name.
    static let components: [String: JSONValue] = ofTastes.merging(ofPeople) { $1 }

    private static let ofTastes: [String: JSONValue] = [
        "Receipt": object(
            [
                "position": whole("Its place in the log."), "revision": whole("Its place in its stream."),
                "recordedAt": time, "repeat": flag("Whether it was in the log already."),
            ], about: "Where an event is. It is durable when there is a receipt."),
        "Version": object(
            [
                "code": string("The code."), "hash": hash, "space": string("The space."),
                "fold": string("The fold that made it."), "comparisons": whole("Comparisons behind it."),
                "rankings": whole("Rankings among them."), "likes": whole("Likes among them."),
                "gain": whole("In logits per unit cosine, times 256."), "confidence": thousandths,
                "direction": list(["type": "integer"]), "mintedAtPosition": whole("Where it was minted."),
                "mintedAt": time, "foldedThrough": whole("How many events of the stream it covers."),
                "revoked": flag("Whether prompts may not use it."),
            ], ["label": string("What its owner calls it.")], about: "What a code stands for; the direction is in Q14."),
        "CodeEntry": object(
            [
                "code": string("The code."), "hash": hash, "position": whole("Where it was minted or recalled."),
                "recordedAt": time, "recalled": flag("Whether the taste came back to an earlier version."),
                "comparisons": whole("Comparisons behind it."), "confidence": thousandths,
                "revoked": flag("Whether prompts may not use it."),
            ], ["label": string("What its owner calls it.")], about: "One of a user's codes, in short."),
        "Resolution": object(
            [
                "prompt": string("The prompt with its codes written out."), "stylize": whole("What --s is."),
                "minted": flag("Whether a version was minted or recalled."),
                "codes": list(
                    object(["code": string("The code."), "weight": whole("Its weight."), "hash": hash])),
            ],
            [
                "model": string("The model."), "space": string("The space."),
                "comparisons": whole("Comparisons behind the taste."),
                "gain": whole("In logits per unit cosine, times 256."), "confidence": thousandths,
                "strength": number("How far to steer, 0 to 1."), "direction": list(["type": "integer"]),
            ], about: "What a prompt means; without personalization there are no codes and no direction."),
        "Progress": object(
            [
                "have": whole("Comparisons that there are."), "need": whole("Comparisons that --p needs."),
                "rankings": whole("Rankings among them."), "likes": whole("Likes among them."),
                "ready": flag("Whether --p works."), "confidence": thousandths,
            ], ["stability": thousandths], about: "How far a user is; 'stability' comes with the fifth comparison."),
        "Explanation": object(
            [
                "version": version, "confidenceInWords": string("The confidence in words."),
                "choices": list(choice), "contradicted": list(choice), "nearest": list(scoredImage),
                "farthest": list(scoredImage),
            ], about: "Why a version is as it is."),
        "Space": object(
            [
                "name": string("The name."), "id": string("The descriptor's id."),
                "dimension": whole("How many numbers an embedding has."),
                "threshold": whole("Comparisons that --p needs."), "position": whole("Where it was defined."),
            ], about: "A space of embeddings."),
        "ScoredImage": object(
            ["id": string("The image."), "score": number("Logits above the catalogue's mean.")]),
        "Settings": object(
            [
                "always": flag("Whether every prompt is personalized."),
                "ownChoicesOnly": flag("Whether new codes start from the user's own choices only."),
                "profiles": list(
                    object(["profile": string("A profile that --p means."), "weight": whole("Its weight.")])),
                "pinned": list(object(["code": string("The code."), "weight": whole("Its weight.")])),
            ], about: "A user's settings in a space."),
        "Alias": object(
            [
                "alias": string("The other service's code."), "space": string("The space."),
                "code": string("The code that it means."), "hash": hash, "position": whole("Where it was said."),
                "recordedAt": time, "revoked": flag("Whether prompts may not use it."),
            ], ["label": string("What the version's owner calls it.")],
            about: "A code of another service, and what it means in a space."),
        "House": object(
            [
                "code": string("The code."), "hash": hash, "contributors": whole("How many people it is of."),
                "asOf": whole("Up to which position they were read."),
                "comparisons": whole("Comparisons of all of them."),
                "gain": whole("In logits per unit cosine, times 256."), "confidence": thousandths,
                "revoked": flag("Whether prompts may not use it."),
            ], ["label": string("What the operator calls it.")],
            about: "What the tastes of a space's people have in common."),
        "Problem": object(
            [
                "type": string("A URN of the kind."), "title": string("The status in words."),
                "status": whole("The status."), "detail": string("What happened, to what, and the remedy."),
                "kind": string("A word for programs."),
            ],
            [
                "column": whole("Where in the prompt, in characters from 1."), "token": string("What stands there."),
                "line": whole("The line of the body."), "event": whole("The event of the batch, from 1."),
                "have": whole("Comparisons that there are."), "need": whole("Comparisons that are needed."),
                "suggestions": list(text), "candidates": list(text),
            ], about: "RFC 9457. 'kind' is a word of storectl --json or one of the server's."),
    ]

    // MARK: Making schemas

    /// An object with members that are always there and members that may be missing.
    static func object(
        _ required: [String: JSONValue], _ optional: [String: JSONValue] = [:], about: String? = nil
    ) -> JSONValue {
        var document: [String: JSONValue] = [
            "type": "object", "properties": .object(required.merging(optional) { $1 }),
            "required": .array(required.keys.sorted().map { .string($0) }),
        ]
        document["description"] = about.map { .string($0) }
        return .object(document)
    }

    static func list(_ element: JSONValue) -> JSONValue { ["type": "array", "items": element] }
    /// What is null when there is nothing.
    static func nullable(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }
    static func whole(_ about: String) -> JSONValue {
        ["type": "integer", "minimum": 0, "description": .string(about)]
    }
    static func number(_ about: String) -> JSONValue { ["type": "number", "description": .string(about)] }
    static func string(_ about: String) -> JSONValue { ["type": "string", "description": .string(about)] }
    static func flag(_ about: String) -> JSONValue { ["type": "boolean", "description": .string(about)] }

    private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    static let time: JSONValue = ["type": "string", "format": "date-time"]
    static let hash: JSONValue = ["type": "string", "pattern": "^[0-9a-f]{64}$"]
    private static let thousandths: JSONValue = [
        "type": "integer", "minimum": 0, "maximum": 1000, "description": "In thousandths.",
    ]
    private static let choice = object(
        [
            "position": whole("The event."), "winner": string("The preferred image."),
            "share": number("What it contributes to the direction; all shares sum to 1."),
            "weight": number("The dual weight, 0 to 1."),
            "probability": number("What the version gives to the choice as it was made."),
        ], ["loser": string("The other image; a like has none.")])
}
