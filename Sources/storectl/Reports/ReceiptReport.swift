import PersonalizationStore

/// A receipt as `--json` prints it.
struct ReceiptReport: Encodable {
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

extension Receipt {
    /// The receipt for people.
    var text: String {
        isRepeat
            ? "position \(position), stream version \(streamVersion): there already"
            : "position \(position), stream version \(streamVersion)"
    }
}
