internal import Synchronization

/// Sees to what an environment requires whose commits are not flushed one by one.
package protocol WriteGuardian: AnyObject, Sendable {
    /// Called with the writer's lock held, before the transaction changes anything. When it throws, the transaction ends.
    func willChange(_ transaction: borrowing WriteTransaction) throws(LMDBError)

    /// Makes the last commit durable, and lets go of whatever would come back to an earlier one.
    ///
    /// Called with the writer's lock held, by a transaction that changes nothing. False when something is durable that the
    /// environment does not have yet, which the next change must bring first.
    func settle(holding transaction: borrowing WriteTransaction) throws(LMDBError) -> Bool

    /// Overwrites what is kept beside the environment of commits before the last, and has every other process clear the
    /// memory in which it prepares pages before it changes anything. Called after ``settle(holding:)``, with the same
    /// transaction.
    func scrub(holding transaction: borrowing WriteTransaction) throws(LMDBError)

    /// The environment is about to be closed: whatever of LMDB's is held must be let go now.
    func environmentWillClose()
}

extension Environment {
    /// Who is asked before each transaction that changes something.
    package var writeGuardian: (any WriteGuardian)? { guardian.withLock { $0 } }

    /// Makes the last commit durable where commits are not flushed one by one.
    ///
    /// Cost: two flushes, or none when nothing was committed since the last time.
    package func settle() throws(LMDBError) {
        guard let writeGuardian else { return }
        let transaction = try beginWrite(changes: false)
        _ = try writeGuardian.settle(holding: transaction)
    }

    /// Has a guardian asked from now on; it lives as long as the environment.
    ///
    /// - Precondition: There is none yet.
    package func guardWrites(by guardian: any WriteGuardian) {
        self.guardian.withLock { current in
            precondition(current == nil, "an environment has one guardian")
            current = guardian
        }
    }
}
