internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import LMDB
internal import Projections

/// What a verification found.
public struct VerificationReport: Sendable {
    /// The number of events read.
    public internal(set) var eventCount = 0
    /// Everything that is wrong, in the order found; each names the record or table.
    public internal(set) var findings: [String] = []
    /// What may be wrong, or the trace of a commit that failed: the text says which. The next commit removes such a trace.
    public internal(set) var doubts: [String] = []
    /// How long it took.
    public internal(set) var duration: Duration = .zero

    /// True when nothing is wrong, and nothing may be.
    public var isClean: Bool { findings.isEmpty && doubts.isEmpty }
}

extension Store {
    /// Checks everything that can be checked: that every page of the file is in use once or free once, each record's
    /// checksum and canonical form, gapless positions, times that never go back, links and revisions, references to
    /// events of the right kind, names that are given once, versions against the space and the profile that they are of,
    /// every row of every derived table against a rebuild in memory, and the checkpoint file and the journal.
    ///
    /// All findings are reported, not only the first. Corruption that LMDB itself cannot survive may end the process:
    /// `storectl verify` therefore does this in a child process.
    ///
    /// Cost: one pass over the file, one over the log in one snapshot; memory for one row of every derived table, and for two
    /// bits a page.
    ///
    /// - Parameters:
    ///   - earlier: What the log was, signed by whoever has its key; read it with the key that you trust
    ///     (`SignedCheckpoint(parsing:verifiedBy:)`). Then it is checked too that the log begins with all that it had then, in
    ///     the same order and unchanged: somebody who has the files and not the key can make everything else fit.
    ///   - onProgress: Called now and then with how many events have been read.
    public func verify(
        since earlier: SignedCheckpoint? = nil,
        onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) throws(StoreError) -> VerificationReport {
        let start = ContinuousClock.now
        var report = VerificationReport()
        guard try verifyPages(into: &report) else {
            report.duration = ContinuousClock.now - start
            return report
        }
        try read { (view) throws(StoreError) in
            var verifier = LogVerifier(log: view.log, since: earlier)
            guard let head = view.snapshot.head else {
                if let earlier { report.findings += verifier.flaws(since: earlier) }
                return
            }
            var next = Position.first
            while next <= head {
                try verifier.verify(next, in: view, findings: &report.findings)
                report.eventCount += 1
                if report.eventCount % 50_000 == 0 {
                    onProgress(OperationProgress(.readingEvents, done: report.eventCount, of: Int(head.number)))
                }
                next = next.next
            }
            if let earlier { report.findings += verifier.flaws(since: earlier) }
            report.findings += try metaFindings(verifier.erasures, in: view)
            if verifier.isTablesComparable { report.findings += try view.flawsOfTables(verifier.tables) }
            report.findings += try view.superfluousRecords(after: head)
        }
        report.findings += try journalFindings()
        report.doubts += try metaPageDoubts()
        report.duration = ContinuousClock.now - start
        return report
    }
}

extension Store {
    /// What is wrong with the table `meta`, or with what was erased.
    private func metaFindings(
        _ erasures: ErasureVerifier, in view: borrowing StoreView
    ) throws(StoreError) -> [String] {
        do throws(StorageError) {
            let stored = try meta.readSecret(in: view.snapshot.transaction, path: path)
            let finished = try finishedErasure(in: view.snapshot.transaction)
            return erasures.findings(finishedThrough: finished)
                + (stored == secret ? [] : ["the store's secret was changed while the store was open"])
        } catch {
            guard case .damagedMeta = error else { throw .storage(error) }
            return erasures.findings(finishedThrough: nil) + [error.description]
        }
    }

    private func metaPageDoubts() throws(StoreError) -> [String] {
        let order = try StoreError.wrapDatabase { () throws(LMDBError) in
            isReadOnly
                ? try environment.checkMetaPagesUnlocked(growingTable: LogTable.name)
                : try environment.checkMetaPages(growingTable: LogTable.name)
        }
        switch order {
        case .sound: return []
        case .earlierHasMore(let earlier, let later):
            return [
                "the page of the transaction before the last has \(earlier) events, and the last one \(later): either a "
                    + "commit failed there with an I/O error, and its events were never acknowledged, or the last "
                    + "transaction's number is damaged and its events are hidden; compare with a backup"
            ]
        case .earlierIsAstray(let root, let lastPage):
            return [
                "the page of the transaction before the last refers to page \(root) of \(lastPage): either a commit failed "
                    + "there with an I/O error, and its events were never acknowledged, or that page is damaged; nothing "
                    + "reads it, and the next append replaces it"
            ]
        }
    }
}

