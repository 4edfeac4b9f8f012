internal import Synchronization

/// Sees to what an environment requires whose commits are not flushed one by one.
public protocol WriteGuardian: AnyObject, Sendable {
    /// Called with the writer's lock held, before the transaction changes anything. When it throws, the transaction ends.
    func willChange(_ transaction: borrowing WriteTransaction) throws(LMDBError)

    /// The environment is about to be closed: whatever of LMDB's is held must be let go now.
    func environmentWillClose()
}

extension Environment {
    /// Who is asked before each transaction that changes something.
    public var writeGuardian: (any WriteGuardian)? { guardian.withLock { $0 } }

    /// Has a guardian asked from now on; it lives as long as the environment.
    ///
    /// - Precondition: There is none yet.
    public func guardWrites(by guardian: any WriteGuardian) {
        self.guardian.withLock { current in
            precondition(current == nil, "an environment has one guardian")
            current = guardian
        }
    }
}
