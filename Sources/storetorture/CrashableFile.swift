/// A data file as a power loss could find it: what is surely on disk, and of each sector every content that was
/// written since and may or may not be.
struct CrashableFile: Sendable {
    /// What a disk writes as a whole or not at all.
    static let sectorByteCount = 512
    /// What the kernel writes back as a whole, unless the power fails meanwhile.
    static let pageByteCount = 4096

    /// A content of a sector that may be on disk, older ones coming first.
    struct Version: Sendable {
        let bytes: [UInt8]
        /// Where the write that made it ended; the file is as long at least if this is on disk.
        let end: Int
        /// The number of that write among those to all files.
        let sequence: Int
        /// A sync that covered it failed, so that no later one makes it durable: the kernel has dropped the page.
        var isDoomed: Bool
    }

    private(set) var durable: [UInt8]
    private(set) var pending: [Int: [Version]] = [:]
    /// The length that the running system saw.
    private(set) var length: Int

    init(durable: [UInt8]) {
        self.durable = durable
        length = durable.count
    }

    /// Takes in a write that need not be on disk yet.
    mutating func write(_ bytes: ArraySlice<UInt8>, at offset: Int, isDoomed: Bool, sequence: Int = 0) {
        let end = offset + bytes.count
        for sector in Self.sectors(offset..<end) {
            var content = latest(sector)
            let start = sector * Self.sectorByteCount
            for position in max(offset, start)..<min(end, start + Self.sectorByteCount) {
                content[position - start] = bytes[bytes.startIndex + position - offset]
            }
            let version = Version(
                bytes: content, end: min(end, start + Self.sectorByteCount), sequence: sequence, isDoomed: isDoomed)
            pending[sector, default: []].append(version)
        }
        length = max(length, end)
    }

    /// Makes a range durable, as the return of a write with `O_DSYNC` does.
    mutating func settle(_ range: Range<Int>) {
        for sector in Self.sectors(range) { settle(sector: sector) }
    }

    /// Makes all durable, as the return of `fdatasync` does, but for what an earlier one failed to.
    mutating func settleAll() {
        for sector in Array(pending.keys) { settle(sector: sector) }
    }

    /// Takes in that a sync failed.
    mutating func doomAll() {
        for sector in pending.keys {
            for index in pending[sector, default: []].indices { pending[sector]?[index].isDoomed = true }
        }
    }

    /// The file with some pending versions on disk: for each sector the index of one, or nil for the durable content.
    func image(_ choices: [Int: Int], keepsLength: Bool) -> [UInt8] {
        let chosen = choices.compactMap { sector, index in pending[sector].map { (sector, $0[index]) } }
        let end = chosen.map(\.1.end).max() ?? 0
        var bytes = durable
        Self.extend(&bytes, to: max(end, keepsLength ? length : 0))
        for (sector, version) in chosen { Self.put(version, sector, in: &bytes) }
        return bytes
    }

    /// The whole file as the running system saw it.
    var current: [UInt8] { image(pending.mapValues { $0.count - 1 }, keepsLength: true) }

    /// The content that the running system sees.
    private func latest(_ sector: Int) -> [UInt8] { pending[sector]?.last?.bytes ?? durableContent(sector) }

    /// The content on disk; zeros beyond the end of the file.
    func durableContent(_ sector: Int) -> [UInt8] {
        let start = sector * Self.sectorByteCount
        var content = Array(durable[min(start, durable.count)..<min(start + Self.sectorByteCount, durable.count)])
        Self.extend(&content, to: Self.sectorByteCount)
        return content
    }

    private mutating func settle(sector: Int) {
        guard let last = pending[sector]?.last, !last.isDoomed else { return }
        Self.extend(&durable, to: last.end)
        Self.put(last, sector, in: &durable)
        pending[sector] = nil
    }

    private static func put(_ version: Version, _ sector: Int, in bytes: inout [UInt8]) {
        let start = sector * sectorByteCount
        let end = min(start + sectorByteCount, bytes.count)
        bytes.replaceSubrange(start..<end, with: version.bytes[..<(end - start)])
    }

    private static func extend(_ bytes: inout [UInt8], to length: Int) {
        if bytes.count < length { bytes += [UInt8](repeating: 0, count: length - bytes.count) }
    }

    private static func sectors(_ range: Range<Int>) -> Range<Int> {
        range.isEmpty ? 0..<0 : range.lowerBound / sectorByteCount..<(range.upperBound - 1) / sectorByteCount + 1
    }
}
