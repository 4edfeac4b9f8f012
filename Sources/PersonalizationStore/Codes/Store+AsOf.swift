public import ByteCoding
public import CodeRegistry
public import EventLog
internal import Projections
public import TasteFold

/// A moment in a profile's history.
public enum PointInTime: Hashable, Sendable {
    /// Right after an event of the log.
    case position(Position)
    /// After everything that was recorded at this time or before.
    case time(Timestamp)
    /// Right after an event of the profile's stream.
    case revision(UInt32)
}

/// What a profile's taste was at a moment, minted then or not.
public struct PastTaste: Hashable, Sendable {
    /// The last event of the stream then.
    public let position: Position
    /// Its place in the stream: what the fold covers.
    public let revision: UInt32
    /// The number of effective rankings then.
    public let rankings: Int
    /// The number of effective likes then.
    public let likes: Int
    /// Direction, gain, confidence and the number of comparisons.
    public let taste: Taste
    /// The canonical version bytes: the same that a mint at that moment wrote, or would have written.
    public let bytes: [UInt8]
    /// Their hash.
    public let hash: SHA256Digest
    /// The code, when a version with this hash was minted at any time.
    public let code: Code?
}

extension Store {
    /// A profile's taste as it was at a moment.
    ///
    /// Cost: walks the profile's stream back from its head, and folds.
    public func taste(of profile: ProfileName, asOf moment: PointInTime) throws(StoreError) -> PastTaste {
        try read { (view) throws(StoreError) in
            try view.taste(of: profile, asOf: moment)
        }
    }

    /// The last event recorded at a time or before, or nil when there is none.
    public func position(asOf time: Timestamp) throws(StoreError) -> Position? {
        try read { (view) throws(StoreError) in
            try view.lastPosition(asOf: time)
        }
    }
}

extension StoreView {
    func taste(of name: ProfileName, asOf moment: PointInTime) throws(StoreError) -> PastTaste {
        let state = try profile(name)
        guard let state else { throw .fault(.unknownProfile(name)) }
        guard let found = try event(of: state, at: moment) else { throw .fault(.beforeFirstEvent(name)) }
        if name.isHouse { throw .fault(.houseProfile(name.space)) }
        let choice = try foldChoice(for: name, state, at: found.position, moment)
        let folded = try fold(name, state, at: found.position, choice)
        let bytes = versionBytes(of: folded, profile: name)
        let minted = try version(hash: bytes.hash)
        return PastTaste(
            position: found.position, revision: found.revision, rankings: Int(folded.rankings),
            likes: Int(folded.likes), taste: folded.taste, bytes: bytes.bytes, hash: bytes.hash, code: minted?.code)
    }

    /// How a profile's taste was folded at a moment: as its last version if nothing has changed it since, and otherwise as a
    /// mint would have folded it then.
    ///
    /// A moment that is named by a revision lasts until the stream's next event.
    private func foldChoice(
        for name: ProfileName, _ state: ProfileState, at event: Position, _ moment: PointInTime
    ) throws(StoreError) -> FoldChoice {
        let mint: Position?
        let choice: FoldChoice
        let last = try lastEvent(of: state, at: event, moment)
        mint = try currentMint(at: last.mint ?? event)
        choice = try self.foldChoice(for: name, state.head, in: state.space, asOf: last.limit)
        guard let mint else { return choice }
        let version = try self.version(atMintOrRecall: mint)
        return try self.foldChoice(of: version.taste, in: state.space)
    }

    /// Up to where the log is looked at for a moment, and the mint that follows the event at once, if a revision
    /// names the moment.
    private func lastEvent(
        of state: ProfileState, at event: Position, _ moment: PointInTime
    ) throws(StoreError) -> (limit: Position?, mint: Position?) {
        switch moment {
        case .position(let position): return (position, nil)
        case .time(let time): return (try lastPosition(asOf: time), nil)
        case .revision:
            var next: Position? = state.head.last
            var following: Position?
            while let position = next, position > event {
                following = position
                next = try record(at: position).header.previous
            }
            guard let following else { return (nil, nil) }
            let isMint = try record(at: following).mintLinks != nil
            return (following.previous, isMint ? following : nil)
        }
    }

    /// The mint or recall that says what a stream folded to at one of its events; nil when it did not cover the last event
    /// that can change a taste.
    private func currentMint(at event: Position) throws(StoreError) -> Position? {
        var next: Position? = event
        var mint: MintLinks?
        var position: Position?
        while let place = next {
            let record = try record(at: place)
            if mint == nil, let links = record.mintLinks { (mint, position) = (links, place) }
            if record.header.kind.changesTaste {
                guard let mint, mint.foldedThrough >= record.header.revision else { return nil }
                return position
            }
            next = record.header.previous
        }
        return position
    }

    /// The last event of a stream at a moment, or nil when the stream begins later.
    func event(
        of state: ProfileState, at moment: PointInTime
    ) throws(StoreError) -> (position: Position, revision: UInt32)? {
        var limit: Position?
        if case .position(let position) = moment { limit = position }
        if case .time(let time) = moment {
            limit = try lastPosition(asOf: time)
            if limit == nil { return nil }
        }
        var next: Position? = state.head.last
        while let position = next {
            let record = try record(at: position)
            let version = record.header.revision
            let isThen =
                if case .revision(let wanted) = moment { version <= wanted } else {
                    limit.map { position <= $0 } ?? true
                }
            if isThen { return (position, version) }
            next = record.header.previous
        }
        return nil
    }
}
