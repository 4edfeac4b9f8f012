internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import LMDB
internal import Projections
internal import Synchronization
internal import TasteFold

extension Store {
    /// Folds minted versions again, from the log alone, and compares them with what was stored: an audit.
    ///
    /// First reads the log, verifying every record, then folds on all cores. No snapshot is held for longer than tens of
    /// milliseconds, so the audit may run beside a busy service. Damage throws; a mint that comes out differently is
    /// reported.
    ///
    /// - Parameters:
    ///   - scope: Which mints to audit, and by which fold; all of them by their own if not given.
    ///   - onProgress: Called now and then, from the task that audits.
    public func audit(
        _ scope: AuditScope = AuditScope(), onProgress: @escaping @Sendable (OperationProgress) -> Void = { _ in }
    ) async throws(StoreError) -> AuditReport {
        let start = ContinuousClock.now
        var report = AuditReport()
        let wanted = try scope.code.map { (code) throws(StoreError) in try version(code).mint.position }
        let mints = try findMints(scope, of: wanted, report: &report, onProgress: onProgress)
        let choice: FoldChoice?
        if scope.house != nil || scope.fold != nil { choice = try self.choice(of: scope) } else { choice = nil }
        let results: [AuditOutcome] = await foldAgain(mints, scope, choice, onProgress: onProgress)
        for result in results {
            switch result {
            case .skipped: break
            case .same(let comparisonCount):
                report.mintCount += 1
                report.comparisonCount += comparisonCount
            case .mismatch(let mismatch):
                report.mintCount += 1
                report.mismatches.append(mismatch)
            case .house(let house): try audit(house, into: &report)
            case .failed(let error): throw error
            }
        }
        report.incompleteHouses.sort()
        report.mismatches.sort { $0.position < $1.position }
        report.duration = ContinuousClock.now - start
        return report
    }

    /// The mints and recalls in scope, found by reading the log in short snapshots.
    private func findMints(
        _ scope: AuditScope, of wanted: Position?, report: inout AuditReport,
        onProgress: (OperationProgress) -> Void
    ) throws(StoreError) -> [Position] {
        var mints: [Mint] = []
        var eventCount = 0
        var next = scope.from ?? .first
        let head = try read { (view) throws(StoreError) in
            guard let time = scope.time else { return view.snapshot.head }
            return try view.lastPosition(asOf: time)
        }
        guard let last = head.map({ min($0, scope.to ?? $0) }) else { return [] }
        while next <= last {
            let end = min(last, Position(next.number + 49_999))
            try read { (view) throws(StoreError) in
                try view.scan(next...end) { (record) throws(StoreError) in
                    eventCount += 1
                    switch record.header.kind {
                    case .versionMinted, .versionRecalled:
                        if wanted == nil || record.mintLinks?.mint == wanted {
                            mints.append(Mint(stream: record.header.stream, position: record.position))
                        }
                    default: break
                    }
                    return true
                }
            }
            next = end.next
            onProgress(OperationProgress(.readingEvents, done: eventCount, of: Int(last.number)))
        }
        report.eventCount = eventCount
        // The mints of a profile side by side: they fold much the same images.
        return mints.sorted { ($0.stream, $0.position) < ($1.stream, $1.position) }.map(\.position)
    }

    private struct Mint {
        let stream: Position
        let position: Position
    }

    private func foldAgain(
        _ mints: [Position], _ scope: AuditScope, _ choice: FoldChoice?,
        onProgress: @escaping @Sendable (OperationProgress) -> Void
    ) async -> [AuditOutcome] {
        let images = ImagePool()
        return await withTaskGroup(of: [AuditOutcome].self) { group in
            for chunk in stride(from: 0, to: mints.count, by: Self.auditChunkCount) {
                let positions = mints[chunk..<min(mints.count, chunk + Self.auditChunkCount)]
                group.addTask { self.auditChunk(positions, scope, choice, images) }
            }
            var outcomes: [AuditOutcome] = []
            for await chunk in group {
                outcomes += chunk
                onProgress(OperationProgress(.foldingVersions, done: outcomes.count, of: mints.count))
            }
            return outcomes
        }
    }

    /// How many mints share a snapshot: some tens of milliseconds of work.
    private static let auditChunkCount = 64

