/// Why there is no measurement.
enum BenchError: Error, CustomStringConvertible {
    /// The command line cannot be understood.
    case usage(String)
    /// This workload or parameter is not offered: the suite reports a skip.
    case unsupported(String)
    /// Something went wrong, or came out wrong.
    case failed(String)

    var description: String {
        switch self {
        case .usage(let text), .unsupported(let text), .failed(let text): text
        }
    }
}
