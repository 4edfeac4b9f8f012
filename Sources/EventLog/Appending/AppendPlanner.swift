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
    /// What the caller gets when the request is refused or fails; nothing of it reaches the log.
    associatedtype Failure: AppendFailure

    /// Catches up with everything that is committed, other processes' appends included.
    func begin(_ transaction: borrowing WriteTransaction, head: LogHead?) throws(StorageError)

    /// Validates one request and adds its records to the group.
    ///
    /// Must leave planner and group as they were when it throws. An error with a ``AppendFailure/storageError`` fails the
    /// whole group, any other this request alone.
    func plan(
        _ request: Request, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(Failure) -> Answer

    /// Does bounded upkeep of derived tables in the group's transaction.
    func flushSlice(_ transaction: inout WriteTransaction) throws(StorageError)

    /// The most that ``maintain(_:)`` would make the data file grow by, in bytes.
    var upkeepByteCount: Int { get }

    /// Learns whether the group was committed; forgets what it planned when it was not.
    func didFinish(_ outcome: GroupOutcome)

    /// Does what can wait until the group's callers have their answers. The group has been committed.
    func afterReplies(_ group: borrowing RecordGroup)
}

/// What became of a group.
package enum GroupOutcome: Sendable {
    /// Every record up to here is durable.
    case committed(upTo: Position?)
    /// Nothing of the group is in the log.
    case abandoned
}

/// What the callers of a committer get when an append did not happen.
package protocol AppendFailure: StorageFailing {
    /// The caller's task was cancelled before the request entered a group.
    static var cancelled: Self { get }
    /// What is wrong with the store, when it is the store that failed; nil when the request is at fault.
    var storageError: StorageError? { get }
}
