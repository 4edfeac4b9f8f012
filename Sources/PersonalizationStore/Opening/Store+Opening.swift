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
    /// The store is made beside its final place, in a folder of a random name, and renamed into it, so a creation that is
    /// interrupted leaves nothing that looks like a store. One that fails leaves nothing at all.
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
        let place = path.withoutTrailingSlashes
        do throws(LMDBError) {
            let staging = try Environment.makeStagingDirectory(for: place)
            do throws(LMDBError) {
                try initialize(at: staging, secret: secret, options: options)
                try Environment.publish(directory: staging, as: place)
            } catch {
                Environment.discardStagingDirectory(staging, alsoRemoving: StoreFiles.namesBesideEnvironment)
                throw error
            }
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
            if options.mapByteCount != nil { try files.storeMapByteCount() }
            let tables = try DerivedTables(
                environment: files.environment, log: files.log, projectors: Projector.standard,
                policy: options.flushPolicy)
            return Store(path: path, files: files, tables: tables, options: options)
        } catch {
            throw OpenError(error, opening: path)
        }
    }

    private static func initialize(
        at path: String, secret: StoreSecret, options: Options
    ) throws(LMDBError) {
        var environmentOptions = Environment.Options.creating
        if let byteCount = options.mapByteCount { environmentOptions.mapByteCount = byteCount }
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
}

extension String {
    /// The same folder: what is made beside it is not made inside of it.
    fileprivate var withoutTrailingSlashes: String {
        let end = lastIndex { $0 != "/" }
        return end.map { String(self[...$0]) } ?? self
    }
}
