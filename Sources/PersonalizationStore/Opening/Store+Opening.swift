internal import EventLog
internal import LMDB
internal import Projections

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension Store {
    /// Creates an empty store in a new folder.
    ///
    /// The store is made beside its final place and renamed into it, so a creation that is interrupted leaves nothing
    /// that looks like a store.
    ///
    /// - Parameters:
    ///   - path: The folder to make.
    ///   - secret: What makes the store's codes its own; give the secret of an exported store to get the same codes
    ///     again.
    ///   - options: How the store is opened afterwards.
    public static func create(
        at path: String, secret: StoreSecret = .random(), options: Options = Options()
    ) throws(OpenError) -> Store {
        guard !FileManager.default.fileExists(atPath: path) else { throw .exists(path: path) }
        let temporary = path + ".creating-\(ProcessInfo.processInfo.processIdentifier)"
        do throws(LMDBError) {
            try initialize(at: temporary, secret: secret, options: options)
            try Environment.publish(directory: temporary, as: path)
        } catch {
            throw .storage(.database(error))
        }
        return try open(at: path, options: options)
    }

    /// Opens the store in a folder. Open it once in a process and share the instance.
    ///
    /// Cost: reads the events that are not flushed to the derived tables yet, some hundred thousands at most, in a tenth of
    /// a second.
    public static func open(at path: String, options: Options = Options()) throws(OpenError) -> Store {
        do throws(StorageError) {
            let files = try StoreFiles.open(at: path, options: options)
            _ = try StorageError.wrap { () throws(LMDBError) in
                try files.environment.checkMetaPages(growingTable: LogTable.name)
            }
            let secret = try readSecret(files.meta, of: files.environment, path: path)
            let tables = try DerivedTables(
                environment: files.environment, log: files.log, projectors: Projector.standard,
                policy: options.flushPolicy)
            return Store(path: path, files: files, tables: tables, secret: secret, options: options)
        } catch {
            if case .database(.notFound(let missing)) = error, missing == path { throw .missing(path: path) }
            throw .storage(error)
        }
    }

    private static func initialize(
        at path: String, secret: StoreSecret, options: Options
    ) throws(LMDBError) {
        var environmentOptions = Environment.Options.creating
        environmentOptions.mapByteCount = options.mapByteCount
        let environment = try Environment.open(directory: path, options: environmentOptions)
        let meta = MetaTable(table: try environment.openTable(name: MetaTable.name, keys: .bytes, create: true))
        _ = try environment.openTable(name: LogTable.name, keys: .integer, create: true)
        var transaction = try environment.beginWrite()
        let storeID = UInt64.random(in: 1 ... .max)
        try meta.initialize(secret: secret, in: &transaction)
        try meta.join(journal: storeID, in: &transaction)
        try transaction.commit()
        try StoreFiles.make(at: path, storeID: storeID, for: environment, now: options.now().microseconds)
    }

    private static func readSecret(
        _ meta: MetaTable, of environment: Environment, path: String
    ) throws(StorageError) -> StoreSecret {
        let transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginRead() }
        return try meta.readSecret(in: transaction, path: path)
    }
}
