import PersonalizationStore

extension Receipt {
    /// The receipt for people.
    var text: String {
        isRepeat
            ? "position \(position), stream version \(streamVersion): there already"
            : "position \(position), stream version \(streamVersion)"
    }
}
