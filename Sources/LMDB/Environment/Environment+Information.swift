internal import CLMDB
internal import Synchronization

/// What an environment occupies.
package struct EnvironmentInformation: Hashable, Sendable {
    /// The size of the map, which the data file cannot outgrow, in bytes.
    package let mapByteCount: Int
    /// What the data takes of the map, free pages included, in bytes.
    package let usedByteCount: Int
    /// The size of a page in bytes.
    package let pageByteCount: Int
    /// The number of the last committed write transaction.
    package let lastTransactionID: UInt64
    /// How many reader slots have been in use at a time since the first process opened the store.
    package let usedReaderSlotCount: Int
    /// The number of reader slots.
    package let maximumReaders: Int
    /// The number of tables.
    package let tableCount: Int
}

/// A taken slot of the reader table.
package struct ReaderInformation: Hashable, Sendable {
    /// The process, as numbered in its own PID namespace.
    package let processID: Int32
    /// The thread that took the slot; under `MDB_NOTLS` others may use it since.
    package let threadID: UInt64
    /// The commit that its transaction pins, or nil when the slot is kept for reuse.
    package let transactionID: UInt64?
}

extension Environment {
    /// What the environment occupies at the last commit.
    package var information: EnvironmentInformation {
        var information = MDB_envinfo()
        var figures = MDB_stat()
        mdb_env_info(handle, &information)
        mdb_env_stat(handle, &figures)
        return EnvironmentInformation(
            mapByteCount: information.me_mapsize,
            usedByteCount: (information.me_last_pgno + 1) * Int(figures.ms_psize),
            pageByteCount: Int(figures.ms_psize),
            lastTransactionID: UInt64(truncatingIfNeeded: information.me_last_txnid),
            usedReaderSlotCount: Int(information.me_numreaders),
            maximumReaders: Int(information.me_maxreaders),
            tableCount: figures.ms_entries)
    }

    /// The size of the map that the store in a directory asks for, which an environment that has it open may have enlarged
    /// without having stored that yet, or not have adopted. Cost: reads the meta pages; opens no environment.
    package static func storedMapByteCount(directory path: String) throws(LMDBError) -> Int {
        guard try FileSystem.identity(of: path) != nil else { throw .notFound(path: path) }
        let data = StorePaths(directory: path).data
        guard case .sound(let byteCount) = try DataFileCheck.check(data) else { throw .notFound(path: data) }
        return byteCount
    }

    /// The number of pages that are free for reuse or will be when the read transactions have ended.
    ///
    /// Cost: reads the list of free pages.
    package func freePageCount() throws(LMDBError) -> Int {
        let transaction = try beginRead()
        // Handle 0 is the free list (`FREE_DBI`): from transaction number to a count and that many page numbers.
        var cursor = try transaction.makeCursor(Table(handle: 0, keys: .integer))
        var count = 0
        while try cursor.moveToNext() {
            let byteCount = cursor.value.byteCount
            guard byteCount >= 8 else { throw .corrupted("an entry of the free list is too short") }
            let entryCount = unsafe cursor.value.unsafeLoadUnaligned(as: UInt64.self)
            guard entryCount <= UInt64(byteCount / 8 - 1) else {
                throw .corrupted("an entry of the free list counts \(entryCount) pages, and holds fewer")
            }
            count += Int(entryCount)
        }
        return count
    }

    /// The taken reader slots of all processes.
    package func readers() throws(LMDBError) -> [ReaderInformation] {
        var text = ""
        let code = withUnsafeMutablePointer(to: &text) { text in
            mdb_reader_list(
                handle,
                { line, context in
                    guard let line, let context else { return -1 }
                    context.assumingMemoryBound(to: String.self).pointee += String(cString: line)
                    return 0
                }, text)
        }
        guard code >= 0 else { throw LMDBError(code: code, "listing readers", environment: handle) }
        return text.split(separator: "\n").compactMap { ReaderInformation(line: $0) }
    }

    /// Frees the reader slots of processes that have died, and returns how many; this process's own are left alone.
    @discardableResult
    package func clearStaleReaders() throws(LMDBError) -> Int {
        var count: Int32 = 0
        let code = mdb_reader_check(handle, &count)
        guard code == 0 else { throw LMDBError(code: code, "clearing stale readers", environment: handle) }
        return Int(count)
    }

    /// How long each read transaction of this process has been open, longest first. A transaction that is open for
    /// long keeps the file growing, and nobody but its owner can end it.
    package var readTransactionAges: [Duration] {
        let now = clock()
        let beginnings = pool.withLock { pool in pool.all.compactMap { $0.beginning } }
        return beginnings.sorted().map { .nanoseconds(max(0, now - $0)) }
    }

    /// How long the longest open read transaction of this process has been open, or nil when none is.
    package var oldestReadTransactionAge: Duration? { readTransactionAges.first }
}

extension ReaderInformation {
    /// Parses a line of `mdb_reader_list`: pid, thread in hexadecimal, and transaction or a dash; nil for its header.
    init?(line: Substring) {
        let fields = line.split(separator: " ")
        guard fields.count == 3, let processID = Int32(fields[0]), let threadID = UInt64(fields[1], radix: 16) else {
            return nil
        }
        self.processID = processID
        self.threadID = threadID
        transactionID = UInt64(fields[2])
    }
}
