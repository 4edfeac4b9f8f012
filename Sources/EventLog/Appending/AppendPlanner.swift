package import LMDB

/// Decides what each append request means, on the writer's thread, before anything is put.
///
/// The log itself knows positions, records, order and durability; a planner knows names. For every group the committer
/// calls ``begin(_:head:)``, then ``plan(_:in:into:)`` for each request, puts the planned records, then
/// ``flushSlice(_:)``, commits, and then ``didFinish(_:)``; last, with the callers answered, ``afterReplies(_:)``. A planner is
/// confined to that sequence.
package protocol AppendPlanner: AnyObject, Sendable {
    /// What a caller asks to append, at once or not at all.
    associatedtype Request: Sendable
    /// What the caller learns when the request is durable.
    associatedtype Answer: Sendable
    /// Why a request is refused; nothing of it reaches the log.
    associatedtype Rejection: Error

    /// Catches up with everything that is committed, other processes' appends included.
    func begin(_ transaction: borrowing WriteTransaction, head: LogHead?) throws(StorageError)

    /// Validates one request and adds its records to the group.
    ///
    /// Must leave planner and group as they were when it throws.
    func plan(
        _ request: Request, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(PlanFailure<Rejection>) -> Answer

    /// Does bounded upkeep of derived tables in the group's transaction.
    func flushSlice(_ transaction: inout WriteTransaction) throws(StorageError)

    /// The most that ``maintain(_:)`` would make the data file grow by, in bytes.
    var upkeepByteCount: Int { get }

    /// Learns whether the group was committed; forgets what it planned when it was not.
    func didFinish(_ outcome: GroupOutcome)

    /// Does what can wait until the group's callers have their answers. The group has been committed.
    func afterReplies(_ group: borrowing RecordGroup)
}

/// Why a request could not be planned.
package enum PlanFailure<Rejection: Error>: Error {
    /// The request is at fault, and fails alone.
    case rejected(Rejection)
    /// The store is at fault, and the whole group fails.
    case storage(StorageError)
}

/// What became of a group.
package enum GroupOutcome: Sendable {
    /// Every record up to here is durable.
    case committed(upTo: Position?)
    /// Nothing of the group is in the log.
    case abandoned
}

/// Why an append did not happen.
package enum AppendFailure<Rejection: Error>: Error {
    /// The planner refused the request.
    case rejected(Rejection)
    /// The store could not be written; the request may be retried once the store is open again.
    case storage(StorageError)
    /// The caller's task was cancelled before the request entered a group.
    case cancelled
}
