internal import Dispatch
package import EventLog
package import LMDB
internal import Synchronization

/// Every table that is derived from the log, kept up to date off the append path.
///
/// The rows that the newest records imply live in memory, in generations; older ones are in LMDB tables with a
/// checkpoint. The writer applies each record as it plans it, so a group sees its own effects; readers see a row only
/// as it was at their snapshot's head. Appends of other processes are caught up with by scanning the gap, at the start
/// of a write transaction and of a snapshot.
///
/// A snapshot captures the generations and then begins its read transaction, both under the lock: a row that leaves
/// memory has been committed to its table before, so it is found in one of the two places, never in neither.
///
/// `@unchecked Sendable`: `state` and the memory tables are touched only while `lock` is held.
package final class DerivedTables: @unchecked Sendable {
    struct State {
        /// The live LMDB table of each projector; nil when its rows are in memory only (``isReadOnly``).
        var tables: [Table?]
        var slots: [UInt8]
        /// What all processes have in common, as last seen.
        var summary: TablesSummary
        /// The position through which every table of this process's projections is flushed, whoever flushed it.
        var flushed: Position?
        /// Frozen generations, oldest first, and last the active one.
        var generations: [Generation]
        /// The last record applied, the writer's uncommitted ones included.
        var applied: Position?
        /// How far the oldest frozen generation is flushed, in committed transactions.
        var flush = FlushCursor()
        /// The same with what the writer's open transaction has flushed.
        var plannedFlush = FlushCursor()
        /// Whether a write transaction of this process is at work on the generations, which then nobody else may drop.
        var isWriting = false
        /// What only tables that are read have: see `DerivedTables+Reading.swift`.
        var reading = ReadingState()
    }

    /// A place in a frozen generation: the projector at work and the next of its sorted keys.
    struct FlushCursor: Equatable {
        var projector = 0
        var key = 0
        var isComplete = false
    }

    let environment: Environment
    package let log: LogTable
    let projectors: [Projector]
    /// The projectors that a record of each kind concerns, by the kind's number: bit i stands for the index i.
    let projectorsByKind: [UInt64]
    private let storedCheckpoints: CheckpointTable?
    /// Both slots' tables of each projector, opened once: LMDB handles must not be opened later.
    let slotTables: [[Table]]
    let policy: FlushPolicy
    /// False for tables that are being built beside the live ones, whose checkpoints they must not touch.
    let isLive: Bool
    /// Whether nothing is ever written: rows that no table has are computed in memory, when one is first asked for.
    package let isReadOnly: Bool
    let lock = Mutex<Void>(())
    /// The tables of the first slot, and of the second, whose rows this process has counted; bit i stands for index i.
    let countedFirstTables = Atomic<UInt64>(0)
    let countedSecondTables = Atomic<UInt64>(0)
    /// What is known of the log's tree beyond the stored tiles.
    let stretches = TreeStretches()
    /// Whether records are being hashed beside the writer, and whether they may be.
    let isHashing = Atomic<Bool>(false)
    let hashesAhead = Atomic<Bool>(true)
    let hasher = DispatchQueue(label: "personalization-store.tree", qos: .utility)
    /// Raised whenever somebody was erased, or may have been: whoever keeps what was read in memory drops it then.
    let erasureCount = Atomic<UInt64>(0)

    /// How often somebody was erased, or may have been, since these tables were opened.
    package var erasuresSeen: UInt64 { erasureCount.load(ordering: .acquiring) }
    /// Unchecked, since the lock excludes what the check would find, for every event.
    @exclusivity(unchecked) var state: State

    /// Opens the tables of some projections and catches up with the log.
    ///
    /// Cost: reads the records after the oldest checkpoint. When many are missing, as for a projection that is new to
    /// the store, they are flushed on the way, so that memory stays bounded.
    package init(
        environment: Environment, log: LogTable, projectors: [Projector], policy: FlushPolicy = .standard
    ) throws(StorageError) {
        self.environment = environment
        self.log = log
        self.policy = policy
        isLive = true
        isReadOnly = false
        self.projectors = projectors
        projectorsByKind = Self.projectorsByKind(projectors)
        // As a rule all tables are there, and nothing is changed.
        var found = try Self.openTables(projectors, of: environment, create: false)
        if found == nil { found = try Self.openTables(projectors, of: environment, create: true) }
        guard let tables = found else { preconditionFailure("tables that are missing are made") }
        storedCheckpoints = tables.checkpoints
        slotTables = tables.slotTables
        state = State(
            tables: slotTables.map { $0[0] }, slots: projectors.map { _ in 0 }, summary: TablesSummary(),
            generations: [Self.makeGeneration(projectors)])
        try catchUpAtOpen()
    }

    /// The tables of the slots that are not live, empty as far as memory goes: what a rebuild fills.
    init(besides live: DerivedTables) {
        environment = live.environment
        log = live.log
        projectors = live.projectors
        projectorsByKind = live.projectorsByKind
        storedCheckpoints = live.storedCheckpoints
        slotTables = live.slotTables
        policy = FlushPolicy(generationRecordCount: 1 << 18, sliceRowCount: 1 << 14)
        isLive = false
        isReadOnly = false
        let slots = live.withLock { live.state.slots.map { 1 - $0 } }
        state = State(
            tables: zip(slotTables, slots).map { $0[Int($1)] }, slots: slots, summary: TablesSummary(),
            generations: [Self.makeGeneration(live.projectors)])
    }

    /// Tables that are only read, with what was found of them; nil for checkpoints and no slot tables when every row is to be
    /// computed in memory.
    init(
        reading environment: Environment, log: LogTable, projectors: [Projector], checkpoints: CheckpointTable?,
        slotTables: [[Table]]
    ) {
        self.environment = environment
        self.log = log
        self.projectors = projectors
        projectorsByKind = Self.projectorsByKind(projectors)
        policy = .standard
        isLive = true
        isReadOnly = true
        storedCheckpoints = checkpoints
        self.slotTables = slotTables
        state = State(
            tables: projectors.map { _ in nil }, slots: projectors.map { _ in 0 }, summary: TablesSummary(),
            generations: [Self.makeGeneration(projectors)])
        state.reading.usesTables = checkpoints != nil
    }

    /// The tables, or nil when some are missing and are not to be made.
    private static func openTables(
        _ projectors: [Projector], of environment: Environment, create: Bool
    ) throws(StorageError) -> (checkpoints: CheckpointTable, slotTables: [[Table]])? {
        var transaction = try StorageError.wrap { () throws(LMDBError) in try environment.beginWrite(changes: create) }
        guard let table = try openTable(CheckpointTable.name, create, in: &transaction) else { return nil }
        let checkpoints = CheckpointTable(table: table)
        var slotTables: [[Table]] = []
        for projector in projectors {
            let isFlushed = try checkpoints.read(projector, in: transaction) != nil
            var slots: [Table] = []
            for slot in 0...1 {
                let name = tableName(projector, slot: slot)
                // An empty table in its place would pass for what the checkpoint says was flushed.
                if isFlushed, try openTable(name, false, in: &transaction) == nil {
                    throw .damagedRow(table: name, "the table is missing")
                }
                guard let table = try openTable(name, create, in: &transaction) else { return nil }
                slots.append(table)
            }
            slotTables.append(slots)
        }
        do { try transaction.commit() } catch { throw .database(error) }
        return (checkpoints, slotTables)
    }

    /// Opens a table, or returns nil when it is missing and is not to be made. An entry of its name that is no table of rows is
    /// damage of the derived tables.
    private static func openTable(
        _ name: String, _ create: Bool, in transaction: inout WriteTransaction
    ) throws(StorageError) -> Table? {
        do throws(LMDBError) {
            if create { return try transaction.openTable(name: name, keys: .bytes, create: true) }
            return try transaction.findTable(name: name, keys: .bytes)
        } catch {
            if case .tableMismatch(let name) = error { throw .damagedRow(table: name, "it is no table of rows") }
            throw .database(error)
        }
    }

    /// The table of checkpoints.
    ///
    /// - Precondition: There is one, as there is unless every row is computed in memory.
    var checkpoints: CheckpointTable {
        guard let storedCheckpoints else { preconditionFailure("rows that are all in memory have no checkpoints") }
        return storedCheckpoints
    }

    /// How many rows may wait in memory, and how many are flushed at once.
    package struct FlushPolicy: Sendable {
        /// A generation is frozen and flushed when it has this many records.
        package var generationRecordCount: Int
        /// Each group commit writes at most this many rows of a frozen generation.
        package var sliceRowCount: Int

        package init(generationRecordCount: Int, sliceRowCount: Int) {
            self.generationRecordCount = generationRecordCount
            self.sliceRowCount = sliceRowCount
        }

        /// Bounds the memory to some tens of megabytes and opening after a kill to some tens of milliseconds.
        package static let standard = FlushPolicy(generationRecordCount: 131_072, sliceRowCount: 2_048)
    }

    /// Runs `body` with the lock held.
    ///
    /// Not `Mutex.withLock`: that hands out nothing but `sending` results, and memory tables and snapshots, which the lock
    /// guards or makes, are none.
    func withLock<Result: ~Copyable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock._unsafeLock()
        defer { lock._unsafeUnlock() }
        return try body()
    }

    /// The index of a projection among the projectors.
    ///
    /// - Precondition: The projection is one of those that the tables were opened with.
    func index<P: Projection>(of projection: P.Type) -> Int {
        let identifier = ObjectIdentifier(projection)
        for index in projectors.indices where projectors[index].projection == identifier { return index }
        preconditionFailure("the tables were opened without the projection \(P.name)")
    }

    static func makeGeneration(_ projectors: [Projector]) -> Generation {
        Generation(projectionCount: projectors.count)
    }

    private static func projectorsByKind(_ projectors: [Projector]) -> [UInt64] {
        precondition(projectors.count <= UInt64.bitWidth, "a store has at most 64 projections")
        let highest = RecordKind.allCases.map(\.rawValue).max() ?? 0
        return (0...highest).map { number in
            guard let kind = RecordKind(rawValue: number) else { return 0 }
            return projectors.indices.reduce(0) { projectors[$1].kinds.contains(kind) ? $0 | 1 << $1 : $0 }
        }
    }

    static func tableName(_ projector: Projector, slot: Int) -> String {
        "\(projector.name).\(projector.version).\(StoredRow.format).\(slot == 0 ? "a" : "b")"
    }
}
