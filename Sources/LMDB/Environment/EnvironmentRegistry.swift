internal import Synchronization

/// The environments that this process has open, by the identity of their files.
///
/// Opening and closing happen with the registry's lock held. A strong reference is never dropped under it, because the
/// last one would close the environment, which takes the lock.
final class EnvironmentRegistry: Sendable {
    static let shared = EnvironmentRegistry()

    private struct Entry: Sendable {
        let files: StoreFiles
        weak let environment: Environment?
    }

    private enum Outcome: Sendable {
        case environment(Environment)
        /// The store's files are not all those that this environment has open under the same names.
        case replaced(Environment)
        case failure(LMDBError)
        /// The last reference is gone, and the thread that dropped it is about to close.
        case closing
    }

    private let entries = Mutex<[Entry]>([])

    /// How long an opening waits for an environment that refuses writes to be let go of.
    private static let patience = Duration.seconds(2)

    /// The open environment of a store, or what `body` opens.
    ///
    /// After a failed commit an environment refuses writes until it is closed. Whoever closes a store and opens it again
    /// wants a new environment, although somebody may hold the old one a moment longer, such as a read that is about to
    /// end: this waits for it, up to two seconds. After that the old one is returned, since reads still work.
    func open(
        _ paths: StorePaths, _ body: () throws(LMDBError) -> Environment
    ) throws(LMDBError) -> Environment {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if let environment = try find(paths, orOpen: body, waiting: ContinuousClock.now < deadline) {
                return environment
            }
            FileSystem.pause(milliseconds: 1)
        }
    }

    /// The open environment, or a new one; nil when it is worth waiting for an old one to be closed. Then nothing here
    /// refers to it any more.
    private func find(
        _ paths: StorePaths, orOpen body: () throws(LMDBError) -> Environment, waiting: Bool
    ) throws(LMDBError) -> Environment? {
        let outcome: Outcome = entries.withLock { entries in
            do throws(LMDBError) {
                if let found = try Self.find(paths, in: entries) { return found }
                let environment = try body()
                entries.append(Entry(files: environment.files, environment: environment))
                return .environment(environment)
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .environment(let environment): return environment.isPoisoned && waiting ? nil : environment
        case .replaced(let environment):
            throw .conflictingOpen(path: environment.path, "with files that were replaced since")
        case .failure(let error): throw error
        case .closing: return nil
        }
    }

    /// Runs `body`, which closes an environment, and forgets it.
    func close(_ files: StoreFiles, _ body: () -> Void) {
        entries.withLock { entries in
            body()
            entries.removeAll { $0.files == files }
        }
    }

    /// An open environment that shares a file with the store at these paths. They need not share both: a data or lock
    /// file that was replaced while open must not be opened beside the old one.
    private static func find(_ paths: StorePaths, in entries: [Entry]) throws(LMDBError) -> Outcome? {
        let data = try FileSystem.identity(of: paths.data)
        let lock = try FileSystem.identity(of: paths.lock)
        for entry in entries {
            let sharesData = data != nil && entry.files.data == data
            let sharesLock = lock != nil && entry.files.lock == lock
            guard sharesData || sharesLock else { continue }
            guard let environment = entry.environment else { return .closing }
            if sharesData && entry.files.lock == lock { return .environment(environment) }
            return .replaced(environment)
        }
        return nil
    }
}

/// Where a store's files are.
struct StorePaths {
    let directory: String
    var data: String { directory + "/data.mdb" }
    var lock: String { directory + "/lock.mdb" }
}

/// Which files an environment has open; the lock file is missing on a read-only file system.
struct StoreFiles: Hashable, Sendable {
    let directory: String
    let data: FileIdentity?
    let lock: FileIdentity?
}
