internal import ByteCoding

extension RecordBody {
    /// Decodes the body of a record, refusing everything that encoding would not write.
    ///
    /// Cost: one pass over the body; image and space bodies allocate their components.
    package init(of record: borrowing RecordView) throws(RecordError) {
        guard record.header.kind != .erased else {
            self = .erased
            return
        }
        do throws(BodyFlaw) {
            var reader = ByteReader(record.body)
            if record.header.isPersonal {
                self = try Self.decodePersonal(record.header.kind, from: &reader)
            } else {
                self = try Self.decodePublic(record.header.kind, of: record, from: &reader)
            }
            try reader.end()
        } catch {
            throw .notCanonical(record.position, error.description)
        }
    }

    /// The body of a record that is no person's, its public part and then its private one.
    private static func decodePublic(
        _ kind: RecordKind, of record: borrowing RecordView, from reader: inout ByteReader
    ) throws(BodyFlaw) -> RecordBody {
        switch kind {
        case .spaceDefined: return .spaceDefined(try decodeSpace(from: &reader))
        case .imageRegistered: return .imageRegistered(try decodeImage(of: record, from: &reader))
        case .modelAssigned: return try decodeModel(from: &reader)
        case .codeAliased: return try decodeAlias(from: &reader)
        case .codeRevoked: return .codeRevoked(mint: try reader.position())
        case .codeRestored: return .codeRestored(mint: try reader.position())
        case .codeLabeled:
            try reader.skipSalt()
            return .codeLabeled(mint: try reader.position(), label: try reader.label())
        case .versionImported:
            try reader.skipSalt()
            return .versionImported(symbolCount: try reader.byte(), version: try reader.rest())
        case .personErased:
            return .personErased(
                PersonErasure(
                    person: try reader.digest(), streams: try reader.ascending(), records: try reader.ascending()))
        default: throw BodyFlaw("a kind that is a person's")
        }
    }

    private static func decodePersonal(
        _ kind: RecordKind, from reader: inout ByteReader
    ) throws(BodyFlaw) -> RecordBody {
        switch kind {
        case .rank: return .rank(winner: try reader.position(), loser: try reader.position())
        case .like: return .like(image: try reader.position())
        case .unlike: return .unlike(image: try reader.position())
        case .codeRevoked: return .codeRevoked(mint: try reader.position())
        case .codeRestored: return .codeRestored(mint: try reader.position())
        case .eventRetracted: return .eventRetracted(try reader.position())
        case .profileOpened: return try decodeProfile(from: &reader)
        case .settingsOpened: return .settingsOpened(space: try reader.position(), user: try reader.name(.long))
        case .settingsChanged: return .settingsChanged(try decodeSettings(from: &reader))
        case .versionMinted: return .versionMinted(try decodeMint(from: &reader))
        case .versionRecalled:
            return .versionRecalled(
                VersionRecall(
                    foldedThrough: try reader.number(), previousMint: try reader.position(),
                    mint: try reader.position()))
        case .codeLabeled: return .codeLabeled(mint: try reader.position(), label: try reader.label())
        case .tasteReverted:
            return .tasteReverted(mint: try reader.position(), resumesAt: Position(stored: try reader.number()))
        case .pick: return .pick(try decodeSlate(from: &reader))
        case .skip: return .skip(shown: try decodeShown(try decodeShownCount(from: &reader), from: &reader))
        case .housePinned:
            let mint = Position(stored: try reader.number())
            let threshold: UInt32 = try reader.number()
            guard mint != nil || threshold == 0 else { throw BodyFlaw("a threshold without a house") }
            return .housePinned(HousePin(mint: mint, threshold: threshold == 0 ? nil : threshold))
        case .tasteReset: return .tasteReset
        case .foldAdopted: return .foldAdopted(from: try reader.position())
        case .profileChanged: return .profileChanged(try decodeProfileChange(from: &reader))
        case .erasureScheduled:
            return .erasureScheduled(user: try reader.name(.long), due: try reader.time())
        case .erasureCancelled: return .erasureCancelled(user: try reader.name(.long))
        default: throw BodyFlaw("a kind that is no person's")
        }
    }

    private static func decodeModel(from reader: inout ByteReader) throws(BodyFlaw) -> RecordBody {
        let isDefault = try reader.flag()
        return .modelAssigned(model: try reader.name(.short), isDefault: isDefault)
    }

    private static func decodeAlias(from reader: inout ByteReader) throws(BodyFlaw) -> RecordBody {
        let alias = try reader.text()
        // The language knows more of a foreign code's shape; this much is what makes two spellings one.
        let isLowerCase = alias.utf8.allSatisfy {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0
        }
        guard isLowerCase, (6...11).contains(alias.utf8.count) else { throw BodyFlaw("an alias is '\(alias)'") }
        return .codeAliased(alias: alias, mint: Position(stored: try reader.number()))
    }

