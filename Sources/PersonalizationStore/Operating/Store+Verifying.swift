internal import ByteCoding
internal import CodeRegistry
public import EventLog
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
    /// Checks everything that can be checked: each record's checksum and canonical form, gapless positions, times that
    /// never go back, links and stream versions, references to events of the right kind, version hashes, every row of every
    /// derived table against a rebuild in memory, and the checkpoint file and the journal.
    ///
    /// All findings are reported, not only the first. Corruption that LMDB itself cannot survive may end the process:
    /// `storectl verify` therefore does this in a child process.
    ///
    /// Cost: one pass over the log in one snapshot; memory for one row of every derived table.
    public func verify(
        onProgress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(StorageError) -> VerificationReport {
        let start = ContinuousClock.now
        var report = VerificationReport()
        try read({ $0 }) { (view) throws(StorageError) in
            var verifier = LogVerifier()
            guard let head = view.snapshot.head else { return }
            var next = Position.first
            while next <= head {
                try verifier.verify(next, in: view, findings: &report.findings)
                report.eventCount += 1
                if report.eventCount % 50_000 == 0 { onProgress(report.eventCount, Int(head.number)) }
                next = next.next
            }
            if verifier.isTablesComparable { report.findings += try verifier.tables.differences(in: view.snapshot) }
            report.findings += try view.superfluousRecords(after: head)
        }
        report.findings += try journalFindings()
        report.doubts = try metaPageDoubts()
        report.duration = ContinuousClock.now - start
        return report
    }
}

extension Store {
    /// Looks at the checkpoint file and the journal while nobody writes.
    private func journalFindings() throws(StorageError) -> [String] {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite(changes: false) }
        let head = try tables.log.headPosition(in: transaction)?.number ?? 0
        return try StorageError.wrap { () throws(LMDBError) in
            var findings = try files.keeper.file.findings()
            if let slot = try files.keeper.file.newestSlot() {
                findings += try files.durability.journal.findings(after: slot.note, head: head)
            }
            return findings
        }
    }

    private func metaPageDoubts() throws(StorageError) -> [String] {
        let order = try StorageError.wrap { () throws(LMDBError) in
            try environment.checkMetaPages(growingTable: LogTable.name)
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
    var tables = TableVerifier()
    /// False once a record could not be applied: then the tables cannot be compared.
    var isTablesComparable = true
    private var lastTime = Timestamp(microseconds: .min)
    /// The kind of each record so far; nil for one that is damaged, of which nothing more can be said.
    private var kinds: [RecordKind?] = []

    mutating func verify(
        _ position: Position, in view: borrowing StoreView, findings: inout [String]
    ) throws(StorageError) {
        do throws(StorageError) {
            let record = try view.snapshot.record(at: position)
            kinds.append(record.header.kind)
            if record.header.recordedAt < lastTime {
                findings.append("the record at position \(position) was recorded before the one before it")
            }
            lastTime = record.header.recordedAt
            findings += try flaws(of: record, in: view)
            if isTablesComparable { try tables.apply(record, in: view.snapshot.transaction) }
        } catch {
            if kinds.count < position.number { kinds.append(nil) }
            guard case .record(let flaw) = error else { throw error }
            findings.append(flaw.description)
            isTablesComparable = false
        }
    }

    private func flaws(of record: borrowing RecordView, in view: borrowing StoreView) throws(StorageError) -> [String] {
        let body = try view.body(of: record)
        var flaws: [String] = []
        if body.kind != record.header.kind || !record.holds(body) {
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
        if case .versionMinted(let mint) = body {
            do { _ = try VersionBytes(canonical: mint.version.span.bytes) } catch {
                flaws.append("the version minted at position \(record.position) is not canonical: \(error)")
            }
        }
        return flaws
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
        case .versionMinted(let mint): return mint.previousMint.map { [($0, listed)] } ?? []
        case .versionRecalled(let recall): return [(recall.previousMint, listed), (recall.mint, version)]
        case .codeLabeled(let mint, _), .codeRevoked(let mint), .codeRestored(let mint): return [(mint, version)]
        case .tasteReverted(let mint, _): return [(mint, version)]
        case .eventRetracted(let event): return [(event, RecordKinds(.rank, .like, .unlike))]
        case .settingsChanged(let change): return change.pinned.map { ($0.mint, version) }
        case .spaceDefined, .imageRegistered, .modelAssigned, .versionImported: return []
        }
    }
}

extension StoreView {
    /// Entries of the log's table that are no position up to the head: a gap shows as one too many.
    fileprivate func superfluousRecords(after head: Position) throws(StorageError) -> [String] {
        do throws(LMDBError) {
            let count = try snapshot.transaction.entryCount(log.table)
            return count == Int(head.number) ? [] : ["the log has \(count) records and its last position is \(head)"]
        } catch {
            throw .database(error)
        }
    }
}
