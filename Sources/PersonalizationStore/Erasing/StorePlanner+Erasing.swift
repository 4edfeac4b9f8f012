internal import EventLog
internal import LMDB
internal import Projections

/// Erasing people, now or later.
extension StorePlanner {
    /// Appends the event from which on nothing of a person is answered.
    ///
    /// What was found of the person in a snapshot is completed with what came since. A group in which the person has events
    /// itself must be committed first: then the expectation fails, and the caller tries again.
    func plan(
        erasing found: PersonRecords, in transaction: borrowing WriteTransaction, into group: inout RecordGroup
    ) throws(Failure) -> Receipt {
        var found = found
        do throws(StorageError) {
            let next = found.through?.next ?? .first
            if let head = try tables.log.headPosition(in: transaction), next <= head {
                try tables.log.scan(next...head, in: transaction) { (record) throws(StorageError) in
                    try StorageError.wrapRecord { () throws(RecordError) in try found.take(record) }
                    return true
                }
            }
            let erasure = found.erasure
            var later = found
            var isConcerned = false
            try group.forEachRecord(from: 0) { (record) throws(StorageError) in
                try StorageError.wrapRecord { () throws(RecordError) in try later.take(record) }
                if found.owns(record) { isConcerned = true }
            }
            if isConcerned || later.erasure != erasure {
                throw StorageError.record(.outOfOrder(group.nextPosition, Self.concerned))
            }
        } catch {
            guard case .record(.outOfOrder(let position, Self.concerned)) = error else { throw .storage(error) }
            throw .rejected(.expectation(.head(expected: found.through, found: position.previous)))
        }
        if found.isEmpty { throw .rejected(.event(index: 0, .unknownPerson(found.user))) }
        let receipt = try open(.personErased(found.erasure), in: transaction, into: &group)
        try applyRecords(of: group, in: transaction)
        forgetNames()
        return receipt
    }

    private static let concerned = "the person has events in the same commit"

    /// Appends when a person will be erased, or that the person will not be after all.
    func plan(
        schedulingErasureOf user: String, due: Timestamp?, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(Failure) -> Receipt {
        let schedule = try latest(ErasureSchedules.self, ScopedName(space: nil, user), in: transaction, group: group)
        let receipt: Receipt
        if let due {
            receipt = try open(.erasureScheduled(user: user, due: due), in: transaction, into: &group)
        } else {
            guard let schedule, schedule.due != nil else {
                throw .rejected(.event(index: 0, .noErasureScheduled(user)))
            }
            receipt = try add(.erasureCancelled(user: user), to: schedule.stream, in: transaction, into: &group)
        }
        try applyRecords(of: group, in: transaction)
        // Streams that are remembered are ones that may be added to.
        forgetNames()
        return receipt
    }

    /// Refuses events of a person who is to be erased.
    func requireStaying(_ user: String, in transaction: borrowing WriteTransaction) throws(EventFailure) {
        let schedule: ErasureSchedule?
        do throws(StorageError) {
            schedule = try tables.latestRow(ErasureSchedules.self, ScopedName(space: nil, user), in: transaction)
        } catch {
            throw .plan(.storage(error))
        }
        if let due = schedule?.due { throw .fault(.erasureScheduled(user: user, due: due)) }
    }
}
