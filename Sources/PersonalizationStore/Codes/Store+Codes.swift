public import ByteCoding
public import CodeRegistry
public import EventLog
internal import Projections

extension Store {
    /// A profile's codes, newest first: every mint and every recall.
    ///
    /// - Parameters:
    ///   - profile: Whose codes.
    ///   - before: Gives the codes older than the entry at this position, for the next page.
    ///   - limit: The size of the page.
    /// - Returns: An empty list when the profile has none, or does not exist.
    public func codes(
        of profile: ProfileName, before: Position? = nil, limit: Int = 50
    ) throws(StoreError) -> [CodeListEntry] {
        try read { (view) throws(StoreError) in
            guard let state = try view.profile(profile) else { return [] }
            return try view.codes(from: state.head.lastMint, before: before, limit: limit)
        }
    }

    /// A profile's codes as they were listed right after an event of the log, newest first.
    ///
    /// Labels and revocations are given as they are now.
    public func codes(
        of profile: ProfileName, asOf position: Position, limit: Int = 50
    ) throws(StoreError) -> [CodeListEntry] {
        try codes(of: profile, before: position.number == .max ? nil : position.next, limit: limit)
    }

    /// The version that a code names, revoked or not. Cost: a look-up of the code, and one of the record that holds the
    /// version.
    ///
    /// - Parameter code: The code; one that is a whole hash names the version with that hash.
    /// - Throws: ``CodeFault/unknown(_:)`` when no version has the code.
    public func version(_ code: Code) throws(StoreError) -> Version {
        try read { (view) throws(StoreError) in try view.version(named: code) }
    }

    /// The version with a hash, or nil when there is none.
    public func version(hash: SHA256Digest) throws(StoreError) -> Version? {
        try read { (view) throws(StoreError) in try view.version(hash: hash) }
    }

    /// The profile that minted a version, or nil when the version was imported.
    public func owner(of version: Version) throws(StoreError) -> ProfileName? {
        try read { (view) throws(StoreError) in
            try view.profileName(ofStream: version.mint.stream)
        }
    }
}

extension StoreView {
    /// The mints and recalls from one back, newest first.
    func codes(from start: Position?, before: Position?, limit: Int) throws(StoreError) -> [CodeListEntry] {
        var entries: [CodeListEntry] = []
        var next = start
        while let position = next, entries.count < limit {
            let (links, recordedAt) = try links(at: position)
            next = links.previousMint
            if let before, position >= before { continue }
            entries.append(
                CodeListEntry(
                    position: position, recordedAt: recordedAt, version: try version(at: links.mint),
                    isRecall: links.mint != position))
        }
        return entries
    }

    /// The version with a hash, or nil.
    func version(hash: SHA256Digest) throws(StoreError) -> Version? {
        guard let place = try place(of: Code(hash: hash)) else { return nil }
        return try version(at: place)
    }

    /// Where the version that a code names is; nil when there is none.
    func place(of code: Code) throws(StoreError) -> VersionLocation? {
        do throws(StorageError) {
            return try snapshot.versions(HashPrefix(bits: code.prefixBits))?.place(of: code)
        } catch {
            throw .storage(error)
        }
    }

    /// The version that a code names.
    func version(named code: Code) throws(StoreError) -> Version {
        if let place = try place(of: code) { return try version(at: place) }
        throw .fault(.unknown(code.description))
    }
}

extension Code {
    /// The code that a text from outside is, or an error that says what is wrong with it.
    package init(named text: String) throws(StoreError) {
        switch Code.read(text) {
        case .success(let code): self = code
        case .failure: throw .fault(.mistyped(text, suggestions: []))
        }
    }
}
