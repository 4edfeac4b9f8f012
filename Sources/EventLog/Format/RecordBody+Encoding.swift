package import ByteCoding

extension RecordBody {
    /// Appends the body's canonical bytes.
    package func encode(to writer: inout ByteWriter) {
        switch self {
        case .rank(let winner, let loser):
            writer.write(winner.number, loser.number)
        case .like(let position), .unlike(let position), .codeRevoked(let position), .codeRestored(let position),
            .eventRetracted(let position), .foldAdopted(let position):
            writer.write(position.number)
        case .spaceDefined(let space): Self.encode(space, to: &writer)
        case .imageRegistered(let image): Self.encode(image, to: &writer)
        case .profileOpened(let space, let user, let profile):
            writer.write(space.number)
            writer.writeShortString(user)
            writer.writeShortString(profile)
        case .settingsOpened(let space, let user):
            writer.write(space.number)
            writer.writeShortString(user)
        case .settingsChanged(let change): Self.encode(change, to: &writer)
        case .versionMinted(let mint):
            writer.write(mint.foldedThrough)
            writer.write(mint.symbolCount)
            writer.write(UInt8(mint.house == nil ? 0 : 1))
            writer.write(mint.previousMint.stored)
            if let house = mint.house {
                writer.write(house.asOf.number)
                writer.write(house.contributorCount)
            }
            writer.write(bytes: mint.version)
        case .versionRecalled(let recall):
            writer.write(recall.foldedThrough)
            writer.write(recall.previousMint.number)
            writer.write(recall.mint.number)
        case .versionImported(let symbolCount, let version):
            writer.write(symbolCount)
            writer.write(UInt8(0))
            writer.write(bytes: version)
        case .modelAssigned(let model, let isDefault):
            writer.write(UInt8(isDefault ? 1 : 0))
            writer.write(UInt8(0))
            writer.writeShortString(model)
        case .codeAliased(let alias, let mint):
            writer.writeShortString(alias)
            writer.write(mint.stored)
        case .codeLabeled(let mint, let label):
            writer.write(mint.number)
            writer.writeShortString(label)
        case .tasteReverted(let mint, let resumesAt):
            writer.write(mint.number)
            writer.write(resumesAt.stored)
        case .pick(let slate):
            writer.write(UInt8(slate.shown.count))
            writer.write(UInt8(0))
            writer.write(slate.chosen)
            for position in slate.shown { writer.write(position.number) }
        case .skip(let shown):
            writer.write(UInt8(shown.count))
            writer.write(UInt8(0))
            for position in shown { writer.write(position.number) }
        case .housePinned(let pin):
            writer.write(pin.mint.stored)
            writer.write(pin.threshold ?? 0)
        case .tasteReset: break
        }
    }

    private static func encode(_ space: SpaceDefinition, to writer: inout ByteWriter) {
        writer.write(UInt16(space.mean.count))
        writer.write(UInt16(space.panel.count / max(1, 2 * space.mean.count)))
        writer.write(space.threshold)
        writer.write(components: space.mean)
        writer.write(components: space.panel)
        writer.writeShortString(space.name)
    }

    private static func encode(_ image: ImageRegistration, to writer: inout ByteWriter) {
        writer.write(UInt16(image.embedding.count))
        writer.write(image.author.map { UInt16($0.utf8.count) } ?? ImageLayout.noAuthor)
        writer.write(UInt16(image.id.utf8.count))
        writer.write(components: image.embedding)
        if let author = image.author { writer.write(bytes: author.utf8) }
        writer.write(bytes: image.id.utf8)
    }

    private static func encode(_ change: SettingsChange, to writer: inout ByteWriter) {
        writer.write(UInt8((change.personalizesAlways ? 1 : 0) + (change.refusesHouse ? 2 : 0)))
        writer.write(UInt8(change.pinned.count))
        for version in change.pinned {
            writer.write(version.mint.number)
            writer.write(version.weight)
        }
        writer.writeShortString(change.profile)
    }
}

/// The named offsets of an `image registered` body, which the fold reads in place.
package enum ImageLayout {
    /// The author's byte count when nobody is known.
    static let noAuthor = UInt16.max
    /// Where the embedding's dimension stands.
    static let dimension = 0
    /// Where the author's byte count stands.
    static let authorByteCount = 2
    /// Where the id's byte count stands.
    static let idByteCount = 4
    /// Where the embedding starts.
    static let embedding = 6
}

extension RecordView {
    /// Whether the record's body is the very bytes that a body encodes to.
    package func holds(_ body: RecordBody) -> Bool {
        guard body.kind == header.kind else { return false }
        var writer = ByteWriter(capacity: self.body.byteCount)
        body.encode(to: &writer)
        return self.body.hasSameBytes(as: writer.span())
    }
}
