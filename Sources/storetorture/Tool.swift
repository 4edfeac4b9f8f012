/// One of the driver's tools.
protocol Tool {
    static var name: String { get }
    static var summary: String { get }
    static var options: [Option] { get }

    init(_ arguments: Arguments) throws

    /// Runs it, prints its report, and returns whether nothing was found.
    func run() throws -> Bool
}

extension Tool {
    static var usage: String {
        (["storetorture \(name): \(summary)"] + options.map(\.usageLine)).joined(separator: "\n")
    }
}

/// The tool could not do its work; this says nothing about the store.
struct ToolError: Error {
    let text: String
}
