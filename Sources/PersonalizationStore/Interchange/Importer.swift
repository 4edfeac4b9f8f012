internal import ByteCoding
internal import EventLog
internal import TasteFold

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// How to import.
public struct ImportOptions: Sendable {
    /// The space of lines that name none.
    public var defaultSpace: String?
    /// Whether `recordedAt`, or else `at`, is taken as the recorded time, so that history can be travelled in; a line
    /// whose time goes back is refused then.
    public var trustsTimes = false
    /// Whether a bad line is passed over instead of ending the import.
    public var skipsBadLines = false
    /// Whether events without an `eventID` get one of their line's number and content, so that an import that was
    /// interrupted is resumed by repeating it. Costs 16 bytes an event.
    public var derivesEventIDs = false

    /// The usual options: stop at the first bad line, stamp events with the writer's clock.
    public init() {}
}

/// What an import has done.
public struct ImportReport: Hashable, Sendable {
    /// Lines read, empty ones not counted.
    public internal(set) var lineCount = 0
    /// Events written.
    public internal(set) var eventCount = 0
    /// Images written.
    public internal(set) var imageCount = 0
    /// Lines that were in the log already, by event id or as the same image.
    public internal(set) var repeatCount = 0
    /// Versions minted or recalled because the lines say so.
    public internal(set) var mintCount = 0
    /// Bad lines passed over.
    public internal(set) var rejectedCount = 0
}

/// Imports lines of the interchange format, in batches, each durable before the next.
///
/// Everything before a bad line is imported, nothing of the bad line. Importing the same lines again writes nothing
/// where they carry event ids; images never need any.
public struct Importer {
    /// What has been done so far; what is durable.
    public private(set) var report = ImportReport()
    private let store: Store
    private let options: ImportOptions
    private let onReject: (_ line: [UInt8], InterchangeError) -> Void
    private var batch: [(event: NewEvent, line: Int, json: [UInt8], source: UInt64?)] = []
    /// Lines that have been taken and not yet looked at.
    private var lines: [(number: Int, json: [UInt8])] = []
    private var linesByteCount = 0
    /// Lines that are being parsed while those before them are written.
    private var parsing: Task<[ParsedLine], Never>?
    private var lineNumber = 0
    private var positions = PositionMap()

    /// An importer into a store.
    ///
    /// - Parameters:
    ///   - store: The store to append to.
    ///   - options: What stands in for missing fields, and what to do about bad lines.
    ///   - onReject: Called with each bad line that is passed over.
    public init(
        into store: Store, options: ImportOptions = ImportOptions(),
        onReject: @escaping (_ line: [UInt8], InterchangeError) -> Void = { _, _ in }
    ) {
        self.store = store
        self.options = options
        self.onReject = onReject
    }

