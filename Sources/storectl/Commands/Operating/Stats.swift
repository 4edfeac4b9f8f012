import ArgumentParser
import PersonalizationStore

/// `storectl stats`
struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints figures: events, spaces, codes, disk use, readers.",
        discussion: """
            Examples:
              storectl stats
              storectl stats --clear-stale-readers
            """)

    @OptionGroup var options: StoreOptions

    @Flag(help: "First free the reader slots that killed processes left behind.")
    var clearStaleReaders = false

    func run() async throws {
        try await options.withStore(clearStaleReaders ? .writing : .reading) { store in
            let cleared = clearStaleReaders ? try store.clearStaleReaders() : nil
            let statistics = try store.statistics()
            Output.show(Report(statistics, cleared), json: options.json) { statistics.text(cleared) }
            ClockWarning.report(statistics.clockLag)
        }
    }

    private struct Report: Encodable {
        struct Reader: Encodable {
            let processID: Int32
            let transactionsBehind: Int?
        }

        struct Journal: Encodable {
            let isClean: Bool
            let checkpointAgeSeconds: Double?
            let ownerProcessID: Int32?
            let usedBytes: Int
            let segmentBytes: Int
        }

        let events: Int
        let lastRecordedAt: String?
        let clockLagSeconds: Double
        let spaces: [SpaceReport]
        let profiles: Int
        let images: Int
        let versions: Int
        let mapBytes: Int
        let usedBytes: Int
        let freeBytes: Int
        let bytesPerEvent: Double
        let checkpointLag: Int
        let journal: Journal?
        let readers: [Reader]
        let maximumReaders: Int
        let staleReadersCleared: Int?

        init(_ statistics: StoreStatistics, _ cleared: Int?) {
            events = statistics.eventCount
            lastRecordedAt = statistics.lastRecordedAt?.rfc3339
            clockLagSeconds = Text.seconds(statistics.clockLag)
            spaces = statistics.spaces.map { SpaceReport($0) }
            profiles = statistics.profileCount
            images = statistics.imageCount
            versions = statistics.versionCount
            mapBytes = statistics.mapByteCount
            usedBytes = statistics.usedByteCount
            freeBytes = statistics.freeByteCount
            bytesPerEvent = statistics.bytesPerEvent
            checkpointLag = statistics.checkpointLag
            journal = statistics.journal.map {
                Journal(
                    isClean: $0.isClean, checkpointAgeSeconds: $0.checkpointAge.map { $0 / .seconds(1) },
                    ownerProcessID: $0.ownerProcessID, usedBytes: $0.usedByteCount, segmentBytes: $0.segmentByteCount)
            }
            readers = statistics.readers.map { Reader(processID: $0.processID, transactionsBehind: $0.lag) }
            maximumReaders = statistics.maximumReaders
            staleReadersCleared = cleared
        }
    }
}

extension StoreStatistics {
    fileprivate func text(_ cleared: Int?) -> TerminalText {
        let behind = readers.compactMap(\.lag).max() ?? 0
        var rows = [
            ["events", Text.count(eventCount) + (lastRecordedAt.map { ", the last at \(Text.minute($0))" } ?? "")],
            ["spaces", spaces.isEmpty ? "none" : spaces.map(\.name).joined(separator: ", ")],
            ["profiles", Text.count(profileCount)],
            ["images", Text.count(imageCount)],
            ["codes", Text.count(versionCount)],
            [
                "disk",
                "\(Text.bytes(usedByteCount)), of them \(Text.bytes(freeByteCount)) free for reuse; "
                    + "\(Text.decimal(bytesPerEvent, digits: 0)) bytes an event",
            ],
            [
                "map",
                "\(Text.decimal(Double(usedByteCount) * 100 / Double(mapByteCount), digits: 3)) % of "
                    + Text.bytes(mapByteCount),
            ],
            ["checkpoint", checkpointLag == 0 ? "up to date" : "\(Text.counted(checkpointLag, "event")) behind"],
            ["journal", journal?.text ?? "none yet: a copy that was not opened for writing"],
            [
                "readers",
                "\(readers.count) of \(maximumReaders) slots"
                    + (behind > 0 ? ", the oldest \(Text.counted(behind, "commit")) behind" : ""),
            ],
        ]
        if let cleared { rows.append(["cleared", Text.counted(cleared, "stale reader")]) }
        return Output.table(rows)
    }
}

extension JournalStatistics {
    fileprivate var text: String {
        let age = checkpointAge.map { ", taken \(Text.decimal($0 / .seconds(1), digits: 1)) s ago" } ?? ""
        guard let ownerProcessID else { return "at rest" + age }
        return "\(Text.bytes(usedByteCount)) of \(Text.bytes(segmentByteCount)) used by process \(ownerProcessID)"
            + "; checkpoint" + age
    }
}
