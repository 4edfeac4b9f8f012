public import EventLog
internal import LMDB
internal import Projections

extension Store {
    /// Opens the store in a folder for reading only: takes no writer's lock, waits for nobody, creates nothing, and writes
    /// neither a row nor a checkpoint.
    ///
    /// Works on read-only media, beside a writer, and beside one that is stopped while it holds the lock. The files stay as
    /// they are, byte for byte, except in one case: while a process that has the store open is running, this one registers as
    /// a reader in `lock.mdb`, as it must so that no page is taken from under it. Reading a store that somebody else writes
    /// to from a path where `lock.mdb` cannot be written is refused
    /// (`LMDBError.cannotRegister`). Without registration, a process that opens the store for writing while it is being
    /// read here makes the next call throw an error with `StorageError.isOpenedMeanwhile`: open it again then.
    ///
    /// A store that was not closed, and that no process has open for writing, is refused (`LMDBError.needsRecovery`): after a
    /// power loss its data file may be torn, and nothing in it tells. ``open(at:options:)`` brings it back.
    ///
    /// The derived tables are read when a row is first needed, as far as they are flushed; what they lack is computed in
    /// memory. When they are missing, damaged or of another version, all rows are computed from the log. A damaged record is
    /// passed over there, and listed by ``passedOverRecords``: what does not need it works.
    ///
    /// Everything that would append, rebuild or clear throws `StorageError.readOnly`.
    ///
    /// Cost: two pages and a few names. The first call that needs a row reads the events that no table has yet, up to the
    /// whole log.
    public static func openReadOnly(at path: String, options: Options = Options()) throws(OpenError) -> Store {
        do throws(StorageError) {
            let files = try StoreFiles.openForReading(at: path)
            let tables = try DerivedTables(
                reading: files.environment, log: files.log, projectors: Projector.standard)
            return Store(path: path, files: files, tables: tables, options: options)
        } catch {
            throw OpenError(error, opening: path)
        }
    }

    /// Damaged records that answers of a store that is open for reading only may lack: those that the derived rows, as
    /// far as they have been asked for, had to do without. Empty when no answer depends on one.
    public var passedOverRecords: [RecordError] { tables.passedOverRecords }
}