/// Follows the log from its first record and checks each against what came before.
private struct LogVerifier {
    var tables: TableVerifier
    /// False once a record could not be applied: then the tables cannot be compared.
    var isTablesComparable = true
    private var lastTime = Timestamp(microseconds: .min)
    /// The kind of each record so far; nil for one that is damaged, of which nothing more can be said.
    private var kinds: [RecordKind?] = []
    /// The names under which streams of profiles and of settings, and images, were made so far.
    private var profiles: Set<ScopedName> = []
    private var settings: Set<ScopedName> = []
    private var images: Set<ScopedName> = []
    /// The streams of boards.
    private var boards: Set<Position> = []
    var erasures = ErasureVerifier()

    init(log: LogTable, since earlier: SignedCheckpoint?) {
        tables = TableVerifier(log: log, keepingRootsOf: earlier.map { [$0.size] } ?? [])
    }

    mutating func verify(
        _ position: Position, in view: borrowing StoreView, findings: inout [String]
    ) throws(StoreError) {
        do throws(StoreError) {
            let record = try view.record(at: position)
            kinds.append(record.header.kind)
            if record.header.recordedAt < lastTime {
                findings.append("the record at position \(position) was recorded before the one before it")
            }
            lastTime = record.header.recordedAt
            findings += try flaws(of: record, in: view)
            if isTablesComparable {
                try StoreError.wrap { () throws(StorageError) in
                    try tables.apply(record, of: view.log, in: view.snapshot.transaction)
                }
            }
        } catch {
            if kinds.count < position.number { kinds.append(nil) }
            guard case .storage(.record(let flaw)) = error else { throw error }
            findings.append(flaw.description)
            isTablesComparable = false
        }
    }

    /// Where the log is not what it was when a checkpoint was signed.
    func flaws(since earlier: SignedCheckpoint) -> [String] {
        let size = UInt64(kinds.count)
        if size < earlier.size {
            return [
                "the log has \(size) events, and had \(earlier.size) when the checkpoint was signed: its end is gone"
            ]
        }
        // A damaged record, which has been reported, has no leaf.
        guard isTablesComparable else {
            return ["the log cannot be compared with the signed checkpoint, since a record of it is damaged"]
        }
        return tables.tree.roots[earlier.size] == earlier.root
            ? []
            : ["the first \(earlier.size) events are not those that the signed checkpoint is of: history was rewritten"]
    }

    private mutating func flaws(of record: borrowing RecordView, in view: borrowing StoreView) throws(StoreError)
        -> [String]
    {
        let body = try view.body(of: record)
        var flaws: [String] = []
        erasures.take(record, body)
        if body.kind != record.header.kind || !(record.isErased || record.holds(body)) {
            flaws.append("the record at position \(record.position) is not canonical")
        }
        for (reference, expected) in body.references {
            guard reference < record.position else {
                flaws.append("the record at position \(record.position) refers to \(reference), which is not before it")
                continue
            }
            guard let kind = kinds[Int(reference.number) - 1] else { continue }
            if !expected.contains(kind) {
                flaws.append("the record at position \(record.position) refers to \(reference), which is a \(kind)")
            }
        }
        if let flaw = body.aliasFlaw { flaws.append("the record at position \(record.position) \(flaw)") }
        if let flaw = repeatedName(body, in: record) { flaws.append(flaw) }
        if let flaw = try profileFlaw(body, in: record, view) { flaws.append(flaw) }
        if body.kind == .versionMinted || body.kind == .versionImported {
            do throws(StoreError) {
                let version = try view.checkedVersion(in: record)
                if body.kind == .versionMinted, try view.profileDigest(of: record) != version.bytes.profileDigest {
                    flaws.append(
                        "the version minted at position \(record.position) is of another profile, or of another store's "
                            + "secret")
                }
            } catch {
                // A damaged record that this one refers to is reported itself.
                if case .storage(.record(let flaw)) = error, flaw.position == record.position {
                    flaws.append(flaw.description)
                }
            }
        }
        return flaws
    }

    /// What is wrong with what is said of a profile as a whole.
    private mutating func profileFlaw(
        _ body: RecordBody, in record: borrowing RecordView, _ view: borrowing StoreView
    ) throws(StoreError) -> String? {
        guard case .profileChanged(let change) = body else { return nil }
        let stream = record.header.stream
        // A damaged opening is reported itself.
        guard kinds[Int(stream.number) - 1] != nil else { return nil }
        guard let name = try view.profileName(ofStream: stream), !name.isHouse else {
            return "the record at position \(record.position) says something of what is nobody's profile"
        }
        if change.reference != view.reference(of: name).bits {
            return
                "the record at position \(record.position) has the reference of another profile, or of another store's "
                + "secret"
        }
        if record.header.revision == 2, change.isBoard { boards.insert(stream) }
        return change.isBoard == boards.contains(stream)
            ? nil
            : "the record at position \(record.position) makes a profile a board, or no board, that was opened before"
    }

