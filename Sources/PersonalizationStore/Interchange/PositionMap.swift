/// Where source positions went: runs of positions that moved by the same amount, since an import keeps the order.
///
/// Takes any numbers: a line may say that it was at the last position that there can be.
struct PositionMap: Sendable {
    private var runs: [(source: UInt64, target: UInt64, count: UInt64)] = []

    mutating func add(_ source: UInt64, _ target: UInt64) {
        if let last = runs.last, source > last.source, source - last.source == last.count, target > last.target,
            target - last.target == last.count
        {
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
        for run in runs.reversed() where source >= run.source && source - run.source < run.count {
            return run.target + (source - run.source)
        }
        return nil
    }
}