    private func auditChunk(
        _ mints: ArraySlice<Position>, _ scope: AuditScope, _ choice: FoldChoice?, _ pool: ImagePool
    ) -> [AuditOutcome] {
        let images = pool.take()
        defer { pool.put(images) }
        do throws(StoreError) {
            return try read { (view) throws(StoreError) in
                var outcomes: [AuditOutcome] = []
                images.begin(view.snapshot.transaction)
                for mint in mints { outcomes.append(try view.audit(mint, scope, choice, images)) }
                return outcomes
            }
        } catch {
            return [.failed(error)]
        }
    }
}

/// A house as it was minted, to be made again.
struct StoredHouse: Sendable {
    let mint: Position
    let space: Space
    let origin: HouseOrigin
    let version: VersionBytes
    let symbolCount: Int
}

extension Store {
    /// Makes a house again, and notes whether it comes out the same.
    private func audit(_ house: StoredHouse, into report: inout AuditReport) throws(StoreError) {
        report.mintCount += 1
        let (made, count) = try makeHouse(of: house.space, asOf: house.origin.asOf)
        // People who were erased since took their part with them: that is no mismatch, and cannot be told from one.
        guard let made, count >= Int(house.origin.contributorCount) else {
            report.incompleteHouses.append(house.mint)
            return
        }
        let (stored, again) = (house.version, made.bytes)
        let storedTaste = try taste(of: stored, at: house.mint)
        let madeTaste = try taste(of: again, at: house.mint)
        report.comparisonCount += Int(madeTaste.comparisonCount)
        if stored.bytes == again.bytes { return }
        report.mismatches.append(
            AuditMismatch(
                position: house.mint, profile: .house(of: house.space.name),
                code: Code(digest: stored.hash, symbolCount: house.symbolCount), storedHash: stored.hash,
                foldedHash: again.hash, cosine: storedTaste.cosine(to: madeTaste),
                firstDifference: stored.firstDifference(from: again)))
    }

    private func taste(of version: VersionBytes, at mint: Position) throws(StoreError) -> Taste {
        let payload = version.payload
        do { return try Taste(payload: payload.span.bytes) } catch {
            throw .record(.notCanonical(mint, "version bytes: \(error)"))
        }
    }

    /// The fold that a what-if question asks for.
    private func choice(of scope: AuditScope) throws(StoreError) -> FoldChoice {
        let foldID = scope.fold ?? HP1.id
        guard let code = scope.house else { return FoldChoice(foldID: foldID, house: nil, threshold: 0) }
        let version = try version(code)
        guard version.taste.foldID == HM1.id else { throw .fault(.notHouse(code, space: version.space)) }
        return FoldChoice(
            foldID: foldID, house: HousePrior(taste: version.taste, versionHash: version.hash), threshold: 0)
    }
}

/// The images of an audit's folds, one collection for each task that is at work.
private final class ImagePool: Sendable {
    private let idle = Mutex<[MappedImages]>([])

    func take() -> MappedImages { idle.withLock { $0.popLast() } ?? MappedImages() }

    func put(_ images: MappedImages) { idle.withLock { $0.append(images) } }
}

/// What became of one mint in an audit.
enum AuditOutcome: Sendable {
    case skipped
    case same(comparisonCount: Int)
    case mismatch(AuditMismatch)
    /// A house, which is made again outside of the snapshot: it folds every profile of its space.
    case house(StoredHouse)
    case failed(StoreError)
}

