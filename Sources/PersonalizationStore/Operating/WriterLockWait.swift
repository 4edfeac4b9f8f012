internal import LMDB

/// A wait of this process for another one that has a store's writer's lock.
public struct WriterLockWait: Sendable {
    /// The folder of the store.
    public let path: String
    /// How long it has lasted.
    public let duration: Duration
    /// Who has the lock, for people: its number, its program and whether it is stopped; nil when that cannot be told.
    public let holder: String?
}

extension Store {
    /// What this process waits for now, longest first: opening for writing, appends, rebuilds. LMDB waits for ever and
    /// in silence, so a tool looks here now and then, and tells its user.
    public static var writerLockWaits: [WriterLockWait] {
        Environment.writerWaits.map {
            WriterLockWait(path: $0.path, duration: $0.duration, holder: $0.holder?.description)
        }
    }
}
