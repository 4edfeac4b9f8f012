/// How far a long operation has come: what every `onProgress` is called with, now and then, while the operation waits.
public struct OperationProgress: Hashable, Sendable {
    /// What is being done. An operation takes several steps one after the other, and ``done`` begins anew with each.
    public let step: Step
    /// How much of the step is done; the step says what is counted. 0 where nothing is.
    public let done: Int
    /// How much there is; 0 where nothing is counted.
    public let total: Int

    /// One step of an operation.
    @nonexhaustive
    public enum Step: Hashable, Sendable {
        /// Reads and checks the log; counts events.
        case readingEvents
        /// Folds minted versions again; counts mints.
        case foldingVersions
        /// Builds the derived tables anew; counts events.
        case rebuildingTables
        /// Takes what was said out of the records of people who are erased; counts people.
        case replacingRecords
        /// Overwrites free pages; counts nothing.
        case overwritingFreePages
        /// Waits until readers of earlier states have ended; the texts name them. Counts nothing.
        case waitingForReaders([String])
        /// Goes on with a shard of a cluster, the catalogue having the last number. Counts nothing.
        case shard(Int)
        /// Begins again, since another rebuild or erasure stopped this one. Counts nothing.
        case beginningAgain
    }

    /// Describes a step that counts something.
    package init(_ step: Step, done: Int = 0, of total: Int = 0) {
        self.step = step
        self.done = done
        self.total = total
    }
}

extension OperationProgress: CustomStringConvertible {
    /// One sentence for people, without a full stop.
    public var description: String { total > 0 ? "\(step): \(done) of \(total)" : step.description }
}

extension OperationProgress.Step: CustomStringConvertible {
    /// A few words for people.
    public var description: String {
        switch self {
        case .readingEvents: "reading the log"
        case .foldingVersions: "folding versions again"
        case .rebuildingTables: "building the derived tables anew"
        case .replacingRecords: "replacing the records of people who are erased"
        case .overwritingFreePages: "overwriting free pages"
        case .waitingForReaders(let readers): "waiting for \(readers.joined(separator: ", "))"
        case .shard(let number): "going on in shard \(number)"
        case .beginningAgain: "beginning again, since another rebuild has begun"
        }
    }
}
