/// How long each request took, kept exactly: percentiles are those of the sorted samples.
struct LatencySamples: Sendable {
    /// In nanoseconds, in no order.
    private(set) var nanoseconds: [UInt64] = []

    var count: Int { nanoseconds.count }

    mutating func add(_ sample: UInt64) { nanoseconds.append(sample) }

    mutating func add(_ other: LatencySamples) { nanoseconds += other.nanoseconds }

    /// The `latency` member of a result line: percentiles in microseconds, and HdrHistogram's buckets of two significant
    /// digits, by which the suite adds repetitions up.
    var json: String {
        let sorted = nanoseconds.sorted()
        var members = ["\"unit\":\"us\"", "\"count\":\(sorted.count)"]
        for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("p999", 0.999), ("max", 1)] {
            members.append("\"\(name)\":\(Self.microseconds(of: sorted, quantile))")
        }
        let buckets = Self.buckets(of: sorted).map { "[\($0.lowest),\($0.count)]" }
        members.append("\"histogram\":[\(buckets.joined(separator: ","))]")
        return "{\(members.joined(separator: ","))}"
    }

    /// A percentile in microseconds; 0 without samples.
    func microseconds(_ quantile: Double) -> Double { Self.microseconds(of: nanoseconds.sorted(), quantile) }

    private static func microseconds(of sorted: [UInt64], _ quantile: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let rank = Int((quantile * Double(sorted.count) + 0.5).rounded(.down))
        return Double(sorted[min(max(rank, 1), sorted.count) - 1]) / 1000
    }

    private static func buckets(of sorted: [UInt64]) -> [(lowest: UInt64, count: Int)] {
        var buckets: [(lowest: UInt64, count: Int)] = []
        for sample in sorted {
            let shift = max(0, UInt64.bitWidth - sample.leadingZeroBitCount - 8)
            let lowest = (sample >> shift) << shift
            if buckets.last?.lowest == lowest {
                buckets[buckets.count - 1].count += 1
            } else {
                buckets.append((lowest, 1))
            }
        }
        return buckets
    }
}
