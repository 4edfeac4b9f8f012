extension Environment {
    /// How a store is opened.
    ///
    /// What an already open instance was opened with stays; see ``Environment/open(directory:options:)``.
    package struct Options: Hashable, Sendable {
        /// When a commit is on disk.
        package enum Durability: Hashable, Sendable {
            /// When it returns: data and meta page are flushed.
            case full
            /// When ``Environment/sync()`` returns. Until then a power failure may destroy the whole store, not only
            /// the last commits: for building a fresh store that is discarded unless it is finished.
            case unsynced
            /// By other means: commits are not flushed, and after a power failure the environment is brought back to its
            /// last checkpoint. A ``CheckpointKeeper`` must guard it before anything is changed.
            case checkpointed
        }

        /// Creates the directory (mode 0700) and the files (0600) when they are missing; the parent must exist.
        package var create = false
        /// Opens for reading only. The lock file is still written, unless the file system is read-only.
        package var readOnly = false
        /// When read-only: writes the lock file only if another process has the store open and may write, and never creates
        /// it. Otherwise reads without registering, which leaves every file as it is; a process that opens the store later
        /// makes the next read throw ``LMDBError/openedMeanwhile(path:)``.
        package var registersOnlyBesideOthers = false
        /// When a commit is on disk.
        package var durability = Durability.full
        /// The address space to reserve in bytes, which is also the largest size of the data file, when the store is
        /// created. An existing store's stored size is adopted. Costs no memory: be generous.
        package var mapByteCount = 1 << 40
        /// Enlarges the map of an existing store to `mapByteCount`. The next commit stores the size, which others adopt when
        /// they open the store; who has it open meanwhile goes on with the smaller map, and is told
        /// ``LMDBError/mapResized`` when the data outgrows that.
        package var enlargesMap = false
        /// The most tables that can be open.
        package var maximumTables = 64
        /// The most read transactions at a time of all processes; the first process to open the store decides.
        package var maximumReaders = 1024
        /// Lets the system read ahead: right unless the data is larger than memory and read at random.
        package var readAhead = true
        /// Opens even on a network file system. Never do that when two machines may use the store.
        package var allowsNetworkFileSystem = false

        /// The defaults: an existing store, full durability.
        package init() {}

        /// The defaults, but creates the store when it is missing.
        package static var creating: Options {
            var options = Options()
            options.create = true
            return options
        }
    }
}
