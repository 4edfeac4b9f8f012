public import EventLog
internal import LMDB

/// Why there is no good backup.
public enum BackupError: Error, Sendable {
    /// The copy would be in the store's own folder, and be lost with it.
    case insideStore(path: String, store: String)
    /// The store could not be copied; nothing is left of the copy.
    case copying(StorageError)
    /// The copy was written, and cannot be opened or read; the text says why. It was left where it is.
    case unreadable(path: String, String)
    /// The copy was written and is as wrong as the findings say. It was left where it is.
    case damaged(path: String, findings: [String])
}

extension BackupError: CustomStringConvertible {
    /// What happened and the remedy.
    public var description: String {
        switch self {
        case .insideStore(let path, let store):
            "\(path) is in the folder of the store \(store) itself, and would be lost with it; choose a folder elsewhere"
        case .copying(let error): error.description
        case .unreadable(let path, let reason):
            "the copy \(path) cannot be read (\(reason)); run 'storectl verify' on the store, and keep older backups"
        case .damaged(let path, let findings):
            "the copy \(path) is not sound: \(findings[0])"
                + (findings.count > 1 ? ", and \(findings.count - 1) more findings" : "")
                + "; run 'storectl verify' on the store, and keep older backups"
        }
    }
}

extension Store {
    /// Writes a compacted copy to a new folder while the store is in use, syncs it, and verifies all of it as ``verify(since:onProgress:)``
    /// does. The copy is of one moment, and a store like any other. It needs the log alone: where the derived tables are
    /// damaged, those of the copy are made anew from its log.
    ///
    /// Cost: writes the copy once and reads it once.
    ///
    /// - Parameters:
    ///   - path: The folder to make, which must not exist; its parent must, and it is not in the store's folder.
    ///   - onProgress: Called now and then with how many events of the copy have been verified.
    /// - Returns: The last event of the copy, or nil when it has none.
    @discardableResult
    public func backup(
        to path: String, onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) throws(BackupError) -> LogHead? {
        let isInside: Bool
        do throws(LMDBError) { isInside = try environment.contains(path: path) } catch {
            throw .copying(.database(error))
        }
        if isInside { throw .insideStore(path: path, store: self.path) }
        do throws(LMDBError) {
            try environment.copyCompacting(toDirectory: path)
            do throws(LMDBError) { try Self.makeStoreOfItsOwn(ofCopyAt: path) } catch {
                Environment.discardStagingDirectory(path)
                throw error
            }
        } catch {
            throw .copying(.database(error))
        }
        var (report, head) = try Self.verify(copy: path, onProgress)
        if !report.isClean {
            let findings = report.findings + report.doubts
            // Fails where the log itself is damaged: then what was found first is what is wrong.
            do {
                try Store.rebuild(at: path)
                try Self.makeStoreOfItsOwn(ofCopyAt: path)
            } catch {
                throw .damaged(path: path, findings: findings)
            }
            (report, head) = try Self.verify(copy: path, onProgress)
        }
        if !report.isClean { throw .damaged(path: path, findings: report.findings + report.doubts) }
        return head
    }

    /// Takes the copy's part in its original's journal away; it gets a journal of its own when it is opened for writing.
    ///
    /// Only the data file is left in the folder.
    private static func makeStoreOfItsOwn(ofCopyAt path: String) throws(LMDBError) {
        do {
            let environment = try Environment.open(directory: path)
            let meta = MetaTable(table: try environment.openTable(name: MetaTable.name, keys: .bytes, create: false))
            var transaction = try environment.beginWrite()
            try meta.leaveJournal(in: &transaction)
            try transaction.commit()
        }
        try Environment.removeFilesBesideData(directory: path, StoreFiles.namesBesideEnvironment)
    }

    private static func verify(
        copy path: String, _ onProgress: @Sendable (OperationProgress) -> Void
    ) throws(BackupError) -> (VerificationReport, LogHead?) {
        let copy: Store
        do throws(OpenError) { copy = try Store.openReadOnly(at: path) } catch {
            throw .unreadable(path: path, "\(error)")
        }
        do throws(StoreError) { return (try copy.verify(onProgress: onProgress), try copy.head()) } catch {
            throw .unreadable(path: path, "\(error)")
        }
    }
}
