/// All files of a store as a power loss could find them: each sector of each on its own, and one order of writes.
struct CrashableDisk: Sendable {
    private(set) var files: [CrashableFile]
    private var sequence = 0

    init(durable: [[UInt8]]) { files = durable.map { CrashableFile(durable: $0) } }

    mutating func write(_ write: Trace.Write) {
        sequence += 1
        files[write.file].write(write.bytes, at: write.offset, isDoomed: write.failed, sequence: sequence)
    }

    mutating func settle(_ range: Range<Int>, of file: Int) { files[file].settle(range) }
    mutating func settleAll(of file: Int) { files[file].settleAll() }
    mutating func doomAll(of file: Int) { files[file].doomAll() }

    /// A sector of one of the files.
    struct Sector: Hashable, Comparable, Sendable {
        let file: Int
        let number: Int

        static func < (left: Sector, right: Sector) -> Bool { (left.file, left.number) < (right.file, right.number) }
    }

    /// Every content of each sector that may be on disk, older ones coming first.
    var pending: [Sector: [CrashableFile.Version]] {
        var all: [Sector: [CrashableFile.Version]] = [:]
        for (index, file) in files.enumerated() {
            for (number, versions) in file.pending { all[Sector(file: index, number: number)] = versions }
        }
        return all
    }

    /// The content on disk.
    func durableContent(_ sector: Sector) -> [UInt8] { files[sector.file].durableContent(sector.number) }

    /// One of the files with some pending versions on disk.
    func image(of file: Int, _ choices: [Sector: Int], keepsLength: Bool) -> [UInt8] {
        var own: [Int: Int] = [:]
        for (sector, version) in choices where sector.file == file { own[sector.number] = version }
        return files[file].image(own, keepsLength: keepsLength)
    }
}
