internal import ByteCoding
package import EventLog
package import LMDB

/// Computes every derived row from the log, in memory, and compares them with the rows that the store has.
///
/// Memory: one row for each key of each table.
package struct TableVerifier {
    private let projectors: [Projector]
    private let generations: [Generation]
    private var recordCount = 0
    /// The tree over the records.
    package private(set) var tree: TreeVerifier

    /// A verifier that has seen no record of a log.
    ///
    /// - Parameter sizes: Of which sizes of the log the tree's roots are kept.
    package init(log: LogTable, projectors: [Projector] = Projector.standard, keepingRootsOf sizes: Set<UInt64> = []) {
        self.projectors = projectors
        generations = [DerivedTables.makeGeneration(projectors)]
        tree = TreeVerifier(log: log, keepingRootsOf: sizes)
    }

    /// Applies the log's next record.
    package mutating func apply(
        _ record: borrowing RecordView, of log: LogTable, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        for (index, projector) in projectors.enumerated() where projector.kinds.contains(record.header.kind) {
            try projector.apply(record, generations, index, nil, transaction.handle)
        }
        try tree.apply(record, in: transaction)
        if record.header.kind == .personErased {
            try Erasing(log: log, projectors: projectors, generations: generations, tables: projectors.map { _ in nil })
                .erase(record, in: transaction)
        }
        recordCount += 1
        if recordCount % (1 << 18) == 0 {
            for case (let projector, let memTable?) in zip(projectors, generations[0].memTables) {
                projector.compact(memTable)
            }
        }
    }

    /// Compares with what a snapshot at the last applied record has; names each table that differs and a key in it.
    package func differences(in snapshot: borrowing Snapshot) throws(StorageError) -> [String] {
        var differences = try snapshot.withSources { (handles, _) throws(StorageError) in
            try snapshot.tables.flaws(of: handles, in: snapshot.transaction)
        }
        for (index, projector) in projectors.enumerated() {
            var expected: [[UInt8]: [UInt8]] = [:]
            if let memTable = generations[0].memTables[index] {
                projector.freeze(memTable)
                try projector.encodeRows(memTable, 0..<projector.keyCount(memTable)) {
                    (key, row) throws(StorageError) in
                    if row.byteCount > 0 { expected[copy(key)] = copy(row) }
                }
            }
            let found = try snapshot.encodedRows(ofTable: index)
            if projector.isOfTree {
                let size = try snapshot.tables.tiles(in: snapshot.transaction)?.size ?? 0
                expected = tree.rows(upTo: size, projector.seal)
            }
            if expected == found { continue }
            let key =
                Set(expected.keys).union(found.keys)
                .filter { expected[$0] != found[$0] }
                .min { $0.lexicographicallyPrecedes($1) } ?? []
            differences.append(
                "the derived table '\(projector.name)' differs from a rebuild at key \(hexadecimal(key)) "
                    + "(\(found[key] == nil ? "missing" : expected[key] == nil ? "superfluous" : "another row"))")
        }
        return differences
    }
}

private func copy(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { Array($0) } }

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension Snapshot {
    /// Every row of a table as its bytes, the rows in memory over those that are flushed.
    func encodedRows(ofTable index: Int) throws(StorageError) -> [[UInt8]: [UInt8]] {
        guard let head else { return [:] }
        return try withSources { (handles, generations) throws(StorageError) in
            var rows: [[UInt8]: [UInt8]] = [:]
            if let table = handles[index] {
                try transaction.forEachEntry(of: table) { (key, value) throws(StorageError) in
                    rows[copy(key)] = copy(value)
                }
            }
            tables.withLock {
                for generation in generations {
                    guard let memTable = generation.memTables[index] else { continue }
                    tables.projectors[index].encodeChanges(memTable, head) { rows[$0] = $1 }
                }
            }
            return rows
        }
    }
}