    /// The second opening of a stream, or registration of an image, under one name.
    private mutating func repeatedName(_ body: RecordBody, in record: borrowing RecordView) -> String? {
        switch body {
        case .profileOpened(let space, let user, let profile):
            profiles.insert(ScopedName(space: space, user, profile)).inserted
                ? nil : "the profile '\(profile)' of \(user) is opened again at position \(record.position)"
        case .settingsOpened(let space, let user):
            settings.insert(ScopedName(space: space, user)).inserted
                ? nil : "the settings of \(user) are opened again at position \(record.position)"
        case .imageRegistered(let image):
            images.insert(ScopedName(space: record.header.stream, image.id)).inserted
                ? nil : "the image '\(image.id)' is registered again at position \(record.position)"
        default: nil
        }
    }
}

extension RecordBody {
    /// The events that the body refers to, each with the kinds that it may have.
    fileprivate var references: [(Position, RecordKinds)] {
        let version = RecordKinds(.versionMinted, .versionImported)
        let listed = RecordKinds(.versionMinted, .versionRecalled)
        switch self {
        case .rank(let winner, let loser):
            return [(winner, RecordKinds(.imageRegistered)), (loser, RecordKinds(.imageRegistered))]
        case .like(let image), .unlike(let image): return [(image, RecordKinds(.imageRegistered))]
        case .profileOpened(let space, _, _), .settingsOpened(let space, _):
            return [(space, RecordKinds(.spaceDefined))]
        case .versionMinted(let mint):
            let origin = mint.house.map { [($0.asOf, RecordKinds.all)] } ?? []
            return origin + (mint.previousMint.map { [($0, listed)] } ?? [])
        case .versionRecalled(let recall): return [(recall.previousMint, listed), (recall.mint, version)]
        case .codeLabeled(let mint, _): return [(mint, version)]
        // An import that an operator spoke of may be gone with the person whose it was.
        case .codeRevoked(let mint), .codeRestored(let mint): return [(mint, version.union(.init(.erased)))]
        case .tasteReverted(let mint, _): return [(mint, version)]
        case .codeAliased(_, let mint): return mint.map { [($0, version.union(.init(.erased)))] } ?? []
        case .eventRetracted(let event): return [(event, RecordKinds(.rank, .like, .unlike, .pick))]
        case .foldAdopted(let event): return [(event, .all)]
        case .housePinned(let pin): return pin.mint.map { [($0, RecordKinds(.versionMinted))] } ?? []
        case .pick(let slate): return slate.shown.map { ($0, RecordKinds(.imageRegistered)) }
        case .skip(let shown): return shown.map { ($0, RecordKinds(.imageRegistered)) }
        case .settingsChanged(let change):
            // What another person minted may be gone.
            return change.pinned.map { ($0.mint, version.union(.init(.erased))) }
        case .personErased(let erasure):
            let openings = RecordKinds(.profileOpened, .settingsOpened, .erasureScheduled, .erased)
            let others = RecordKinds(.imageRegistered, .versionImported, .codeLabeled, .erased)
            return erasure.streams.map { ($0, openings) } + erasure.records.map { ($0, others) }
        case .spaceDefined, .imageRegistered, .modelAssigned, .versionImported, .tasteReset, .erasureScheduled,
            .erasureCancelled, .erased, .profileChanged:
            return []
        }
    }
}

extension StoreView {
    /// What is wrong with the derived tables: that they cannot be used, or where they differ from a rebuild.
    fileprivate func flawsOfTables(_ rebuilt: TableVerifier) throws(StoreError) -> [String] {
        do throws(StorageError) {
            if let flaw = try snapshot.flawOfTables() { return [flaw.description] }
            return try rebuilt.differences(in: snapshot)
        } catch {
            throw .storage(error)
        }
    }

    /// Entries of the log's table that are no position up to the head: a gap shows as one too many.
    fileprivate func superfluousRecords(after head: Position) throws(StoreError) -> [String] {
        let count = try StoreError.wrapDatabase { () throws(LMDBError) in
            try snapshot.transaction.entryCount(log.table)
        }
        return count == Int(head.number) ? [] : ["the log has \(count) records and its last position is \(head)"]
    }
}
