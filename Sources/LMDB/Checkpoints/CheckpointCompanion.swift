/// What makes commits durable before LMDB has flushed them, as far as its keeper of checkpoints must know it.
///
/// A companion knows at which commit a checkpoint was taken by the note that it gave for it: where its own reading would
/// begin if the environment came back to that commit.
package protocol CheckpointCompanion: AnyObject, Sendable {
    /// This process begins to change the environment, whose last commit becomes a checkpoint now.
    ///
    /// Called with the writer's lock held.
    ///
    /// - Parameter note: The note of the checkpoint before.
    /// - Returns: The note for the last commit.
    func takeOver(from note: [UInt8], in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8]

    /// The note for the last commit, or nil when something is durable that the environment does not have yet.
    ///
    /// Called with the writer's lock held.
    func noteAtRest(in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8]?

    /// Overwrites everything that is made durable already: the checkpoint, which is the last commit, has it all.
    ///
    /// Called with the writer's lock held. What is overwritten is on disk when this returns.
    func scrub() throws(LMDBError)

    /// The checkpoint of this note is durable, and the newest: nothing from before it will be read again. No other process
    /// can take over meanwhile.
    func checkpointIsDurable(_ note: [UInt8])
}