    /// Takes one line; may write the batch that it completes.
    ///
    /// - Throws: What is wrong with this line or with one that was taken before it.
    public mutating func add(_ json: [UInt8]) async throws(InterchangeError) {
        lineNumber += 1
        if json.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
            return
        }
        lines.append((lineNumber, json))
        linesByteCount += json.count
        if lines.count >= 4000 || linesByteCount >= 1 << 20 { try await process() }
    }

    /// Writes what is left. Call it after the last line, also when the import is stopped early.
    public mutating func finish() async throws(InterchangeError) {
        while parsing != nil || !lines.isEmpty { try await process() }
    }

    /// Has the lines that wait parsed, and meanwhile does what the lines before them ask for.
    private mutating func process() async throws(InterchangeError) {
        let parsed = parsing
        parsing = lines.isEmpty ? nil : Task { [lines, options] in await ParsedLine.parse(lines, options) }
        lines.removeAll(keepingCapacity: true)
        linesByteCount = 0
        guard let parsed else { return }
        do throws(InterchangeError) { try await perform(await parsed.value) } catch {
            // Nothing after the bad line is imported.
            parsing = nil
            throw error
        }
    }

    /// Does what lines ask for, in order.
    private mutating func perform(_ parsed: [ParsedLine]) async throws(InterchangeError) {
        for line in parsed {
            report.lineCount += 1
            do throws(InterchangeFault) {
                switch try line.content.get() {
                case .event(let event, let source): batch.append((event, line.number, line.json, source))
                case .other(let other):
                    try await flushUnwrapped()
                    try await perform(other)
                }
            } catch {
                // What stands before the bad line goes in first, or is passed over first.
                try await flush()
                try reject(line.json, InterchangeError(line: line.number, fault: error))
            }
        }
        try await flush()
    }

    private mutating func flush() async throws(InterchangeError) {
        while !batch.isEmpty {
            do throws(AppendError) {
                try await write(batch.count)
            } catch {
                guard case .event(let index, let fault) = error else {
                    throw InterchangeError(line: batch[0].line, fault: .append(error))
                }
                let bad = batch[index]
                let number = bad.line
                // The events before the bad one have been checked and are good: they go in, then it is dealt with.
                do throws(AppendError) { try await write(index) } catch {
                    throw InterchangeError(line: batch[0].line, fault: .append(error))
                }
                batch.removeFirst()
                if !options.skipsBadLines { batch.removeAll() }
                try reject(bad.json, InterchangeError(line: number, fault: .refused(fault)))
            }
        }
    }

    private mutating func flushUnwrapped() async throws(InterchangeFault) {
        do throws(InterchangeError) { try await flush() } catch { throw error.fault }
    }

    /// Appends the first `count` events of the batch and takes them out of it.
    private mutating func write(_ count: Int) async throws(AppendError) {
        guard count > 0 else { return }
        let receipts = try await store.append(batch[..<count].map(\.event))
        for (entry, receipt) in zip(batch, receipts) {
            if let source = entry.source { positions.add(source, receipt.position.number) }
            if receipt.isRepeat {
                report.repeatCount += 1
            } else if case .image = entry.event.action {
                report.imageCount += 1
            } else {
                report.eventCount += 1
            }
        }
        batch.removeFirst(count)
    }

    private mutating func reject(_ json: [UInt8], _ error: InterchangeError) throws(InterchangeError) {
        guard options.skipsBadLines, !error.fault.isOperatingFailure else { throw error }
        report.rejectedCount += 1
        onReject(json, error)
    }

    // MARK: Lines that are no plain events

    private mutating func perform(_ line: InterchangeLine) async throws(InterchangeFault) {
        let time = options.trustsTimes ? try line.trustedTime() : nil
        switch line.kind {
        case "space": try await define(line, time)
        case "model": try await assignModel(line, time)
        case "profile", "settingsOpened": break  // The first event of the stream opens it.
        case "minted", "recalled": try await mint(line, time)
        case "houseMinted": try await mintHouse(line, time)
        default:
            do throws(PersonalizationError) {
                let receipt = try await own(line, time)
                if let source = line.position, let receipt { positions.add(source, receipt.position.number) }
            } catch {
                throw .personalization(error)
            }
            report.eventCount += 1
        }
    }

    private func define(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        let definition = SpaceDefinition(
            name: try line.need(line.name, "name"), threshold: UInt32(clamping: line.threshold ?? 40),
            mean: try line.need(line.meanQ14, "meanQ14"), panel: try line.need(line.panelQ14, "panelQ14"))
        let dimension = definition.mean.count
        guard dimension > 0, definition.panel.count % (2 * dimension) == 0 else {
            throw .invalidValue("panelQ14", "its length is not a multiple of twice the dimension \(dimension)")
        }
        do throws(RecordError) { _ = try SpaceDescriptor(definition, at: .first) } catch {
            throw .invalidValue("panelQ14", error.description)
        }
        do throws(AppendError) {
            _ = try await store.submit(.space(definition, models: [], defaultModel: nil), at: time)
        } catch {
            throw .append(error)
        }
    }

    private func assignModel(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        let model = try line.need(line.model, "model")
        let space = try line.need(line.space, "space")
        do throws(AppendError) {
            try await store.assignModel(model, to: space, isDefault: line.isDefault ?? false, at: time)
        } catch {
            throw .append(error)
        }
    }

    private mutating func mint(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        let profile = try line.profileName(options.defaultSpace)
        let hash = try line.need(line.hash, "hash")
        let version: Version
        do throws(PersonalizationError) {
            version = try await store.currentVersion(of: profile, trustedTime: time).version
        } catch {
            throw .personalization(error)
        }
        guard version.hash.description == hash else {
            throw .versionDiffers(expected: line.code ?? hash, found: version.code)
        }
        try noteHead(line)
        report.mintCount += 1
    }

    /// Notes where a line that was just done went: to the log's head.
    private mutating func noteHead(_ line: InterchangeLine) throws(InterchangeFault) {
        let head: LogHead?
        do throws(StorageError) { head = try store.head() } catch { throw .personalization(.storage(error)) }
        if let source = line.position, let head { positions.add(source, head.position.number) }
    }

    private mutating func mintHouse(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        let space = try line.need(line.space ?? options.defaultSpace, "space")
        let hash = try line.need(line.hash, "hash")
        let asOf = positions.last(upTo: try line.need(line.asOf, "asOf")).map { Position($0) }
        let house: MintedHouse
        do throws(PersonalizationError) {
            house = try await store.mintHouse(of: space, asOf: asOf, at: time)
        } catch {
            throw .personalization(error)
        }
        guard house.version.hash.description == hash else {
            throw .versionDiffers(expected: line.code ?? hash, found: house.version.code)
        }
        try noteHead(line)
        report.mintCount += 1
    }

    /// Does what a line says of codes, history or settings; its receipt, when one position of the source became one here.
    private func own(_ line: InterchangeLine, _ time: Timestamp?) async throws(PersonalizationError) -> Receipt? {
        let profile = ProfileName(
            user: line.user ?? "", space: line.space ?? options.defaultSpace ?? "",
            profile: line.profile ?? ProfileName.defaultProfile)
        func mint() throws(PersonalizationError) -> Position { try store.ownedMint(line.code ?? "", of: profile) }
        switch line.kind {
        case "label":
            return try await store.own(profile, .label(mint: try mint(), line.label ?? ""), at: time)
        case "revoke": return try await store.own(profile, .revoke(mint: try mint()), at: time)
        case "restore": return try await store.own(profile, .restore(mint: try mint()), at: time)
        case "revert":
            return try await store.own(
                profile, .revert(mint: try mint()), eventID: line.eventID.flatMap { EventID($0) }, at: time)
        case "retract":
            guard let event = line.event, let position = positions[event] else {
                throw .fault(.unknownEvent(line.event ?? 0))
            }
            return try await store.own(
                profile, .retract(Position(position)), eventID: line.eventID.flatMap { EventID($0) }, at: time)
        case "reset":
            return try await store.own(profile, .reset, eventID: line.eventID.flatMap { EventID($0) }, at: time)
        case "adopt":
            let source = ProfileName(
                user: profile.user, space: line.fromSpace ?? "", profile: line.fromProfile ?? ProfileName.defaultProfile
            )
            return try await store.adopt(
                source, into: profile, eventID: line.eventID.flatMap { EventID($0) }, at: time)
        case "housePinned":
            return try await store.pinHouse(line.code, of: profile.space, threshold: line.threshold, at: time)
        case "settings":
            let pinned = (line.pinned ?? []).map { WeightedCodeName(code: $0.code, weight: $0.weight) }
            return try await store.setSettings(
                of: profile.user, in: profile.space,
                to: Settings(
                    personalizesAlways: line.always ?? false, refusesHouse: line.ownChoicesOnly ?? false,
                    profile: profile.profile, pinned: pinned),
                at: time)
        default:
            guard let bytes = line.bytes.flatMap({ Data(base64Encoded: $0) }) else {
                throw .fault(.damagedBundle("its bytes are not base64"))
            }
            try await store.importVersion([UInt8](bytes), at: time)
            return nil
        }
    }
}

/// Where source positions went: runs of positions that moved by the same amount, since an import keeps the order.
private struct PositionMap {
    private var runs: [(source: UInt64, target: UInt64, count: UInt64)] = []

    mutating func add(_ source: UInt64, _ target: UInt64) {
        if let last = runs.last, source == last.source + last.count, target == last.target + last.count {
            runs[runs.count - 1].count += 1
        } else {
            runs.append((source, target, 1))
        }
    }

    /// Where the last source position up to a limit went.
    func last(upTo limit: UInt64) -> UInt64? {
        runs.filter { $0.source <= limit }.map { $0.target + min(limit - $0.source, $0.count - 1) }.max()
    }

    subscript(source: UInt64) -> UInt64? {
        for run in runs.reversed() where source >= run.source && source < run.source + run.count {
            return run.target + (source - run.source)
        }
        return nil
    }
}
