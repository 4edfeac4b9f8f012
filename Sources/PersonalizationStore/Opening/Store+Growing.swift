internal import EventLog
internal import LMDB

extension Store {
    /// Lets the store in a folder grow to this many bytes, and returns to how many it could grow before.
    ///
    /// The size is on disk when this returns. A size that is not greater than the stored one changes nothing: a map never
    /// shrinks. Other processes may have the store open meanwhile. They go on with the map that they have, and when the
    /// data outgrows that, `LMDBError.mapResized` tells them to open the store again; whoever opens it later has the
    /// greater one. Not while this process has it open: then `LMDBError.conflictingOpen` is thrown.
    ///
    /// Takes no space on disk, but that much address space of every process.
    @discardableResult
    public static func grow(at path: String, toMapByteCount byteCount: Int) throws(OpenError) -> Int {
        do throws(StorageError) {
            let before = try StorageError.wrap { () throws(LMDBError) in
                try Environment.storedMapByteCount(directory: path)
            }
            var options = Options()
            options.mapByteCount = byteCount
            try StoreFiles.open(at: path, options: options).storeMapByteCount()
            return before
        } catch {
            throw OpenError(error, opening: path)
        }
    }

    /// How an existing store is opened: its map is enlarged when a greater size is asked for, and adopted otherwise.
    static func environmentOptions(enlargingMapTo byteCount: Int?) -> Environment.Options {
        var options = Environment.Options()
        if let byteCount {
            options.mapByteCount = byteCount
            options.enlargesMap = true
        }
        return options
    }
}

extension MetaTable {
    /// Stores the size of an enlarged map in the file, so that whoever opens it adopts the size.
    ///
    /// LMDB writes the size with any commit that changes something: the format is written as it was. Twice, since the meta
    /// pages take turns, and both are to agree. False when it was stored already.
    func storeMapByteCount(of environment: Environment) throws(LMDBError) -> Bool {
        guard environment.information.mapByteCount > (try Environment.storedMapByteCount(directory: environment.path))
        else { return false }
        for _ in 0..<2 {
            var transaction = try environment.beginWrite()
            try rewriteFormat(in: &transaction)
            try transaction.commit()
        }
        return true
    }
}
