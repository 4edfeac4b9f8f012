/// What a writer said on its standard output, line by line.
struct WriterTranscript {
    /// One line of it, by its first word.
    enum Line: Equatable {
        /// All events up to this position are durable.
        case acknowledged(UInt64)
        /// An append, or the opening, failed.
        case failed
        /// The store was closed and opened again after a failure.
        case reopened
        case other

        init(_ text: Substring) {
            switch text.prefix(while: { $0 != " " }) {
            case "failed": self = .failed
            case "reopened": self = .reopened
            case let word: self = UInt64(word).map { .acknowledged($0) } ?? .other
            }
        }
    }

    /// The greatest position acknowledged.
    private(set) var acknowledged: UInt64?
    private(set) var acknowledgementCount = 0
    private(set) var hasFailed = false
    /// Whether something was acknowledged after a failure by a store that had not been opened again.
    private(set) var acknowledgedAfterFailure = false

    /// Reads complete lines: what follows the last line feed was cut off by the writer's death.
    init(_ output: String) {
        var isBroken = false
        for line in output[..<(output.lastIndex(of: "\n") ?? output.startIndex)].split(separator: "\n") {
            switch Line(line) {
            case .acknowledged(let position):
                acknowledged = max(acknowledged ?? 0, position)
                acknowledgementCount += 1
                if isBroken { acknowledgedAfterFailure = true }
            case .failed: (hasFailed, isBroken) = (true, true)
            case .reopened: isBroken = false
            case .other: break
            }
        }
    }
}