    /// The user of a space's houses alone has the empty name.
    private static func decodeProfile(from reader: inout ByteReader) throws(BodyFlaw) -> RecordBody {
        let space = try reader.position()
        let user = try reader.text()
        let profile = try reader.name(.short)
        guard NameLimit.long.allows(user) || (user.isEmpty && profile == "house") else {
            throw BodyFlaw("a name of \(user.utf8.count) bytes, or with a NUL in it")
        }
        return .profileOpened(space: space, user: user, profile: profile)
    }

    private static func decodeSpace(from reader: inout ByteReader) throws(BodyFlaw) -> SpaceDefinition {
        let dimension: UInt16 = try reader.number()
        let pairCount: UInt16 = try reader.number()
        guard dimension > 0 else { throw BodyFlaw("dimension 0") }
        let threshold: UInt32 = try reader.number()
        let mean = try reader.components(Int(dimension))
        let panel = try reader.components(2 * Int(dimension) * Int(pairCount))
        return SpaceDefinition(name: try reader.name(.short), threshold: threshold, mean: mean, panel: panel)
    }

    private static func decodeImage(
        of record: borrowing RecordView, from reader: inout ByteReader
    ) throws(BodyFlaw) -> ImageRegistration {
        let id = try reader.name(.long)
        let dimension: UInt16 = try reader.number()
        guard dimension > 0 else { throw BodyFlaw("no dimension") }
        var image = ImageRegistration(id: id, author: nil, embedding: try reader.components(Int(dimension)))
        if record.isErased {
            _ = try reader.digest()
        } else if record.hasPrivatePart {
            try reader.skipSalt()
            image.author = try reader.restOfName(.long)
        }
        return image
    }

    private static func decodeMint(from reader: inout ByteReader) throws(BodyFlaw) -> VersionMint {
        let covers: UInt32 = try reader.number()
        let symbolCount = try reader.byte()
        let isHouse = try reader.flag()
        let previousMint = Position(stored: try reader.number())
        var house: HouseOrigin?
        if isHouse { house = HouseOrigin(asOf: try reader.position(), contributorCount: try reader.number()) }
        return VersionMint(
            foldedThrough: covers, symbolCount: symbolCount, previousMint: previousMint, house: house,
            version: try reader.rest())
    }

    private static func decodeSlate(from reader: inout ByteReader) throws(BodyFlaw) -> Slate {
        let count = try decodeShownCount(from: &reader)
        let chosen: UInt16 = try reader.number()
        guard let slate = Slate(shown: try decodeShown(count, from: &reader), chosen: chosen) else {
            throw BodyFlaw("a pick of all, none or others of its images")
        }
        return slate
    }

    private static func decodeShownCount(from reader: inout ByteReader) throws(BodyFlaw) -> Int {
        let count = Int(try reader.byte())
        guard Slate.sizes.contains(count) else { throw BodyFlaw("\(count) images shown") }
        return count
    }

    private static func decodeShown(_ count: Int, from reader: inout ByteReader) throws(BodyFlaw) -> [Position] {
        var shown: [Position] = []
        for _ in 0..<count { shown.append(try reader.position()) }
        guard Set(shown).count == count else { throw BodyFlaw("an image is shown twice") }
        return shown
    }

    private static func decodeSettings(from reader: inout ByteReader) throws(BodyFlaw) -> SettingsChange {
        let flags = try reader.byte()
        guard flags & ~SettingsChange.Flag.known == 0 else { throw BodyFlaw("settings with the flags \(flags)") }
        let count = try reader.byte()
        var pinned: [SettingsChange.PinnedVersion] = []
        for _ in 0..<count {
            let mint = try reader.position()
            pinned.append(.init(mint: mint, weight: try reader.weight()))
        }
        var profiles: [SettingsChange.WeightedProfile] = []
        if flags & SettingsChange.Flag.profiles == 0 {
            profiles.append(.init(profile: try reader.name(.short)))
        } else {
            let count = try reader.byte()
            for _ in 0..<count {
                let weight = try reader.weight()
                profiles.append(.init(profile: try reader.name(.short), weight: weight))
            }
        }
        let change = SettingsChange(
            personalizesAlways: flags & SettingsChange.Flag.always != 0,
            refusesHouse: flags & SettingsChange.Flag.noHouse != 0, profiles: profiles, pinned: pinned)
        guard !profiles.isEmpty, change.hasOneProfile == (flags & SettingsChange.Flag.profiles == 0) else {
            throw BodyFlaw("a list of no profiles, or of one without a weight")
        }
        return change
    }

    private static func decodeProfileChange(from reader: inout ByteReader) throws(BodyFlaw) -> ProfileChange {
        let flags = try reader.byte()
        guard flags & ~ProfileChange.Flag.known == 0 else { throw BodyFlaw("a profile with the flags \(flags)") }
        let reference = try reader.word()
        guard reference < ProfileChange.referenceLimit else { throw BodyFlaw("a reference of more than 60 bits") }
        return ProfileChange(
            isBoard: flags & ProfileChange.Flag.board != 0, isArchived: flags & ProfileChange.Flag.archived != 0,
            isShared: flags & ProfileChange.Flag.shared != 0, reference: reference, label: try reader.label())
    }
}

