internal import EventLog

/// How to import.
public struct ImportOptions: Sendable {
    /// The space of lines that name none.
    public var defaultSpace: String?
    /// Whether `recordedAt`, or else `at`, is taken as the recorded time, so that history can be travelled in; a line
    /// whose time goes back is refused then.
    public var trustsTimes = false
    /// Whether a bad line is passed over instead of ending the import.
    public var skipsBadLines = false
    /// Whether events without an `eventID` get one of their source, line number and content, so that an import that was
    /// interrupted is resumed by repeating it. Costs 16 bytes an event.
    public var derivesEventIDs = false
    /// What names the lines' source, such as the path of their file: the same line of another source is another event to
    /// ``derivesEventIDs``.
    public var source = ""

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
    /// Lines whose `at` is before 1990: mostly seconds where milliseconds are meant.
    public internal(set) var earlyTimeCount = 0
    /// The first of them, from 1.
    public internal(set) var firstEarlyTimeLine: Int?
}

/// Imports lines of the interchange format, in batches, each durable before the next.
///
/// Everything before a bad line is imported, nothing of the bad line. Importing the same lines again writes nothing
/// where they carry event ids; images never need any.
public struct Importer {
    /// What has been done so far; what is durable.
    public internal(set) var report = ImportReport()
    let store: Store
    let options: ImportOptions
    private let onReject: (_ line: [UInt8], InterchangeError) -> Void
    private var batch: [(event: NewEvent, line: Int, json: [UInt8], source: UInt64?)] = []
    /// Lines that have been taken and not yet looked at.
    private var lines: [(number: Int, json: [UInt8])] = []
    private var linesByteCount = 0
    /// Lines that are being parsed while those before them are written.
    private var parsing: Task<[ParsedLine], Never>?
    private var lineNumber = 0
    var positions = PositionMap()

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
            if line.isImplausiblyEarly {
                report.earlyTimeCount += 1
                report.firstEarlyTimeLine = report.firstEarlyTimeLine ?? line.number
            }
            if case .success(.event(let event, let source)) = line.content {
                batch.append((event, line.number, line.json, source))
                continue
            }
            // What stands before the line goes in first, or is passed over first.
            try await flush()
            do throws(InterchangeFault) {
                if case .other(let other) = try line.content.get() { try await perform(other) }
            } catch {
                try reject(line.json, InterchangeError(line: line.number, fault: error))
            }
        }
        try await flush()
    }

    private mutating func flush() async throws(InterchangeError) {
        while !batch.isEmpty {
            do throws(StoreError) {
                try await write(batch.count)
            } catch {
                guard case .event(let index, _) = error else {
                    throw InterchangeError(line: batch[0].line, fault: .refused(error))
                }
                let bad = batch[index]
                let number = bad.line
                // The events before the bad one have been checked and are good: they go in, then it is dealt with.
                do throws(StoreError) { try await write(index) } catch {
                    throw InterchangeError(line: batch[0].line, fault: .refused(error))
                }
                batch.removeFirst()
                if !options.skipsBadLines { batch.removeAll() }
                try reject(bad.json, InterchangeError(line: number, fault: .refused(error)))
            }
        }
    }

    /// Appends the first `count` events of the batch and takes them out of it.
    private mutating func write(_ count: Int) async throws(StoreError) {
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
        guard options.skipsBadLines, !error.fault.isStoreFailure else { throw error }
        report.rejectedCount += 1
        onReject(json, error)
    }
}
