internal import EventLog
internal import Projections
internal import TasteFold

/// How a profile is folded when it is minted.
struct FoldChoice {
    let foldID: FoldID
    /// The house that the fold starts from.
    let house: HousePrior?
    /// How many effective comparisons `--p` needs.
    let threshold: Int

    /// Without a house.
    init(space: Space) {
        foldID = DL1.id
        house = nil
        threshold = space.threshold
    }

    /// Of a board, which needs one image and starts from nothing.
    static func board() -> FoldChoice { FoldChoice(foldID: DL1.id, house: nil, threshold: 1) }

    init(foldID: FoldID, house: HousePrior?, threshold: Int) {
        self.foldID = foldID
        self.house = house
        self.threshold = threshold
    }
}

extension StoreView {
    /// How a mint of a profile folds; after an event of the log when there is a limit, otherwise now.
    ///
    /// - Parameter head: Where the profile's stream stands; nil for one that has no event.
    func foldChoice(
        for name: ProfileName, _ head: StreamHead?, in space: Space, asOf limit: Position? = nil
    ) throws(StoreError) -> FoldChoice {
        if head?.isBoard ?? false { return .board() }
        return try foldChoice(for: name.user, in: space, asOf: limit)
    }

    /// The fold of a profile's stream in a space, which may be another than the profile's own.
    func profileFold(
        of name: ProfileName, _ head: StreamHead?, in space: Space, _ choice: FoldChoice, images: MappedImages? = nil
    ) -> ProfileFold {
        let isBoard = head?.isBoard ?? false
        return ProfileFold(
            log: log, space: space.descriptor, user: isBoard ? nil : name.user, foldID: choice.foldID,
            house: choice.house, images: images)
    }

    /// How a mint of a user in a space folds; after an event of the log when there is a limit, otherwise now.
    func foldChoice(
        for user: String, in space: Space, asOf limit: Position? = nil
    ) throws(StoreError) -> FoldChoice {
        guard let pin = try housePin(in: space, asOf: limit), let mint = pin.mint,
            try !refusesHouse(user, in: space, asOf: limit)
        else { return FoldChoice(space: space) }
        let version = try version(at: mint)
        guard version.taste.foldID == HM1.id else {
            throw .record(.notCanonical(mint, "a pinned version that is no house"))
        }
        return FoldChoice(
            foldID: HP1.id, house: HousePrior(taste: version.taste, versionHash: version.hash),
            threshold: pin.threshold.map(Int.init) ?? space.threshold)
    }

    /// The fold that made a taste: its id, and its house.
    func foldChoice(of taste: Taste, in space: Space) throws(StoreError) -> FoldChoice {
        guard let hash = taste.house else {
            return FoldChoice(foldID: taste.foldID, house: nil, threshold: space.threshold)
        }
        let version = try self.version(hash: hash)
        guard let version, version.taste.foldID == HM1.id, version.taste.spaceID == space.descriptor.id else {
            throw .fault(.unknownHouse(hash))
        }
        return FoldChoice(
            foldID: taste.foldID, house: HousePrior(taste: version.taste, versionHash: hash),
            threshold: space.threshold)
    }

    /// The last pin of a space; nil when there was none.
    func housePin(in space: Space, asOf limit: Position? = nil) throws(StoreError) -> HousePin? {
        let house = ProfileName.house(of: space.name)
        guard let state = try profile(user: house.user, profile: house.profile, in: space) else { return nil }
        var pin: HousePin?
        try walkBack(from: state.head.last) { (record) throws(StoreError) in
            if record.header.kind == .housePinned, limit.map({ record.position <= $0 }) ?? true {
                guard case .housePinned(let found) = try body(of: record) else { return nil }
                pin = found
                return nil
            }
            return record.header.previous
        }
        return pin
    }

    private func refusesHouse(
        _ user: String, in space: Space, asOf limit: Position?
    ) throws(StoreError) -> Bool {
        guard let limit else { return try settings(of: user, in: space)?.refusesHouse ?? false }
        guard let stream = try settingsStream(user: user, space: space.position),
            let head = try streamHead(of: stream)
        else { return false }
        var next: Position? = head.last
        while let position = next {
            let record = try record(at: position)
            if position <= limit, case .settingsChanged(let change) = try body(of: record) {
                return change.refusesHouse
            }
            next = record.header.previous
        }
        return false
    }
}
