package import EventLog
internal import Projections

extension Store {
    /// Holds a snapshot while `body` runs, for tests of what waits for readers. `body` gets a question: whether every record
    /// of the snapshot can still be read, none of them erased.
    package func holdSnapshot(_ body: (() throws(StorageError) -> Bool) -> Void) throws(StorageError) {
        try read { (view) throws(StorageError) in
            guard let head = view.snapshot.head else { return }
            body { () throws(StorageError) in
                var isWhole = true
                try view.log.scan(.first...head, in: view.snapshot.transaction) {
                    (record) throws(StorageError) in
                    if record.isErased { isWhole = false }
                    return true
                }
                return isWhole
            }
        }
    }
}
