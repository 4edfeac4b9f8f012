package import ByteCoding
package import CodeRegistry
package import Projections

/// How versions whose hashes begin with the same 60 bits share codes: each keeps the code it was given.
extension VersionLocations {
    /// The version that a code names: the one that was given a code of that length and that begins so, or whose whole hash it is.
    package func place(of code: Code) -> VersionLocation? {
        guard let symbolCount = code.symbolCount else { return places.first { code.matches($0.hash) } }
        return places.first { Int($0.symbolCount) == symbolCount && code.matches($0.hash) }
    }

    /// Where the version with a hash is.
    package func place(of hash: SHA256Digest) -> VersionLocation? {
        places.first { $0.hash == hash }
    }

    /// How many symbols a new version's code needs so that no other version's code is the same: 12, or more after a
    /// collision. A code of n symbols names the version with n symbols whose hash begins so, and no other.
    package func symbolCount(for hash: SHA256Digest) -> UInt8 {
        // The code that a version was given when it was imported stays its code.
        if let place = place(of: hash) { return place.symbolCount }
        var count = UInt8(Code.minimumSymbolCount)
        while place(of: Code(digest: hash, symbolCount: Int(count))) != nil { count += 1 }
        return count
    }
}