extension StoreView {
    /// Folds the stream of a mint or recall again, up to the revision that it covers.
    func audit(
        _ mint: Position, _ scope: AuditScope, _ applied: FoldChoice?, _ images: MappedImages
    ) throws(StoreError) -> AuditOutcome {
        let stored: VersionBytes
        let storedTaste: Taste
        let minting = try record(at: mint)
        guard let links = minting.mintLinks, let name = try profileName(ofStream: minting.header.stream) else {
            throw .record(.unexpectedKind(mint, minting.header.kind))
        }
        if let user = scope.user, !name.user.hasSameBytes(as: user) { return .skipped }
        let holder = try record(at: links.mint)
        do {
            stored = try VersionBytes(canonical: try holder.versionBytes())
            storedTaste = try Taste(payload: stored.payload.span.bytes)
        } catch let error as RecordError {
            throw .record(error)
        } catch {
            throw .record(.notCanonical(mint, "version bytes: \(error)"))
        }
        let symbolCount = Int(holder.mintLinks?.symbolCount ?? 0)
        let event = try covered(by: mint, version: links.foldedThrough)
        let space = try self.space(at: try spacePosition(ofStream: minting.header.stream))
        let head = try streamHead(of: minting.header.stream)
        if name.isHouse {
            // A what-if question is about people's codes.
            if applied != nil { return .skipped }
            return .house(try storedHouse(mint, stored, symbolCount, in: space))
        }
        if let house = applied?.house, house.taste.spaceID != space.descriptor.id { return .skipped }
        let choice: FoldChoice
        if let applied { choice = applied } else { choice = try foldChoice(of: storedTaste, in: space) }
        let fold = profileFold(of: name, head, in: space, choice, images: images)
        let folded: FoldedProfile
        do throws(FoldFailure) {
            folded = try fold.fold(at: event, in: snapshot.transaction) { (image) throws(StorageError) in
                try translated(image, to: space)
            }
        } catch {
            throw StoreError(error, of: name)
        }
        let again = versionBytes(of: folded, profile: name)
        if again.bytes == stored.bytes { return .same(comparisonCount: Int(folded.taste.comparisonCount)) }
        return .mismatch(
            AuditMismatch(
                position: mint, profile: name, code: Code(digest: stored.hash, symbolCount: symbolCount),
                storedHash: stored.hash, foldedHash: again.hash, cosine: storedTaste.cosine(to: folded.taste),
                firstDifference: stored.firstDifference(from: again)))
    }

    private func storedHouse(
        _ mint: Position, _ stored: VersionBytes, _ symbolCount: Int, in space: Space
    ) throws(StoreError) -> StoredHouse {
        let record = try record(at: mint)
        guard let origin = record.houseOrigin else {
            throw .record(.unexpectedKind(mint, record.header.kind))
        }
        return StoredHouse(mint: mint, space: space, origin: origin, version: stored, symbolCount: symbolCount)
    }

    /// The last event of a mint's stream that its fold has seen.
    func covered(by mint: Position, version: UInt32) throws(StoreError) -> Position {
        var next: Position? = mint
        while let position = next {
            let record = try record(at: position)
            if record.header.revision <= version { return position }
            next = record.header.previous
        }
        throw .record(.outOfOrder(mint, "covers nothing of its stream"))
    }

    private func spacePosition(ofStream stream: Position) throws(StoreError) -> Position {
        let record = try record(at: stream)
        guard case .profileOpened(let space, _, _) = try body(of: record) else {
            throw .record(.unexpectedKind(stream, record.header.kind))
        }
        return space
    }
}

extension VersionBytes {
    /// The first thing in which two versions differ, for people.
    func firstDifference(from other: VersionBytes) -> String {
        if profileDigest != other.profileDigest { return "profile digest: the store secret or a name differs" }
        if rankings != other.rankings { return "rankings: stored \(rankings), folded \(other.rankings)" }
        if likes != other.likes { return "likes: stored \(likes), folded \(other.likes)" }
        guard let stored = try? Taste(payload: payload.span.bytes),
            let folded = try? Taste(payload: other.payload.span.bytes)
        else { return "the stored taste is not canonical" }
        if stored.spaceID != folded.spaceID { return "space: stored \(stored.spaceID), folded \(folded.spaceID)" }
        if stored.comparisonCount != folded.comparisonCount {
            return "comparisons: stored \(stored.comparisonCount), folded \(folded.comparisonCount)"
        }
        if stored.gain != folded.gain { return "gain: stored \(stored.gain), folded \(folded.gain)" }
        if stored.confidence != folded.confidence {
            return "confidence: stored \(stored.confidence), folded \(folded.confidence)"
        }
        for (index, pair) in zip(stored.direction, folded.direction).enumerated() where pair.0 != pair.1 {
            return "direction component \(index): stored \(pair.0), folded \(pair.1)"
        }
        return "the fold's id differs"
    }
}
