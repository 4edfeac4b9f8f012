internal import CLMDB
internal import Synchronization

/// The last commit, held in the file: LMDB reuses no page that a reader may see, so as long as this lives its pages stay
/// as they are, whatever is committed later. With its meta page, that is all it takes to come back to it.
///
/// A long reader on purpose: pages that later commits free are not reused before it ends, so the file grows meanwhile.
package final class PinnedSnapshot: Sendable {
    /// The meta page of the pinned commit.
    package let meta: SavedMetaPage
    /// LMDB's read transaction, which under `MDB_NOTLS` no thread owns; nil once it was released.
    private let reader: Mutex<Reader?>

    private struct Reader: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Pins the last commit. The caller's write transaction keeps others from committing meanwhile.
    init(of environment: Environment, holding transaction: borrowing WriteTransaction) throws(LMDBError) {
        let pointer = try Self.begin(environment)
        do throws(LMDBError) {
            let last = UInt64(mdb_txn_id(pointer))
            precondition(last + 1 == transaction.transactionID, "a reader sees the commit that the writer builds on")
            meta = try SavedMetaPage(of: last, in: environment.files.directory)
        } catch {
            mdb_txn_abort(pointer)
            throw error
        }
        reader = Mutex(Reader(pointer: pointer))
    }

    deinit { release() }

    /// Lets the pages go. Must have happened before the environment is closed.
    package func release() {
        reader.withLock { reader in
            if let reader { mdb_txn_abort(reader.pointer) }
            reader = nil
        }
    }

    /// All reader slots may be taken, by dead processes or for a moment.
    private static func begin(_ environment: Environment) throws(LMDBError) -> OpaquePointer {
        var milliseconds: UInt32 = 1
        while true {
            do throws(LMDBError) { return try environment.beginUnpooledRead() } catch {
                guard case .readersFull = error, milliseconds <= 64 else { throw error }
            }
            if try environment.clearStaleReaders() == 0 {
                FileSystem.pause(milliseconds: milliseconds)
                milliseconds *= 2
            }
        }
    }
}

extension Environment {
    /// Pins the last commit, whoever made it, for as long as the result is kept; it must be released before the
    /// environment is closed.
    package func pinLastCommit() throws(LMDBError) -> PinnedSnapshot {
        let transaction = try beginWrite(changes: false)
        return try PinnedSnapshot(of: self, holding: transaction)
    }

    /// Makes the names in a directory durable.
    package static func syncDirectory(_ path: String) throws(LMDBError) { try FileSystem.syncDirectory(path) }
}
