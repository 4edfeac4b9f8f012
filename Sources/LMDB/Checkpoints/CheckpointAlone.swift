/// The companion of checkpoints after which nothing is kept on this machine: whatever was committed later is fetched again
/// from where it was made durable.
package final class CheckpointAlone: CheckpointCompanion {
    /// A companion with nothing to say.
    package init() {}

    /// Nothing is to be found.
    package func takeOver(from note: [UInt8], in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8] {
        []
    }

    /// Always: whatever is durable elsewhere is fetched in any case.
    package func noteAtRest(in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8]? { [] }

    /// Nothing is kept that could be overwritten.
    package func scrub() throws(LMDBError) {}

    /// Nothing is freed by it.
    package func checkpointIsDurable(_ note: [UInt8]) {}
}
