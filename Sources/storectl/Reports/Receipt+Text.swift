import PersonalizationStore

extension Receipt {
    /// The receipt for people.
    var text: TerminalText {
        isRepeat
            ? "position \(position), revision \(revision): there already"
            : "position \(position), revision \(revision)"
    }
}
