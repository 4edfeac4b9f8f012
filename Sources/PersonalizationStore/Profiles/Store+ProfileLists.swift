internal import CodeRegistry
public import EventLog
internal import Projections

extension Store {
    /// A user's profiles, boards among them, in the order of their opening; none for a user of whom nothing is known.
    ///
    /// - Parameters:
    ///   - user: Whose profiles.
    ///   - space: Only those of this space; nil for all.
    ///   - includesArchived: Whether those that were put away are listed too.
    ///   - position: Lists them as they were right after this event. Costs a walk back through each profile's stream.
    public func profiles(
        of user: String, in space: String? = nil, includesArchived: Bool = false, asOf position: Position? = nil
    ) throws(StoreError) -> [ProfileSummary] {
        try read { (view) throws(StoreError) in
            if let space { _ = try view.existingSpace(space) }
            return try view.profiles(of: user, in: space, asOf: position)
                .filter { includesArchived || !$0.isArchived }
        }
    }

    /// A profile of a user, archived or not; nil when there is none.
    public func profile(_ name: ProfileName) throws(StoreError) -> ProfileSummary? {
        try read { (view) throws(StoreError) in
            guard !name.isHouse, let state = try view.profile(name) else { return nil }
            return try view.summary(of: name, state, asOf: nil)
        }
    }
}

extension StoreView {
    func profiles(of user: String, in space: String?, asOf limit: Position?) throws(StoreError) -> [ProfileSummary] {
        var summaries: [ProfileSummary] = []
        for name in try profileNames(of: user) where space.map({ name.space.hasSameBytes(as: $0) }) ?? true {
            guard let state = try profile(name), let summary = try summary(of: name, state, asOf: limit) else {
                continue
            }
            summaries.append(summary)
        }
        return summaries
    }

    /// A profile now, or right after an event of the log; nil when it was not there yet.
    func summary(
        of name: ProfileName, _ state: ProfileState, asOf limit: Position?
    ) throws(StoreError) -> ProfileSummary? {
        let opening = try record(at: state.stream)
        var past = PastProfile()
        if let limit {
            guard state.stream <= limit else { return nil }
            past = try self.past(of: state, asOf: limit)
        } else {
            past = PastProfile(revision: state.head.revision, change: state.head.lastChange, mint: state.head.lastMint)
        }
        var change: ProfileChange?
        if let position = past.change {
            let record = try record(at: position)
            guard case .profileChanged(let found) = try body(of: record) else {
                throw .record(.unexpectedKind(position, record.header.kind))
            }
            change = found
        }
        let label = change?.label ?? ""
        return ProfileSummary(
            name: name, reference: reference(of: name).description, label: label.isEmpty ? nil : label,
            isBoard: change?.isBoard ?? false, isArchived: change?.isArchived ?? false,
            isShared: change?.isShared ?? false, openedAt: opening.header.recordedAt, revision: past.revision,
            newestCode: try past.mint.map { (mint) throws(StoreError) in try version(atMintOrRecall: mint).code })
    }

    /// Where a profile's stream stood.
    private struct PastProfile {
        var revision: UInt32 = 0
        var change: Position?
        var mint: Position?
    }

    private func past(of state: ProfileState, asOf limit: Position) throws(StoreError) -> PastProfile {
        var past = PastProfile()
        try walkBack(from: state.head.last) { (record) throws(StoreError) in
            guard record.position <= limit else { return record.header.previous }
            if past.revision == 0 { past.revision = record.header.revision }
            switch record.header.kind {
            case .profileChanged: past.change = past.change ?? record.position
            case .versionMinted, .versionRecalled: past.mint = past.mint ?? record.position
            default: break
            }
            return past.change != nil && past.mint != nil ? nil : record.header.previous
        }
        return past
    }
}
