import ByteCoding
import PersonalizationStore

/// What is said of profiles as a whole.
extension TasteModel {
    /// What was last said of a profile, now or right after an event.
    func state(of profile: ProfileName, asOf position: Position? = nil) -> ProfileChange {
        for event in events(of: profile).reversed() where position.map({ event.position <= $0 }) ?? true {
            if case .profileChanged(_, let change) = event.content { return change }
        }
        return ProfileChange(reference: referenceBits(of: profile))
    }

    /// The first 60 bits of the hash that a profile's reference spells (docs/format-codes.md).
    func referenceBits(of profile: ProfileName) -> UInt64 {
        let hash = SHA256Digest(hashing: Array("pstore.reference\0\0".utf8) + profileDigest(of: profile)).bytes
        return hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } >> 4
    }

    /// A change of what is said of a profile; what holds already is no event.
    mutating func change(
        _ profile: ProfileName, eventID: EventID? = nil, _ change: (inout ProfileChange) -> Void
    ) -> ExpectedReceipt? {
        guard streams[profile] != nil else { return nil }
        let before = state(of: profile)
        var after = before
        change(&after)
        if after != before {
            let event = add(.profileChanged(profile, after), to: profile, eventID: eventID)
            return ExpectedReceipt(position: event.position, revision: event.revision, isRepeat: false)
        }
        let last = events(of: profile).last { event in
            if case .profileChanged = event.content { true } else { false }
        }
        let event = last ?? events(of: profile)[0]
        return ExpectedReceipt(position: event.position, revision: event.revision, isRepeat: true)
    }

    /// A profile, a board perhaps, with its first events.
    mutating func create(_ profile: ProfileName, label: String, isBoard: Bool, images: [String]) {
        let change = ProfileChange(isBoard: isBoard, reference: referenceBits(of: profile), label: label)
        add(.profileChanged(profile, change), to: profile)
        for image in images { add(.like(profile, image: image), to: profile) }
    }

    /// The summaries of a user's profiles in the order of their opening, now or right after an event.
    func profiles(of user: String, asOf position: Position? = nil) -> [ProfileSummary.Expected] {
        let limit = position ?? Position(.max)
        var summaries: [(opening: Position, summary: ProfileSummary.Expected)] = []
        for (name, positions) in streams where name.user == user && positions[0] <= limit {
            let state = state(of: name, asOf: position)
            let revision = positions.filter { $0 <= limit }.count
            summaries.append(
                (
                    positions[0],
                    ProfileSummary.Expected(
                        name: name, label: state.label.isEmpty ? nil : state.label, isBoard: state.isBoard,
                        isArchived: state.isArchived, isShared: state.isShared, revision: UInt32(revision),
                        newestCode: codes(of: name, asOf: position).first?.name.code)
                ))
        }
        return summaries.sorted { $0.opening < $1.opening }.map(\.summary)
    }
}

extension ProfileSummary {
    /// What a summary must say, its time and reference aside.
    struct Expected: Equatable {
        let name: ProfileName
        let label: String?
        let isBoard: Bool
        let isArchived: Bool
        let isShared: Bool
        let revision: UInt32
        let newestCode: Code?
    }

    var expectation: Expected {
        Expected(
            name: name, label: label, isBoard: isBoard, isArchived: isArchived, isShared: isShared, revision: revision,
            newestCode: newestCode)
    }
}
