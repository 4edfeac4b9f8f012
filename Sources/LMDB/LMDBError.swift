/// Why LMDB or the file system refused. Never a caller's mistake: those trap with a message.
///
/// One allocation each, and one word to return, since the hot paths throw it.
@nonexhaustive
public indirect enum LMDBError: Error, Equatable, Sendable {
    /// There is no store at this path, and the options did not ask to create one.
    case notFound(path: String)
    /// Something is already at this path, and it is never written over.
    case alreadyExists(path: String)
    /// The file is not an LMDB data file; the text says what it lacks.
    case notADatabase(path: String, String)
    /// The file was written by an LMDB of another data format.
    case versionMismatch(path: String, found: UInt32)
    /// The file contradicts itself; the text says where.
    case corrupted(String)
    /// The path lies on a file system of this kind, over which LMDB's locks and map do not work.
    case networkFileSystem(path: String, kind: String)
    /// This process has the same store open in a way that does not allow this opening; the text says which.
    case conflictingOpen(path: String, String)
    /// The files at the store's path are no longer those that are open, or were written to under another lock file; the
    /// text says which. The environment refuses writes from then on.
    case filesReplaced(path: String, String)
    /// There is no table of this name.
    case tableNotFound(name: String)
    /// The table exists with other keys than asked for, or the name is an entry that is no table.
    case tableMismatch(name: String)
    /// The environment was opened for this many tables at most.
    case tooManyTables(maximum: Int)
    /// An appended key is not greater than the last one of its table.
    case keyOutOfOrder
    /// The data would outgrow the map of this many bytes.
    case mapFull(byteCount: Int)
    /// Another process enlarged the map beyond what is mapped here.
    case mapResized
    /// All reader slots are taken by living readers.
    case readersFull(maximum: Int)
    /// A process with the same number, in another PID namespace, uses the store, so that this one cannot mark its
    /// readers as alive.
    case processNumberTaken
    /// One transaction changed too many pages.
    case transactionFull
    /// An earlier operation of the transaction failed, so that it can only be aborted. Nothing of it was written.
    case transactionFailed
    /// The file system that holds this path has no space, or no quota, left.
    case diskFull(path: String)
    /// Reading or writing failed with this `errno` code during this operation.
    case io(code: Int32, operation: String)
    /// LMDB declared the environment unusable after a fatal error.
    case panicked
    /// A commit or sync failed earlier; what reached the disk is unknown.
    case poisoned
    /// Another process opened the store while this one read it without being registered as a reader.
    case openedMeanwhile(path: String)
    /// Another process, named if it is known, may write to the store, and this one cannot register as a reader: it may
    /// not write to the lock file at this path.
    case cannotRegister(path: String, holder: String?)
    /// These readers still saw an earlier commit when the time that was given had passed.
    case readersLinger([String])
    /// Another process, named if it is known, did not give the write transaction back in the time that was given.
    case writerBusy(path: String, holder: String?)
    /// The files that bring a store back to its last commit are missing, damaged, or not this store's; the text says which.
    case unrecoverable(String)
    /// The store was not closed, and only who may write can bring it back to its last commit.
    case needsRecovery(path: String)
    /// The operating system denies access to this path, or the environment is read-only.
    case permissionDenied(path: String)
    /// Another failure: an `errno` code, or an LMDB code when negative, during this operation.
    case system(code: Int32, operation: String)
}

extension LMDBError: CustomStringConvertible {
    /// What happened and the remedy.
    public var description: String {
        openingDescription ?? sharingDescription ?? usageDescription ?? failureDescription
    }

    private var openingDescription: String? {
        switch self {
        case .notFound(let path): "there is no store at \(path); check the path, or create it first"
        case .alreadyExists(let path): "\(path) already exists and is not written over; choose another path"
        case .notADatabase(let path, let detail):
            "\(path) is not an LMDB data file (\(detail)); check the path, or restore a backup"
        case .versionMismatch(let path, let found):
            "\(path) has LMDB data format \(found), which this liblmdb does not read; use the one that wrote it"
        case .corrupted(let detail): "the data file is damaged (\(detail)); restore a backup"
        case .unrecoverable(let detail):
            "the store cannot be brought back to its last commit (\(detail)); nothing was changed; restore a backup"
        case .needsRecovery(let path):
            "\(path) was not closed, and after a power loss its data file may be torn, so it is not read; bring it back with "
                + "'storectl recover', or open it for writing"
        case .networkFileSystem(let path, let kind):
            "\(path) lies on \(kind), where LMDB's locks and memory map do not work; move it to a local disk"
        case .conflictingOpen(let path, let detail):
            "\(path) is already open in this process (\(detail)); close it first"
        case .filesReplaced(let path, let detail):
            "the files of \(path) were moved, removed or replaced while the store is open (\(detail)), so nothing more is "
                + "written; stop every process that uses it, put its files back, and verify it before opening it again"
        case .permissionDenied(let path):
            "access to \(path) is denied; check its owner and mode, and how it was opened"
        default: nil
        }
    }

    private var sharingDescription: String? {
        switch self {
        case .openedMeanwhile(let path):
            "another process opened the store of \(path) while this one was reading it; open it again"
        case .cannotRegister(let path, let holder):
            "\(holder ?? "another process") has the store open, and this one may not write to \(path), which reading beside "
                + "it takes; read through a path that can be written to, or read a backup"
        case .readersLinger(let holders):
            "deleted bytes stay in the file while somebody reads an earlier state: \(holders.joined(separator: ", ")); let "
                + "them end, then try again"
        case .writerBusy(let path, let holder):
            "\(holder ?? "another process") has the writer's lock of \(path) and does not give it back; "
                + "let it go on or end it, then try again"
        default: nil
        }
    }

    private var usageDescription: String? {
        switch self {
        case .tableNotFound(let name): "there is no table '\(name)'; the store is incomplete or of another kind"
        case .tableMismatch(let name): "the table '\(name)' has other keys than expected; the store is of another kind"
        case .tooManyTables(let maximum):
            "the environment allows \(maximum) tables; open it with a greater maximumTables"
        case .keyOutOfOrder: "an appended key is not greater than the table's last key; append in key order, or put"
        case .mapFull(let byteCount):
            "the map of \(byteCount) bytes is full, and nothing was written; enlarge it with 'storectl grow --map-size BYTES' "
                + "or by opening with a greater mapByteCount, then open the store again"
        case .mapResized: "another process enlarged the map; close the store and open it again"
        case .readersFull(let maximum):
            "all \(maximum) reader slots are in use; end readers, or raise maximumReaders once all have closed"
        case .processNumberTaken:
            "a process of another PID namespace has this one's number; let all that use a store share the namespace"
        case .transactionFull: "a transaction changed too many pages; split it"
        case .transactionFailed: "an earlier operation of the transaction failed; nothing was written, begin a new one"
        default: nil
        }
    }

    private var failureDescription: String {
        switch self {
        case .diskFull(let path): "no space is left for \(path); free some, then reopen the store"
        case .io(let code, let operation):
            "\(operation) failed: \(Self.text(ofCode: code)); check disk and free space, then reopen the store"
        case .panicked: "LMDB gave up after a fatal error; close the store and open it again"
        case .poisoned: "an earlier commit or sync failed, so writes are refused; close the store and open it again"
        case .system(let code, let operation): "\(operation) failed: \(Self.text(ofCode: code)) (\(code))"
        default: "the store failed"
        }
    }
}
