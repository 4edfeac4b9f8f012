internal import SeededRandom

/// Cuts the power at every point of a trace, and has each state that the disk may be in then checked.
///
/// What may be on disk at one point may also be so at every later point up to the next sync, where no less has been
/// acknowledged. So it suffices to look just before something becomes durable, and at the end.
struct CrashSimulation: Tool {
    static let name = "crash"
    static let summary = "checks what power losses could leave of a store's files, by a trace of its writes and syncs"
    static let options: [Option] = [
        .required("trace", "FILE", "the trace, see 'storetorture trace'"),
        .optional("store", "DIR", "the store as it was before the trace; none if the trace created it"),
        .check,
        .optional("points", "N", standard: "1000000", "how many points of the trace are looked at, chosen at random"),
        .optional("exhaustive", "N", standard: "6", "up to so many pending pages, every subset is checked"),
        .optional(
            "images", "N", standard: "1000000",
            "how many states are checked at a point, chosen at random, of each kind in turn"),
        .optional("samples", "N", standard: "16", "random subsets of pages (when more) and of sectors, at each point"),
        .seed, .jobs, .timeLimit, .scratch, .keep,
    ]

    private let trace: Trace
    private let store: String?
    private let check: Command
    private let arguments: Arguments

    init(_ arguments: Arguments) throws {
        trace = try Trace(path: try arguments.required("trace"))
        store = arguments.text("store")
        check = try arguments.command("check")
        self.arguments = arguments
    }

    func run() throws -> Bool {
        var generator = SeededGenerator(seed: try arguments.seed())
        let findings = Findings(keepPath: arguments.text("keep"))
        let scratch = try Scratch(in: arguments.text("scratch"))
        let folders = try (0..<(try arguments.jobs())).map { number in
            let folder = scratch.folder("image-\(number)")
            try folder.reset(to: store)
            return folder
        }
        var disk = CrashableDisk(
            durable: try trace.files.map { name in try store.map { try StoreFolder(path: $0).read(name) } ?? [] })
        var selection = try PointSelection(total: pointCount, wanted: arguments.count("points"))
        var acknowledged: UInt64 = 0
        func cutPower(_ number: Int) throws {
            guard selection.takesNext(using: &generator) else { return }
            let images = CrashImages(
                of: disk, exhaustive: try arguments.count("exhaustive"), samples: try arguments.count("samples"),
                using: &generator)
            let point = Point(number: number, disk: disk, acknowledged: acknowledged)
            let chosen = images.some(try arguments.count("images"), using: &generator)
            try checkImages(chosen, at: point, in: folders, findings)
        }
        for (number, operation) in trace.operations.enumerated() {
            switch operation {
            case .acknowledged(let position): acknowledged = max(acknowledged, position)
            case .write(let write):
                disk.write(write)
                guard write.isSynced, !write.failed else { continue }
                try cutPower(number)
                disk.settle(write.offset..<write.offset + write.bytes.count, of: write.file)
            case .sync(let file, failed: false):
                try cutPower(number)
                disk.settleAll(of: file)
            case .sync(let file, failed: true): disk.doomAll(of: file)
            }
        }
        try cutPower(trace.operations.count)
        report(findings, pointCount: selection.taken, acknowledged: acknowledged)
        return findings.failureCount == 0 && acknowledged > 0
    }

    private var pointCount: Int {
        trace.operations.count { operation in
            switch operation {
            case .write(let write): write.isSynced && !write.failed
            case .sync(_, let failed): !failed
            case .acknowledged: false
            }
        } + 1
    }

    private struct Point: Sendable {
        let number: Int
        let disk: CrashableDisk
        let acknowledged: UInt64
    }

    private func checkImages(
        _ images: [CrashImage], at point: Point, in folders: [StoreFolder], _ findings: Findings
    ) throws {
        let check = check, store = store, names = trace.files, limit = try arguments.timeLimit()
        try forEachInParallel(images, jobs: folders.count) { worker, image in
            let folder = folders[worker]
            func write() throws {
                for (index, name) in names.enumerated() {
                    let bytes = point.disk.image(of: index, image.choices, keepsLength: image.keepsLength)
                    try folder.write(bytes, to: name)
                }
            }
            try folder.removeLock()
            try write()
            let line = check.filled(dir: folder.path, acknowledged: point.acknowledged)
            let result = try ChildProcess.run(line, limit: limit)
            guard result.ending != .exited(0) else { return findings.count(image.kind.rawValue, "sound") }
            findings.count(image.kind.rawValue, "failed")
            // The checker may have written to the files that it was given.
            try folder.removeLock()
            try write()
            findings.fail(
                "\(image.kind.rawValue), before operation \(point.number), \(point.acknowledged) acknowledged, "
                    + "\(image.choices.count) of \(point.disk.pending.count) sectors on disk: \(result.summary)",
                dataPath: folder.dataPath)
            try folder.reset(to: store)
        }
    }

    private func report(_ findings: Findings, pointCount: Int, acknowledged: UInt64) {
        print("\(pointCount) points of \(trace.operations.count) operations, \(acknowledged) acknowledged in the end")
        findings.printTable(rows: CrashImage.Kind.allCases.map(\.rawValue), columns: ["sound", "failed"])
        if acknowledged == 0 { print("nothing was acknowledged in the trace, so nothing was shown") }
    }
}

/// Takes some of many points at random, since what comes before a sync alternates with what comes before a meta page.
private struct PointSelection {
    private var left: Int
    private var wanted: Int
    private(set) var taken = 0

    init(total: Int, wanted: Int) {
        left = total
        self.wanted = wanted
    }

    mutating func takesNext(using generator: inout SeededGenerator) -> Bool {
        defer { left -= 1 }
        guard Int.random(in: 0..<left, using: &generator) < wanted else { return false }
        wanted -= 1
        taken += 1
        return true
    }
}
