extension Environment {
    /// Whether a path is in the environment's own directory, at any depth and through any link or mount, or is that
    /// directory. The path itself need not exist; false when the directory that holds it does not.
    package func contains(path: String) throws(LMDBError) -> Bool {
        let own = try FileSystem.identity(of: self.path)
        var place = try FileSystem.identity(of: path) == nil ? FileSystem.parent(of: path) : path
        var below: FileIdentity?
        // The root is its own parent.
        while let identity = try FileSystem.identity(of: place), identity != below {
            if identity == own { return true }
            below = identity
            place += "/.."
        }
        return false
    }
}
