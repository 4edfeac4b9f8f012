internal import CodeRegistry
internal import EventLog
internal import Projections
internal import TasteFold

extension Store {
    /// The newest version of a profile's taste, minted now if the profile has moved since the last mint.
    ///
    /// With nothing new this is a pure read. Otherwise the profile's effective set is folded and the version minted,
    /// at the cost of the fold and one durable commit, which concurrent callers share; when the method returns, the
    /// code is durable. When the taste came back to a version that was minted before, that version is returned.
    public func currentVersion(of profile: ProfileName) async throws(StoreError) -> Version {
        try await currentOrNewVersion(of: profile).version
    }

    /// The newest version and whether it had to be minted or recalled for this call.
    func currentOrNewVersion(
        of profile: ProfileName
    ) async throws(StoreError) -> (version: Version, isNew: Bool) {
        while true {
            let step = try read { (view) throws(StoreError) in
                try view.mintingStep(for: profile)
            }
            switch step {
            case .current(let version): return (version, false)
            case .mint(let mint):
                do throws(StoreError) {
                    let receipt = try await submit(.mint(try await reserved(mint)))[0]
                    let version = try readVersion(atMintOrRecall: receipt.position)
                    return (version, true)
                } catch {
                    // Somebody else minted meanwhile; what is current now may be just what is wanted.
                    if case .event(_, .profileMoved) = error { continue }
                    throw error
                }
            }
        }
    }

    /// Mints or recalls the version that an exported line names, unless another would come out: then nothing is appended.
    ///
    /// - Parameters:
    ///   - hash: The version's hash as the line writes it.
    ///   - code: The version's code, for the message.
    func mint(
        _ hash: String, of profile: ProfileName, code: String?, at time: Timestamp?
    ) async throws(InterchangeFault) {
        while true {
            let step: MintingStep
            do throws(StoreError) {
                step = try read { (view) throws(StoreError) in
                    try view.mintingStep(for: profile)
                }
            } catch {
                throw .refused(error)
            }
            let found =
                switch step {
                case .current(let version): version.hash
                case .mint(let mint): mint.hash
                }
            guard found.description == hash else {
                throw .versionDiffers(expected: code ?? hash, found: Code(digest: found).description)
            }
            guard case .mint(let mint) = step else { return }
            do throws(StoreError) {
                _ = try await submit(.mint(try await reserved(mint)), at: time)
                return
            } catch {
                if case .event(_, .profileMoved) = error { continue }
                throw .refused(error)
            }
        }
    }

    /// The mint with as many symbols as make its code unique, also in other shards of a cluster.
    private func reserved(_ mint: StoreRequest.Mint) async throws(StoreError) -> StoreRequest.Mint {
        guard let reserveCode else { return mint }
        let known = try read { (view) throws(StoreError) in
            try StoreError.wrap { () throws(StorageError) in try view.snapshot.versions(HashPrefix(mint.hash)) }
        }
        let fewest = (known ?? VersionLocations()).symbolCount(for: mint.hash)
        var reserved = mint
        reserved.symbolCount = UInt8(try await reserveCode(mint.hash, mint.version, Int(fewest)))
        return reserved
    }

    private func readVersion(atMintOrRecall position: Position) throws(StoreError) -> Version {
        try read { (view) throws(StoreError) in
            try view.version(atMintOrRecall: position)
        }
    }
}

/// What `--p` needs next.
enum MintingStep {
    /// Nothing: this is the newest version.
    case current(Version)
    /// A mint of this version.
    case mint(StoreRequest.Mint)
}

extension StoreView {
    func mintingStep(for name: ProfileName) throws(StoreError) -> MintingStep {
        try requireStaying(name.user)
        let state = try profile(name)
        if let state, !name.isHouse, state.head.isMintCurrent, let mint = state.head.lastMint {
            return .current(try version(atMintOrRecall: mint))
        }
        if name.isHouse { throw .fault(.houseProfile(name.space)) }
        let choice: FoldChoice
        let space = try existingSpace(name.space)
        choice = try foldChoice(for: name, state?.head, in: space)
        if state?.head.isArchived ?? false { throw .fault(.archived(name.description)) }
        guard let state else { throw .fault(.notEnoughData(name, have: 0, need: choice.threshold)) }
        let folded = try store.committer.withFoldInFlight { () throws(StoreError) in
            try fold(name, state, at: state.head.last, choice)
        }
        let have = Int(folded.taste.comparisonCount)
        guard have >= choice.threshold else {
            throw .fault(.notEnoughData(name, have: have, need: choice.threshold))
        }
        let bytes = versionBytes(of: folded, profile: name)
        return .mint(
            StoreRequest.Mint(
                profile: name, stream: state.stream, previousMint: state.head.lastMint,
                foldedThrough: state.head.revision, version: bytes.bytes, hash: bytes.hash))
    }

    /// A profile's taste at one event of its stream.
    func fold(
        _ name: ProfileName, _ state: ProfileState, at event: Position, _ choice: FoldChoice
    ) throws(StoreError) -> FoldedProfile {
        let fold = profileFold(of: name, state.head, in: state.space, choice)
        do throws(FoldFailure) {
            return try fold.fold(at: event, in: snapshot.transaction) { (image) throws(StorageError) in
                try translated(image, to: state.space)
            }
        } catch {
            throw StoreError(error, of: name)
        }
    }

    /// The canonical bytes of a profile's version.
    func versionBytes(of folded: FoldedProfile, profile: ProfileName) -> VersionBytes {
        VersionBytes(
            profileDigest: ProfileDigest(
                secret: store.secret.bytes, user: profile.user, space: profile.space, profile: profile.profile),
            rankings: folded.rankings, likes: folded.likes, payload: folded.taste.payload)
    }
}
