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
    ) throws(StoreError) -> Receipt {
        var found = found
        let next = found.through?.next ?? .first
        let head = try StoreError.wrap { () throws(StorageError) in try tables.log.headPosition(in: transaction) }
        if let head, next <= head {
            try tables.log.scan(next...head, in: transaction) { (record) throws(StoreError) in
                try StoreError.wrapRecord { () throws(RecordError) in try found.take(record) }
                return true
            }
        }
        let erasure = found.erasure
        var later = found
        var isConcerned = false
        try group.forEachRecord(from: 0) { (record) throws(StoreError) in
            try StoreError.wrapRecord { () throws(RecordError) in try later.take(record) }
            if found.owns(record) { isConcerned = true }
        }
        if isConcerned || later.erasure != erasure {
            throw .expectation(.head(expected: found.through, found: group.nextPosition.previous))
        }
        if found.isEmpty { throw .event(.unknownPerson(found.user)) }
        let receipt = try open(.personErased(found.erasure), in: transaction, into: &group)
        try applyRecords(of: group, in: transaction)
        forgetNames()
        return receipt
    }

    /// Appends when a person will be erased, or that the person will not be after all.
    func plan(
        schedulingErasureOf user: String, due: Timestamp?, in transaction: borrowing WriteTransaction,
        into group: inout RecordGroup
    ) throws(StoreError) -> Receipt {
        let schedule = try latest(ErasureSchedules.self, ScopedName(space: nil, user), in: transaction, group: group)
        let receipt: Receipt
        if let due {
            receipt = try open(.erasureScheduled(user: user, due: due), in: transaction, into: &group)
        } else {
            guard let schedule, schedule.due != nil else {
                throw .event(.noErasureScheduled(user))
            }
            receipt = try add(.erasureCancelled(user: user), to: schedule.stream, in: transaction, into: &group)
        }
        try applyRecords(of: group, in: transaction)
        // Streams that are remembered are ones that may be added to.
        forgetNames()
        return receipt
    }

    /// Refuses events of a person who is to be erased.
    func requireStaying(_ user: String, in transaction: borrowing WriteTransaction) throws(StoreError) {
        let schedule = try StoreError.wrap { () throws(StorageError) in
            try tables.latestRow(ErasureSchedules.self, ScopedName(space: nil, user), in: transaction)
        }
        if let due = schedule?.due { throw .event(.erasureScheduled(user: user, due: due)) }
    }
}
