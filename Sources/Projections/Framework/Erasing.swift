internal import EventLog
internal import LMDB

/// Takes what an erased person's records said out of the derived rows, when the event is applied that erases them.
///
/// At that moment the records still say it, or some of them: whoever erases records begins with the newest of a stream, so
/// that what is left is the stream up to some event. Where nothing is left there are no rows either.
struct Erasing {
    let log: LogTable
    let projectors: [Projector]
    let generations: [Generation]
    let tables: [Table?]

    /// Applies a `person erased`.
    func erase(
        _ record: borrowing RecordView, in transaction: borrowing some Transaction & ~Copyable
    ) throws(StorageError) {
        let body: RecordBody
        do throws(RecordError) { body = try RecordBody(of: record) } catch { throw .record(error) }
        guard case .personErased(let erasure) = body else { return }
        let heads = TableLookup<Heads>(
            index: index(of: Heads.name), table: tables[index(of: Heads.name)],
            seal: RowSeal(table: Heads.name, version: Heads.version), generations: generations)
        for stream in erasure.streams {
            guard let head = try heads.row(stream, asOf: nil, in: transaction)?.row else { continue }
            var last: Position? = head.last
            while let position = last {
                let event = try log.record(at: position, in: transaction)
                guard !event.isErased else { break }
                try erase(event, by: record.position, in: transaction.handle)
                last = event.header.previous
            }
        }
        for position in erasure.records {
            let event = try log.record(at: position, in: transaction)
            if !event.isErased { try erase(event, by: record.position, in: transaction.handle) }
        }
    }

    private func erase(
        _ event: borrowing RecordView, by erasure: Position, in transaction: TransactionHandle
    ) throws(StorageError) {
        // The image stays, and so do the space's own head and whatever else is not the person's.
        if event.header.kind == .imageRegistered { return }
        for index in projectors.indices where projectors[index].kinds.contains(event.header.kind) {
            if !event.header.isPersonal, projectors[index].name == Heads.name { continue }
            try projectors[index].erase(event, erasure, generations, index, tables[index], transaction)
        }
    }

    private func index(of name: String) -> Int {
        guard let index = projectors.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("whoever derives rows of a store has its heads")
        }
        return index
    }
}
