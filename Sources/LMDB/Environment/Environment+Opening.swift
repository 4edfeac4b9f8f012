internal import CLMDB
internal import Glibc

extension Environment {
    /// Opens the store in a directory, or returns the instance that this process already has of it.
    ///
    /// The data file's meta pages and length are checked before it is mapped, so that a foreign or truncated file is an
    /// error rather than a crash. An open instance is returned as it is; when it is read-only but writing is asked for,
    /// or unsynced but full durability is, ``LMDBError/conflictingOpen(path:_:)`` is thrown.
    ///
    /// Network file systems (NFS, SMB, 9p, AFS, Ceph) are refused, since LMDB needs coherent shared memory and `fcntl`
    /// locks; FUSE and overlay file systems are let through, and it is up to the operator whether they are local.
    ///
    /// - Parameter path: The directory with `data.mdb` and `lock.mdb`.
    package static func open(
        directory path: String, options: Options = Options()
    ) throws(LMDBError) -> Environment {
        try open(path, options: options, clock: coarseNanoseconds)
    }

    /// Opens a store as ``open(directory:options:)`` does, with a clock for the age of read transactions other than the
    /// system's coarse one, which is good to a few milliseconds.
    package static func open(
        directory path: String, options: Options = Options(), clock: some Clock<Duration>
    ) throws(LMDBError) -> Environment {
        try open(path, options: options, clock: nanoseconds(of: clock))
    }

    private static func open(
        _ path: String, options: Options, clock: @escaping @Sendable () -> Int64
    ) throws(LMDBError) -> Environment {
        precondition(options.maximumReaders > 0 && options.maximumTables > 0, "the limits are positive")
        precondition(options.mapByteCount >= 1 << 20, "a map has at least 1 MiB")
        let environment = try EnvironmentRegistry.shared.open(StorePaths(directory: path)) { () throws(LMDBError) in
            try openNew(directory: path, options: options, clock: clock)
        }
        if environment.isReadOnly, !options.readOnly {
            throw .conflictingOpen(path: path, "for reading only")
        }
        if environment.options.durability == .unsynced, options.durability == .full, !options.readOnly {
            throw .conflictingOpen(path: path, "without syncing commits")
        }
        // LMDB would unmap the old map under whoever reads.
        if options.enlargesMap, environment.information.mapByteCount < options.mapByteCount {
            throw .conflictingOpen(path: path, "with a smaller map")
        }
        return environment
    }

    private static func openNew(
        directory path: String, options: Options, clock: @escaping @Sendable () -> Int64
    ) throws(LMDBError) -> Environment {
        let paths = StorePaths(directory: path)
        if options.create, !options.readOnly { try FileSystem.makeDirectory(path, mayExist: true) }
        guard try FileSystem.identity(of: path) != nil else { throw .notFound(path: path) }
        if !options.allowsNetworkFileSystem, let kind = try FileSystem.networkKind(of: path) {
            throw .networkFileSystem(path: path, kind: kind)
        }
        let state = try DataFileCheck.check(paths.data)
        if state == .absent, !options.create || options.readOnly { throw .notFound(path: paths.data) }
        let lockWatch = options.readOnly && options.registersOnlyBesideOthers ? try watch(paths.lock) : nil
        if !options.readOnly { try LockFile.allocate(paths.lock, maximumReaders: options.maximumReaders) }
        let handle = try openHandle(path, options: options, state: state, registers: lockWatch == nil)
        do throws(LMDBError) {
            try prepareDescriptor(of: handle)
            if state == .absent { try FileSystem.syncDirectory(path) }
            let files = StoreFiles(
                directory: path, data: try FileSystem.identity(of: paths.data),
                lock: try FileSystem.identity(of: paths.lock))
            return Environment(handle: handle, files: files, options: options, lockWatch: lockWatch, clock: clock)
        } catch {
            mdb_env_close(handle)
            throw error
        }
    }

    private static func openHandle(
        _ path: String, options: Options, state: DataFileCheck.Result, registers: Bool
    ) throws(LMDBError) -> OpaquePointer {
        var created: OpaquePointer?
        let code = mdb_env_create(&created)
        guard code == 0, let handle = created else {
            throw LMDBError(errorNumber: code, "creating an environment", path: path)
        }
        var flags = MDB_NOTLS
        if options.readOnly { flags |= MDB_RDONLY }
        if !registers { flags |= MDB_NOLOCK }
        if !options.readAhead { flags |= MDB_NORDAHEAD }
        if options.durability != .full { flags |= MDB_NOSYNC }
        mdb_env_set_userctx(handle, UnsafeMutableRawPointer(bitPattern: options.maximumTables))
        var openCode = mdb_env_set_maxdbs(handle, UInt32(options.maximumTables))
        if openCode == 0 { openCode = mdb_env_set_maxreaders(handle, UInt32(options.maximumReaders)) }
        if openCode == 0, let mapByteCount = mapByteCount(options, state) {
            openCode = mdb_env_set_mapsize(handle, mapByteCount)
        }
        if openCode == 0 { openCode = mdb_env_open(handle, path, UInt32(flags), 0o600) }
        guard openCode == 0 else {
            mdb_env_close(handle)
            throw openingError(openCode, path: path)
        }
        return handle
    }

    /// The size to set, or nil to adopt the stored one: two processes that set sizes harm each other.
    private static func mapByteCount(_ options: Options, _ state: DataFileCheck.Result) -> Int? {
        switch state {
        case .absent: options.mapByteCount
        case .sound(let stored): options.enlargesMap && options.mapByteCount > stored ? options.mapByteCount : nil
        }
    }

    private static func openingError(_ code: Int32, path: String) -> LMDBError {
        switch code {
        case MDB_INVALID: .notADatabase(path: path, "the data or lock file has no LMDB header")
        case MDB_VERSION_MISMATCH: .versionMismatch(path: StorePaths(directory: path).lock, found: 0)
        case let code where code < 0: LMDBError(code: code, "opening the store", environment: nil)
        default: LMDBError(errorNumber: code, "opening \(path)", path: path)
        }
    }

    /// LMDB sets `FD_CLOEXEC` on its other descriptors, but leaves the data file's to the program.
    private static func prepareDescriptor(of handle: OpaquePointer) throws(LMDBError) {
        var descriptor: Int32 = -1
        let code = mdb_env_get_fd(handle, &descriptor)
        guard code == 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw .system(code: code == 0 ? errno : code, operation: "setting FD_CLOEXEC on the data file")
        }
    }

    /// Costs a few nanoseconds, where the exact clocks would take a tenth of a short read transaction.
    private static let coarseNanoseconds: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func nanoseconds<C: Clock<Duration>>(of clock: C) -> @Sendable () -> Int64 {
        let start = clock.now
        return {
            let (seconds, attoseconds) = start.duration(to: clock.now).components
            return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        }
    }
}
