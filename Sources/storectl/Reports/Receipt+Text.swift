import PersonalizationStore

extension Receipt {
    /// The receipt for people.
    var text: TerminalText {
        isRepeat
            ? "position \(position), stream version \(streamVersion): there already"
            : "position \(position), stream version \(streamVersion)"
    }
}
