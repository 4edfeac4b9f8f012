import PersonalizationStore

extension ProfileSummary {
    /// What a list says of the profile besides its names and codes.
    var notes: String {
        var notes: [String] = []
        if let label { notes.append("“\(label)”") }
        if isBoard { notes.append("board") }
        if isShared { notes.append("shared") }
        if isArchived { notes.append("archived") }
        return notes.joined(separator: ", ")
    }

    /// The profile for people.
    var text: TerminalText {
        let notes = notes.isEmpty ? "" : "  \(notes)"
        return "\(name)  \(reference)\(notes)"
    }
}

extension [ProfileSummary] {
    /// The list for people.
    var text: TerminalText {
        if isEmpty { return "no profile; the first ranking or like opens one, or 'storectl profile create'" }
        let rows = map { profile in
            [
                profile.name.profile, profile.name.space, profile.reference, profile.newestCode?.description ?? "–",
                "\(profile.revision)", profile.notes,
            ]
        }
        return Output.table([["PROFILE", "SPACE", "REFERENCE", "NEWEST CODE", "EVENTS", ""]] + rows)
    }
}
