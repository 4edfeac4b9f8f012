package import Metrics
internal import NIOConcurrencyHelpers

/// Metrics as Prometheus reads them (text format 0.0.4): a backend of swift-metrics that keeps the figures itself.
///
/// Timers become histograms in seconds, other recorders their sum and count.
package final class PrometheusMetrics: MetricsFactory {
    struct Key: Hashable {
        let label: String
        let dimensions: String
    }

    /// The figures of one metric.
    final class Series: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
        enum Kind: Sendable { case counter, gauge, summary, histogram }

        struct Figures {
            var value = 0.0
            var sum = 0.0
            var count = 0
            var buckets: [Int]
        }

        /// The upper ends of a histogram's buckets, in seconds.
        static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

        let kind: Kind
        let figures = NIOLockedValueBox(Figures(buckets: Array(repeating: 0, count: Series.bounds.count)))

        init(_ kind: Kind) { self.kind = kind }

        func increment(by amount: Int64) { figures.withLockedValue { $0.value += Double(amount) } }
        func increment(by amount: Double) { figures.withLockedValue { $0.value += amount } }
        func decrement(by amount: Double) { figures.withLockedValue { $0.value -= amount } }
        func reset() { figures.withLockedValue { $0.value = 0 } }
        func set(_ value: Int64) { set(Double(value)) }
        func set(_ value: Double) { figures.withLockedValue { $0.value = value } }
        func record(_ value: Int64) { record(Double(value)) }
        func record(_ value: Double) {
            figures.withLockedValue { figures in
                figures.value = value
                figures.sum += value
                figures.count += 1
            }
        }
        func recordNanoseconds(_ duration: Int64) {
            let seconds = Double(duration) / 1e9
            figures.withLockedValue { figures in
                figures.sum += seconds
                figures.count += 1
                if let index = Self.bounds.firstIndex(where: { seconds <= $0 }) { figures.buckets[index] += 1 }
            }
        }
    }

    /// What a request's figures are kept under.
    private struct RequestKey: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private let series = NIOLockedValueBox<[Key: Series]>([:])
    private let requests = NIOLockedValueBox<[RequestKey: Series]>([:])

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        made(label, dimensions, .counter)
    }
    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        made(label, dimensions, .counter)
    }
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        made(label, dimensions, .gauge)
    }
    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        made(label, dimensions, aggregate ? .summary : .gauge)
    }
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        made(label, dimensions, .histogram)
    }
    // Figures outlive the handles to them: a counter that starts again at zero would look like a restart.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    func made(_ label: String, _ dimensions: [(String, String)], _ kind: Series.Kind) -> Series {
        let labels = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        let key = Key(label: Self.name(label), dimensions: labels)
        return series.withLockedValue { series in
            if let known = series[key] { return known }
            let new = Series(kind)
            series[key] = new
            return new
        }
    }

    /// Notes that a request was answered.
    func recordRequest(route: String, method: String, status: Int, took duration: Duration) {
        let key = RequestKey(route: route, method: method, status: status)
        // Composing the labels takes longer than all the rest of it.
        let known = requests.withLockedValue { $0[key] }
        let series =
            known
            ?? made(
                "http_request_duration_seconds",
                [("route", route), ("method", method), ("status", String(status))], .histogram)
        if known == nil { requests.withLockedValue { $0[key] = series } }
        let (seconds, attoseconds) = duration.components
        series.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// All figures as text.
    func text() -> String {
        let known = series.withLockedValue { $0 }
        let sorted = known.sorted { ($0.key.label, $0.key.dimensions) < ($1.key.label, $1.key.dimensions) }
        var lines: [String] = []
        var previous: String?
        for (key, series) in sorted {
            var label = key.label
            if series.kind == .histogram, !label.hasSuffix("_seconds") { label += "_seconds" }
            if series.kind == .counter, !label.hasSuffix("_total") { label += "_total" }
            if previous != label { lines.append("# TYPE \(label) \(series.kind)") }
            previous = label
            lines += Self.lines(of: series, label, key.dimensions)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(of series: Series, _ label: String, _ dimensions: String) -> [String] {
        let figures = series.figures.withLockedValue { $0 }
        let suffix = dimensions.isEmpty ? "" : "{\(dimensions)}"
        switch series.kind {
        case .counter, .gauge: return ["\(label)\(suffix) \(figures.value)"]
        case .summary: return ["\(label)_sum\(suffix) \(figures.sum)", "\(label)_count\(suffix) \(figures.count)"]
        case .histogram:
            let more = dimensions.isEmpty ? "" : dimensions + ","
            var total = 0
            var lines: [String] = []
            for (bound, count) in zip(Series.bounds, figures.buckets) {
                total += count
                lines.append("\(label)_bucket{\(more)le=\"\(bound)\"} \(total)")
            }
            lines.append("\(label)_bucket{\(more)le=\"+Inf\"} \(figures.count)")
            return lines + ["\(label)_sum\(suffix) \(figures.sum)", "\(label)_count\(suffix) \(figures.count)"]
        }
    }

    private static func name(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "_" })
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result
    }
}
