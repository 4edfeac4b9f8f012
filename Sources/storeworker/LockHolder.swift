import Foundation
import LMDB
import PersonalizationStore

/// Has the writer's lock of a store while others try to read it, or to write.
struct LockHolder {
    let path: String

    /// Takes the lock and says so; then holds it for some seconds, or stops the process, lock and all.
    func hold(seconds: UInt32?) throws {
        let store = try Store.open(at: path)
        // The store's own: a process has one environment of a store.
        let environment = try Environment.open(directory: path)
        let transaction = try environment.beginWrite()
        defer { withExtendedLifetime(store) {} }
        StoreWorker.say("holding \(transaction.transactionID)")
        if let seconds {
            sleep(seconds)
        } else {
            raise(SIGSTOP)
        }
    }
}
