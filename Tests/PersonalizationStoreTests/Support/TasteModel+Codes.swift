import PersonalizationStore

/// Minting, and what owners say of their codes.
extension TasteModel {
    /// What asking for a profile's newest version must give.
    enum MintOutcome: Equatable {
        /// The version, minted or recalled now if it was not current.
        case version(VersionName)
        case notEnoughData(have: Int, need: Int)
        /// A mint would be needed, and the profile takes none.
        case archived
    }

    /// One line of a profile's list of codes.
    struct ListedCode: Equatable {
        let position: Position
        let name: VersionName
        let isRecall: Bool
    }

    /// Asks for a profile's newest version, which is minted or recalled if a taste event came since the last mint.
    mutating func mint(_ profile: ProfileName) -> MintOutcome {
        let need = need(of: profile)
        if let current = currentCode(of: profile) { return .version(current) }
        if state(of: profile).isArchived { return .archived }
        let folded = fold(profile)
        guard folded.comparisonCount >= need else {
            return .notEnoughData(have: folded.comparisonCount, need: need)
        }
        let name = folded.name
        let covers = revision(of: profile)
        if versions[name] != nil {
            add(.recalled(profile, name, foldedThrough: covers), to: profile)
            return .version(name)
        }
        let event = add(.minted(profile, name, foldedThrough: covers), to: profile)
        versions[name] = MintedVersion(
            name: name, bytes: folded.bytes, rankings: folded.rankings, likes: folded.likes, profile: profile,
            position: event.position, covers: covers)
        versionOrder.append(name)
        return .version(name)
    }

    /// The code that is current because nothing that can change the taste came after the last mint.
    private func currentCode(of profile: ProfileName) -> VersionName? {
        for event in events(of: profile).reversed() {
            switch event.content {
            case .minted(_, let name, _), .recalled(_, let name, _): return name
            case .rank, .like, .unlike, .pick, .reverted, .reset, .adopted, .retracted: return nil
            default: continue
            }
        }
        return nil
    }

    /// A profile's codes at a position, newest first.
    func codes(of profile: ProfileName, asOf position: Position? = nil) -> [ListedCode] {
        events(of: profile).reversed().compactMap { event in
            if let position, event.position > position { return nil }
            return switch event.content {
            case .minted(_, let name, _): ListedCode(position: event.position, name: name, isRecall: false)
            case .recalled(_, let name, _): ListedCode(position: event.position, name: name, isRecall: true)
            default: nil
            }
        }
    }

    /// The versions that a profile minted, oldest first.
    func ownVersions(of profile: ProfileName) -> [VersionName] {
        versionOrder.filter { versions[$0]?.profile == profile }
    }
}

extension TasteModel.ListedCode {
    init(_ entry: CodeListEntry) {
        self.init(
            position: entry.position, name: VersionName(code: entry.version.code, hash: entry.version.hash),
            isRecall: entry.isRecall)
    }
}
