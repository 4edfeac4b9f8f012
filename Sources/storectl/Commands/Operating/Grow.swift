import ArgumentParser
import PersonalizationStore

/// `storectl grow`
struct Grow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lets the store grow to a greater size.",
        discussion: """
            The size limits the data file. It is reserved as address space and takes no space on disk; a store never
            shrinks. Services that have the store open go on with the size that they know until they open it again; when
            their data outgrows that, their appends fail and say so.

            Examples:
              storectl grow --map-size 2199023255552
              storectl grow --map-size 2TiB
            """)

    @OptionGroup var options: StoreOptions

    @Option(help: ArgumentHelp("The size in bytes, or with KiB, MiB, GiB or TiB.", valueName: "bytes"))
    var mapSize: MapSize

    func run() async throws {
        let path = try options.path
        let before: Int
        do { before = try Store.grow(at: path, toMapByteCount: mapSize.byteCount) } catch { throw Failure(error) }
        guard before < mapSize.byteCount else {
            throw Failure(
                status: .no, kind: "refused",
                message: "the store can grow to \(before) bytes already, and never shrinks; give a greater --map-size")
        }
        Output.show(Report(before: before, mapBytes: mapSize.byteCount), json: options.json) {
            "the store can grow to \(Text.bytes(mapSize.byteCount)) instead of \(Text.bytes(before)); "
                + "restart the services that have it open"
        }
    }

    private struct Report: Encodable {
        let before: Int
        let mapBytes: Int
    }
}

/// A size of 1 MiB to 64 TiB, which is what a process can map.
struct MapSize: ExpressibleByArgument {
    let byteCount: Int

    private static let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)]

    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.0) }
        guard let number = Int(argument.dropLast(unit?.0.count ?? 0)), number > 0 else { return nil }
        let (product, overflows) = number.multipliedReportingOverflow(by: 1 << (unit?.1 ?? 0))
        guard !overflows, (1 << 20...1 << 46).contains(product) else { return nil }
        byteCount = product
    }
}
