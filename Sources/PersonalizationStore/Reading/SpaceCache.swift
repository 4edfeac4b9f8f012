internal import EventLog
internal import LMDB
internal import Projections
internal import Synchronization
internal import TasteFold

/// A space, decoded.
final class Space: Sendable {
    /// The position of its definition, which names it.
    let position: Position
    let threshold: Int
    let descriptor: SpaceDescriptor
    var name: String { descriptor.name }

    init(position: Position, threshold: Int, descriptor: SpaceDescriptor) {
        self.position = position
        self.threshold = threshold
        self.descriptor = descriptor
    }
}

/// Spaces that have been decoded. A definition never changes, so an entry is good for ever; stores have few spaces.
final class SpaceCache: Sendable {
    private let spaces = Mutex<[Space]>([])

    /// The space that is defined at a position.
    func space(
        at position: Position, log: LogTable, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) -> Space {
        if let space = spaces.withLock({ $0.first { $0.position == position } }) { return space }
        let record = try log.record(at: position, in: transaction)
        let space = try Self.decode(record)
        return spaces.withLock { spaces in
            // Another thread may have decoded it meanwhile.
            if let first = spaces.first(where: { $0.position == position }) { return first }
            spaces.append(space)
            return space
        }
    }

    private static func decode(_ record: borrowing RecordView) throws(StorageError) -> Space {
        do throws(RecordError) {
            guard case .spaceDefined(let definition) = try RecordBody(of: record) else {
                throw .unexpectedKind(record.position, record.header.kind)
            }
            return Space(
                position: record.position, threshold: Int(definition.threshold),
                descriptor: try SpaceDescriptor(definition, at: record.position))
        } catch {
            throw .record(error)
        }
    }
}

/// Assignments of models to spaces that have been decoded. A record never changes, so an entry is good for ever; that a
/// model has been assigned anew is another record.
final class AssignmentCache: Sendable {
    /// What a record assigns.
    struct Assignment {
        let model: String
        let space: Space
        let isDefault: Bool
    }

    private let assignments = Mutex<[Position: Assignment]>([:])

    /// What a record assigns, if it is here.
    subscript(position: Position) -> Assignment? { assignments.withLock { $0[position] } }

    /// Keeps what a record assigns.
    func keep(_ assignment: Assignment, at position: Position) {
        assignments.withLock { $0[position] = assignment }
    }
}

extension SpaceDescriptor {
    /// The descriptor that a space's defining record pins.
    init(_ definition: SpaceDefinition, at position: Position) throws(RecordError) {
        let dimension = definition.mean.count
        var panel: [PanelPair] = []
        do throws(EmbeddingError) {
            for start in stride(from: 0, to: definition.panel.count, by: 2 * dimension) {
                let x = try Embedding(canonicalComponents: Array(definition.panel[start..<(start + dimension)]))
                let end = start + 2 * dimension
                let y = try Embedding(canonicalComponents: Array(definition.panel[(start + dimension)..<end]))
                panel.append(PanelPair(x: x, y: y))
            }
        } catch {
            throw .notCanonical(position, "panel: \(error)")
        }
        self.init(name: definition.name, mean: definition.mean, panel: panel)
    }
}

extension SpaceDefinition {
    /// The record of a space with this descriptor.
    init(_ descriptor: SpaceDescriptor, threshold: Int) {
        self.init(
            name: descriptor.name, threshold: UInt32(threshold), mean: descriptor.mean,
            panel: descriptor.panel.flatMap { $0.x.components + $0.y.components })
    }
}
