internal import EventLog
internal import Projections

extension Store {
    /// Everything that is known of a user, of one moment: profiles, what was said and what it amounts to, codes, settings.
    ///
    /// Cost: walks every stream of the user's profiles, and folds each twice.
    public func report(of user: String) throws(StoreError) -> UserReport {
        try read { (view) throws(StoreError) in
            UserReport(
                user: user, profiles: try view.profileReports(of: user), settings: try view.allSettings(of: user))
        }
    }
}

extension StoreView {
    fileprivate func profileReports(of user: String) throws(StoreError) -> [ProfileReport] {
        var reports: [ProfileReport] = []
        for name in try profileNames(of: user) {
            guard let state = try profile(name), let summary = try summary(of: name, state, asOf: nil) else { continue }
            reports.append(
                ProfileReport(
                    summary: summary, counts: try counts(of: state), progress: try reportedProgress(of: name, state),
                    codes: try codes(from: state.head.lastMint, before: nil, limit: .max)))
        }
        return reports
    }

    private func counts(of state: ProfileState) throws(StoreError) -> ProfileReport.EventCounts {
        var counts = ProfileReport.EventCounts()
        try walkBack(from: state.head.last) { record in
            switch record.header.kind {
            case .rank: counts.rankings += 1
            case .like: counts.likes += 1
            case .unlike: counts.unlikes += 1
            case .pick: counts.picks += 1
            case .skip: counts.skips += 1
            default: break
            }
            return record.header.previous
        }
        return counts
    }

    /// A report is given also where a profile has more comparisons than a fold takes.
    private func reportedProgress(
        of name: ProfileName, _ state: ProfileState
    ) throws(StoreError) -> ComparisonProgress? {
        let choice = try foldChoice(for: name, state.head, in: state.space)
        do { return try progress(of: name, state, choice) } catch {
            if error.isStoreFailure { throw error }
            return nil
        }
    }

    fileprivate func allSettings(of user: String) throws(StoreError) -> [UserReport.SpaceSettings] {
        var all: [UserReport.SpaceSettings] = []
        var namer = EventNamer()
        for position in try rows(Spaces.self).sorted() {
            let space = try space(at: position)
            guard let change = try settings(of: user, in: space) else { continue }
            all.append(.init(space: space.name, settings: try namer.settings(change, self)))
        }
        return all
    }
}
