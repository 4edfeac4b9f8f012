/// The companion of checkpoints after which nothing is kept on this machine: whatever was committed later is fetched again
/// from where it was made durable.
public final class CheckpointAlone: CheckpointCompanion {
    /// A companion with nothing to say.
    public init() {}

    public func takeOver(from note: [UInt8], in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8] {
        []
    }

    public func noteAtRest(in transaction: borrowing WriteTransaction) throws(LMDBError) -> [UInt8]? { [] }

    public func scrub() throws(LMDBError) {}

    public func checkpointIsDurable(_ note: [UInt8]) {}
}
