package import ByteCoding

extension RecordBody {
    /// Appends the canonical bytes of what a record that is no person's says in its public part.
    package func encodePublic(to writer: inout ByteWriter) {
        switch self {
        case .spaceDefined(let space):
            writer.writeVarint(UInt64(space.mean.count))
            writer.writeVarint(UInt64(space.panel.count / max(1, 2 * space.mean.count)))
            writer.writeVarint(UInt64(space.threshold))
            writer.write(components: space.mean)
            writer.write(components: space.panel)
            writer.writeText(space.name)
        case .imageRegistered(let image):
            writer.writeText(image.id)
            writer.writeVarint(UInt64(image.embedding.count))
            writer.write(components: image.embedding)
        case .modelAssigned(let model, let isDefault):
            writer.write(UInt8(isDefault ? 1 : 0))
            writer.writeText(model)
        case .codeAliased(let alias, let mint):
            writer.writeText(alias)
            writer.writeVarint(mint.stored)
        case .codeRevoked(let mint), .codeRestored(let mint): writer.writeVarint(mint.number)
        case .personErased(let erasure):
            writer.write(bytes: erasure.person.bytes)
            writer.write(ascending: erasure.streams)
            writer.write(ascending: erasure.records)
        default: break
        }
    }

    /// Whether a record that is no person's has a private part with this body.
    package var hasPrivatePart: Bool {
        switch self {
        case .imageRegistered(let image): image.author != nil
        case .versionImported, .codeLabeled: true
        default: false
        }
    }

    /// Appends what a record that is no person's keeps private of the body, after the salt.
    package func encodePrivate(to writer: inout ByteWriter) {
        switch self {
        case .imageRegistered(let image):
            if let author = image.author { writer.write(bytes: author.utf8) }
        case .versionImported(let symbolCount, let version):
            writer.write(symbolCount)
            writer.write(bytes: version)
        case .codeLabeled: encodePersonal(to: &writer)
        default: break
        }
    }

    /// Appends the canonical bytes of the body of a person's record.
    package func encodePersonal(to writer: inout ByteWriter) {
        switch self {
        case .rank(let winner, let loser):
            writer.writeVarint(winner.number)
            writer.writeVarint(loser.number)
        case .like(let position), .unlike(let position), .codeRevoked(let position), .codeRestored(let position),
            .eventRetracted(let position), .foldAdopted(let position):
            writer.writeVarint(position.number)
        case .profileOpened(let space, let user, let profile):
            writer.writeVarint(space.number)
            writer.writeText(user)
            writer.writeText(profile)
        case .settingsOpened(let space, let user):
            writer.writeVarint(space.number)
            writer.writeText(user)
        case .settingsChanged(let change): change.encode(to: &writer)
        case .profileChanged(let change): change.encode(to: &writer)
        case .versionMinted(let mint): Self.encode(mint, to: &writer)
        case .versionRecalled(let recall):
            writer.writeVarint(UInt64(recall.foldedThrough))
            writer.writeVarint(recall.previousMint.number)
            writer.writeVarint(recall.mint.number)
        case .codeLabeled(let mint, let label):
            writer.writeVarint(mint.number)
            writer.writeText(label)
        case .tasteReverted(let mint, let resumesAt):
            writer.writeVarint(mint.number)
            writer.writeVarint(resumesAt.stored)
        case .pick(let slate):
            writer.write(UInt8(slate.shown.count))
            writer.writeVarint(UInt64(slate.chosen))
            for position in slate.shown { writer.writeVarint(position.number) }
        case .skip(let shown):
            writer.write(UInt8(shown.count))
            for position in shown { writer.writeVarint(position.number) }
        case .housePinned(let pin):
            writer.writeVarint(pin.mint.stored)
            writer.writeVarint(UInt64(pin.threshold ?? 0))
        case .erasureScheduled(let user, let due):
            writer.writeText(user)
            writer.write(due.microseconds)
        case .erasureCancelled(let user): writer.writeText(user)
        case .tasteReset: break
        case .spaceDefined, .imageRegistered, .modelAssigned, .versionImported, .codeAliased, .personErased, .erased:
            preconditionFailure("a record of the kind \(kind) is no person's")
        }
    }

    private static func encode(_ mint: VersionMint, to writer: inout ByteWriter) {
        writer.writeVarint(UInt64(mint.foldedThrough))
        writer.write(mint.symbolCount)
        writer.write(UInt8(mint.house == nil ? 0 : 1))
        writer.writeVarint(mint.previousMint.stored)
        if let house = mint.house {
            writer.writeVarint(house.asOf.number)
            writer.writeVarint(UInt64(house.contributorCount))
        }
        writer.write(bytes: mint.version)
    }
}

extension ByteWriter {
    /// Appends positions in ascending order: how many, then each as its distance from the one before.
    fileprivate mutating func write(ascending positions: [Position]) {
        writeVarint(UInt64(positions.count))
        var last: UInt64 = 0
        for position in positions {
            precondition(position.number > last, "the positions are in ascending order")
            writeVarint(position.number - last)
            last = position.number
        }
    }
}

extension RecordView {
    /// Whether the record's body is the very bytes that a body encodes to. An erased part is like no other.
    package func holds(_ body: RecordBody) -> Bool {
        guard body.kind == header.kind, header.kind != .erased else { return false }
        var writer = ByteWriter(capacity: bytes.byteCount)
        if header.isPersonal {
            body.encodePersonal(to: &writer)
            return self.body.hasSameBytes(as: writer.span())
        }
        body.encodePublic(to: &writer)
        guard bytes.extracting(bodyOffset..<privateOffset).hasSameBytes(as: writer.span()) else { return false }
        guard hasPrivatePart, !isErased else { return !body.hasPrivatePart && !isErased }
        writer.truncate(to: 0)
        body.encodePrivate(to: &writer)
        return bytes.extracting((privateOffset + RecordSalt.byteCount)..<bytes.byteCount)
            .hasSameBytes(as: writer.span())
    }
}
