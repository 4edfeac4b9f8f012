internal import EventLog
internal import LMDB
internal import Projections
public import TransparencyLog

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
    ///   - signingKey: The key that signs the store's checkpoints, to be kept in its folder; nil when it is kept elsewhere
    ///     (``SigningKeyFile``), or nothing is ever to be signed.
    ///   - options: How the store is opened afterwards.
    public static func create(
        at path: String, secret: StoreSecret = .random(), signingKey: SigningKey? = nil, options: Options = Options()
    ) throws(OpenError) -> Store {
        guard !FileManager.default.fileExists(atPath: path) else { throw .exists(path: path) }
        let place = path.withoutTrailingSlashes
        let staging: String
        do throws(LMDBError) { staging = try Environment.makeStagingDirectory(for: place) } catch {
            throw .storage(.database(error))
        }
        do throws(OpenError) { try make(at: staging, as: place, secret, signingKey, options) } catch {
            SigningKeyFile.remove(at: signingKeyPath(ofStoreAt: staging))
            Environment.discardStagingDirectory(staging, alsoRemoving: StoreFiles.namesBesideEnvironment)
            throw error
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
            let store = Store(path: path, files: files, tables: tables, options: options)
            try store.resumeErasures()
            return store
        } catch {
            throw OpenError(error, opening: path)
        }
    }

    private static func make(
        at staging: String, as place: String, _ secret: StoreSecret, _ signingKey: SigningKey?, _ options: Options
    ) throws(OpenError) {
        do throws(LMDBError) { try initialize(at: staging, secret: secret, options: options) } catch {
            throw .storage(.database(error))
        }
        if let signingKey {
            do throws(ProofError) { try adopt(signingKey, ofStoreAt: staging) } catch { throw .signingKey(error) }
        }
        do throws(LMDBError) { try Environment.publish(directory: staging, as: place) } catch {
            throw .storage(.database(error))
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
        if let shard = options.shard { try meta.join(shard.identity, in: &transaction) }
        try transaction.commit()
        try StoreFiles.make(
            at: path, storeID: storeID, for: environment, hasJournal: options.shard == nil,
            now: options.now().microseconds)
    }
}

extension String {
    /// The same folder: what is made beside it is not made inside of it.
    fileprivate var withoutTrailingSlashes: String {
        let end = lastIndex { $0 != "/" }
        return end.map { String(self[...$0]) } ?? self
    }
}
