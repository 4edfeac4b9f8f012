/// The companion of checkpoints after which nothing is kept on this machine: whatever was committed later is fetched again
/// from where it was made durable.
package final class CheckpointAlone: CheckpointCompanion {
    /// A companion with nothing to say.
    package init() {}

    package func takeOver(from note: [UInt8], in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8] {
        []
    }

    package func noteAtRest(in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8]? { [] }

    package func scrub() throws(LMDBError) {}

    package func checkpointIsDurable(_ note: [UInt8]) {}
}