/// What is wrong with a body, before the record that it belongs to is named.
private struct BodyFlaw: Error {
    let description: String
    init(_ description: String) { self.description = description }
}

extension ByteReader {
    /// A number in LEB128 that fits the type.
    @_lifetime(self: copy self)
    fileprivate mutating func number<Value: FixedWidthInteger>() throws(BodyFlaw) -> Value {
        let number: UInt64
        do { number = try readVarint() } catch { throw BodyFlaw(error.description) }
        guard let value = Value(exactly: number) else { throw BodyFlaw("the number \(number) is too large") }
        return value
    }

    @_lifetime(self: copy self)
    fileprivate mutating func byte() throws(BodyFlaw) -> UInt8 {
        do { return try read(UInt8.self) } catch { throw BodyFlaw(error.description) }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func word() throws(BodyFlaw) -> UInt64 {
        do { return try read(UInt64.self) } catch { throw BodyFlaw(error.description) }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func time() throws(BodyFlaw) -> Timestamp {
        do { return Timestamp(microseconds: try read(Int64.self)) } catch { throw BodyFlaw(error.description) }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func position() throws(BodyFlaw) -> Position {
        guard let position = Position(stored: try number()) else { throw BodyFlaw("position 0") }
        return position
    }

    /// A weight in a blend.
    @_lifetime(self: copy self)
    fileprivate mutating func weight() throws(BodyFlaw) -> UInt16 {
        let weight: UInt16 = try number()
        guard (1...1000).contains(weight) else { throw BodyFlaw("weight \(weight) is not 1 to 1000") }
        return weight
    }

    /// Positions in ascending order: how many, then each as its distance from the one before.
    @_lifetime(self: copy self)
    fileprivate mutating func ascending() throws(BodyFlaw) -> [Position] {
        let count: UInt64 = try number()
        guard count <= UInt64(remaining) else { throw BodyFlaw("\(count) positions in \(remaining) bytes") }
        var positions: [Position] = []
        var last: UInt64 = 0
        for _ in 0..<count {
            let distance: UInt64 = try number()
            let (next, isTooLarge) = last.addingReportingOverflow(distance)
            guard distance > 0, !isTooLarge else { throw BodyFlaw("positions that do not ascend") }
            positions.append(Position(next))
            last = next
        }
        return positions
    }

    @_lifetime(self: copy self)
    fileprivate mutating func digest() throws(BodyFlaw) -> SHA256Digest {
        do { return try SHA256Digest(bytes: try readBytes(SHA256Digest.byteCount)) } catch {
            throw BodyFlaw(error.description)
        }
    }

    /// Any sixteen bytes can be a salt.
    @_lifetime(self: copy self)
    fileprivate mutating func skipSalt() throws(BodyFlaw) {
        do { _ = try readBytes(RecordSalt.byteCount) } catch { throw BodyFlaw(error.description) }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func flag() throws(BodyFlaw) -> Bool {
        let byte = try byte()
        guard byte <= 1 else { throw BodyFlaw("a flag is \(byte)") }
        return byte == 1
    }

    @_lifetime(self: copy self)
    fileprivate mutating func end() throws(BodyFlaw) {
        do { try finish() } catch { throw BodyFlaw(error.description) }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func text() throws(BodyFlaw) -> String {
        do { return try readText() } catch { throw BodyFlaw(error.description) }
    }

    /// A text that is a name.
    @_lifetime(self: copy self)
    fileprivate mutating func name(_ limit: NameLimit) throws(BodyFlaw) -> String {
        let name = try text()
        guard limit.allows(name) else { throw BodyFlaw("a name of \(name.utf8.count) bytes, or with a NUL in it") }
        return name
    }

    /// A name that takes all bytes that are left.
    @_lifetime(self: copy self)
    fileprivate mutating func restOfName(_ limit: NameLimit) throws(BodyFlaw) -> String {
        let byteCount = remaining
        let name: String
        do { name = try readString(byteCount: byteCount) } catch { throw BodyFlaw(error.description) }
        guard limit.allows(name) else { throw BodyFlaw("a name of \(byteCount) bytes, or with a NUL in it") }
        return name
    }

    /// What an owner calls a code; empty for nothing.
    @_lifetime(self: copy self)
    fileprivate mutating func label() throws(BodyFlaw) -> String {
        let label = try text()
        guard label.utf8.count <= NameLimit.long.rawValue else {
            throw BodyFlaw("a label of \(label.utf8.count) bytes")
        }
        return label
    }

    @_lifetime(self: copy self)
    fileprivate mutating func rest() throws(BodyFlaw) -> [UInt8] {
        do {
            let span = try readBytes(remaining)
            return span.withUnsafeBytes { Array($0) }
        } catch { throw BodyFlaw(error.description) }
    }

    @_lifetime(self: copy self)
    fileprivate mutating func components(_ count: Int) throws(BodyFlaw) -> [Int16] {
        do {
            let span = try readBytes(2 * count)
            return (0..<count).map { span.load(2 * $0, as: Int16.self) }
        } catch { throw BodyFlaw(error.description) }
    }
}
