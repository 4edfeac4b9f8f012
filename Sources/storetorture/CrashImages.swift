internal import SeededRandom

/// One legal state of the disk after a power loss.
struct CrashImage: Sendable {
    /// How it came about, which is what the report counts by.
    enum Kind: String, CaseIterable {
        case allLost = "all lost"
        case allPresent = "all present"
        case lengthOnly = "lost, but the length"
        case inOrder = "stopped in order"
        case singleLost = "one page lost"
        case singlePresent = "one page present"
        case singleTorn = "one page torn"
        case everySubset = "subset, exhaustive"
        case randomPages = "subset, random"
        case randomSectors = "sectors, random"
    }

    let kind: Kind
    /// Of each sector on disk, which of its pending versions; sectors not named have their durable content.
    let choices: [CrashableDisk.Sector: Int]
    /// Whether the files have their full length though the bytes at their ends are lost.
    var keepsLength = false
}

/// Enumerates what may be on disk when the power fails: each page and sector pending, or an older version, or neither.
struct CrashImages {
    typealias Sector = CrashableDisk.Sector

    private let disk: CrashableDisk
    private let pending: [Sector: [CrashableFile.Version]]
    /// The pending sectors by the page that they belong to.
    private let pages: [[Sector]]
    private var seen: Set<[Int]> = []
    private(set) var images: [CrashImage] = []

    /// - Parameters:
    ///   - exhaustive: Up to so many pending pages, every subset of them is included.
    ///   - samples: How many random page subsets, and as many random sector subsets, are drawn.
    init(of disk: CrashableDisk, exhaustive: Int, samples: Int, using generator: inout SeededGenerator) {
        self.disk = disk
        pending = disk.pending
        let sectorsPerPage = CrashableFile.pageByteCount / CrashableFile.sectorByteCount
        pages = Dictionary(grouping: pending.keys.sorted()) {
            Sector(file: $0.file, number: $0.number / sectorsPerPage)
        }
        .sorted { $0.key < $1.key }.map(\.value)
        addWhole()
        addInOrder()
        addSingle(using: &generator)
        if pages.count <= exhaustive { addEverySubset() } else { addRandomPages(samples, using: &generator) }
        addRandomSectors(samples, using: &generator)
    }

    /// At most so many of the images, of each kind in turn, so that the many of one kind do not crowd out the others.
    func some(_ count: Int, using generator: inout SeededGenerator) -> [CrashImage] {
        var left = CrashImage.Kind.allCases.map { kind in
            images.filter { $0.kind == kind }.shuffled(using: &generator)
        }
        var chosen: [CrashImage] = []
        while chosen.count < count, left.contains(where: { !$0.isEmpty }) {
            for kind in left.indices where !left[kind].isEmpty && chosen.count < count {
                chosen.append(left[kind].removeLast())
            }
        }
        return chosen
    }

    private mutating func addWhole() {
        add(.allLost, [:])
        add(.allPresent, latest(pages.indices))
        if disk.files.contains(where: { $0.length > $0.durable.count }) { add(.lengthOnly, [:], keepsLength: true) }
    }

    /// The disk that wrote in the program's order, and stopped somewhere.
    private mutating func addInOrder() {
        for sequence in Set(pending.values.joined().map(\.sequence)).sorted() {
            add(.inOrder, pending.compactMapValues { $0.lastIndex { $0.sequence <= sequence } })
        }
    }

    private mutating func addSingle(using generator: inout SeededGenerator) {
        for page in pages.indices {
            let others = latest(pages.indices.filter { $0 != page }), whole = latest([page])
            add(.singleLost, others)
            add(.singlePresent, whole)
            let sectors = pages[page]
            guard sectors.count > 1 else { continue }
            let cut = sectors[Int.random(in: 1..<sectors.count, using: &generator)]
            for torn in [whole.filter { $0.key < cut }, whole.filter { $0.key >= cut }] {
                add(.singleTorn, others.merging(torn) { _, torn in torn })
                add(.singleTorn, torn)
            }
        }
    }

    private mutating func addEverySubset() {
        for subset in 0..<1 << pages.count {
            add(.everySubset, latest(pages.indices.filter { subset >> $0 & 1 == 1 }))
        }
    }

    private mutating func addRandomPages(_ count: Int, using generator: inout SeededGenerator) {
        for _ in 0..<count {
            let kept = pages.indices.filter { _ in Bool.random(using: &generator) }
            add(.randomPages, latest(kept), keepsLength: Bool.random(using: &generator))
        }
    }

    /// Any version of any sector; sometimes few are lost, sometimes most.
    private mutating func addRandomSectors(_ count: Int, using generator: inout SeededGenerator) {
        guard !pages.isEmpty else { return }
        for _ in 0..<count {
            let share = Double.random(in: 0...1, using: &generator)
            var choices: [Sector: Int] = [:]
            for sector in pages.joined() where Double.random(in: 0..<1, using: &generator) < share {
                choices[sector] = pending[sector]?.indices.randomElement(using: &generator)
            }
            add(.randomSectors, choices, keepsLength: Bool.random(using: &generator))
        }
    }

    /// The last written version of all sectors of these pages.
    private func latest(_ indices: some Sequence<Int>) -> [Sector: Int] {
        var choices: [Sector: Int] = [:]
        for sector in indices.lazy.flatMap({ pages[$0] }) { choices[sector] = pending[sector]!.count - 1 }
        return choices
    }

    /// Adds an image unless one with the same bytes is there.
    private mutating func add(_ kind: CrashImage.Kind, _ choices: [Sector: Int], keepsLength: Bool = false) {
        var signature: [Int] = [], ends = disk.files.map { keepsLength ? $0.length : $0.durable.count }
        for sector in choices.keys.sorted() {
            let versions = pending[sector]!, version = versions[choices[sector]!]
            ends[sector.file] = max(ends[sector.file], version.end)
            if version.bytes == disk.durableContent(sector) { continue }
            signature += [sector.file, sector.number, versions.firstIndex { $0.bytes == version.bytes }!]
        }
        guard seen.insert(signature + ends).inserted else { return }
        images.append(CrashImage(kind: kind, choices: choices, keepsLength: keepsLength))
    }
}
