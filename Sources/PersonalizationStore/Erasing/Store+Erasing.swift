public import EventLog
internal import LMDB
internal import Projections

extension Store {
    /// Erases a person: whatever the log, the derived tables and the free pages of the file hold of the user's profiles,
    /// settings, codes, events and labels, the authorship of the user's images, and imported versions of the user's.
    ///
    /// First an event is appended; when it is durable nothing of the person is answered any more, as if it had never been,
    /// by any process. Then the private parts of the person's records are replaced by commitments, all derived tables are
    /// built anew, and what the files still hold, in free pages and in the journal, is overwritten, for which readers of
    /// earlier states are waited for. Every other process clears the memory in which it prepares pages before it writes
    /// anything. A process that is killed meanwhile, or loses its power, leaves the rest to the next opening for writing,
    /// which may find what was done undone and does it again.
    ///
    /// Appends go on meanwhile. At the end they wait while files are read and overwritten, and for up to two seconds when
    /// somebody still reads an earlier state.
    ///
    /// Everything else stays as it is: other people's codes, answers and proofs, and the positions of all events. The same
    /// user name is a new person's afterwards. Copies that left the store are not reached (``ErasureReport/outOfReach``).
    ///
    /// Cost: reads the log three times and the file twice, and writes all derived tables: some seconds for ten million
    /// events. People that are to be erased together are erased cheaper by ``eraseDue(waitingAtMost:onProgress:)``.
    ///
    /// - Parameters:
    ///   - user: Whom.
    ///   - limit: How long to wait for readers of earlier states; nil for ever. When it has passed, the report names them.
    ///   - onProgress: Called now and then, and when the erasure begins another step.
    /// - Returns: What was done, of earlier erasures that were not finished too.
    @discardableResult
    public func erase(
        user: String, waitingAtMost limit: Duration? = nil, onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) async throws(ErasureError) -> ErasureReport {
        try await erase(user: user, profiles: [], waitingAtMost: limit, onProgress: onProgress)
    }

    /// The same, where names of the user's profiles are known from elsewhere: in a cluster, from the user's own shard.
    package func erase(
        user: String, profiles: [String], waitingAtMost limit: Duration? = nil,
        onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) async throws(ErasureError) -> ErasureReport {
        do { _ = try await recordErasure(of: user, profiles) } catch { throw .append(error) }
        do throws(StorageError) {
            return try await carryOut(waitingAtMost: limit, onProgress: onProgress)
        } catch {
            throw .unfinished(error)
        }
    }

    /// Says that a person will be erased at a time. Until then the person's events and `--p` are refused, with the time;
    /// ``cancelErasure(of:)`` takes it back, and ``eraseDue(waitingAtMost:onProgress:)`` does it. Another time replaces the
    /// first.
    @discardableResult
    public func scheduleErasure(of user: String, at due: Timestamp) async throws(StoreError) -> Receipt {
        if try personRecords(of: user).isEmpty { throw .event(.unknownPerson(user)) }
        return try await submit(.scheduleErasure(user: user, due: due))[0]
    }

    /// Takes back that a person will be erased.
    @discardableResult
    public func cancelErasure(of user: String) async throws(StoreError) -> Receipt {
        try await submit(.scheduleErasure(user: user, due: nil))[0]
    }

    /// Erases everybody whose time has come, and goes on with erasures that were not finished.
    ///
    /// - Parameters:
    ///   - limit: How long to wait for readers of earlier states; nil for ever. When it has passed, the report names them.
    ///   - onProgress: Called now and then, and when the erasure begins another step.
    /// - Returns: What was done.
    @discardableResult
    public func eraseDue(
        waitingAtMost limit: Duration? = nil, onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) async throws(ErasureError) -> ErasureReport {
        let due: [ScheduledErasure]
        do { due = try scheduledErasures().filter { $0.due <= clock() } } catch { throw .append(error) }
        for entry in due {
            do { _ = try await recordErasure(of: entry.user) } catch { throw .append(error) }
        }
        do throws(StorageError) {
            return try await carryOut(waitingAtMost: limit, onProgress: onProgress)
        } catch {
            throw .unfinished(error)
        }
    }

    /// Erases everybody who is in this store and in a ledger of erasures, as after a backup was restored that is older than
    /// they.
    ///
    /// - Parameters:
    ///   - people: The ledger's entries: HMAC-SHA-256 of users' names under the store secret.
    ///   - limit: How long to wait for readers of earlier states; nil for ever. When it has passed, the report names them.
    ///   - onProgress: Called now and then, and when the erasure begins another step.
    /// - Returns: What was done, and how many people were found.
    public func erase(
        ledger people: Set<[UInt8]>, waitingAtMost limit: Duration? = nil,
        onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) async throws(ErasureError) -> (report: ErasureReport, personCount: Int) {
        let users: [String]
        do { users = try self.users(among: people) } catch { throw .append(error) }
        for user in users {
            do { _ = try await recordErasure(of: user) } catch { throw .append(error) }
        }
        do throws(StorageError) {
            return (try await carryOut(waitingAtMost: limit, onProgress: onProgress), users.count)
        } catch {
            throw .unfinished(error)
        }
    }

    /// The erasure ledger: everybody who was erased, in order, without names.
    public func erasures() throws(StoreError) -> [ErasureEntry] {
        try read { (view) throws(StoreError) in
            let finished = try StoreError.wrap { () throws(StorageError) in
                try finishedErasure(in: view.snapshot.transaction)
            }
            var entries: [ErasureEntry] = []
            for position in try view.rows(Erasures.self).sorted() {
                let record = try view.record(at: position)
                guard case .personErased(let erasure) = try view.body(of: record) else {
                    throw .record(.unexpectedKind(position, record.header.kind))
                }
                entries.append(
                    ErasureEntry(
                        position: position, recordedAt: record.header.recordedAt, person: erasure.person,
                        streamCount: erasure.streams.count, otherRecordCount: erasure.records.count,
                        isFinished: position.number <= finished.stored))
            }
            return entries
        }
    }

    /// Who is to be erased, the first due first.
    public func scheduledErasures() throws(StoreError) -> [ScheduledErasure] {
        try read { (view) throws(StoreError) in
            var entries: [ScheduledErasure] = []
            for schedule in try view.rows(ErasureSchedules.self) {
                guard let due = schedule.due else { continue }
                let opening = try view.record(at: schedule.stream)
                guard case .erasureScheduled(let user, _) = try view.body(of: opening) else {
                    throw .record(.unexpectedKind(schedule.stream, opening.header.kind))
                }
                entries.append(ScheduledErasure(user: user, due: due))
            }
            return entries.sorted { ($0.due, $0.user) < ($1.due, $1.user) }
        }
    }
}

extension Store {
    /// Appends the event that has a person erased.
    private func recordErasure(of user: String, _ profiles: [String] = []) async throws(StoreError) -> Receipt {
        guard !isReadOnly else { throw .storage(.readOnly(path: path)) }
        while true {
            let found = try personRecords(of: user, profiles)
            do throws(StoreError) {
                let receipt = try await submit(.erase(found))[0]
                onErasureStep(.appended)
                return receipt
            } catch {
                // The person has events in the same commit: they are seen the next time.
                if case .expectation = error { continue }
                throw error
            }
        }
    }

    /// Carries out erasures whose events are in the log, whoever appended them; see ``erase(user:waitingAtMost:onProgress:)``.
    package func carryOutErasures(
        waitingAtMost limit: Duration?, onProgress: @Sendable (OperationProgress) -> Void = { _ in }
    ) async throws(StorageError) -> ErasureReport {
        try await carryOut(waitingAtMost: limit, onProgress: onProgress)
    }

    /// Flushes the rows that the erasures leave, and does the rest of what they ask for.
    private func carryOut(
        waitingAtMost limit: Duration?, onProgress: @Sendable (OperationProgress) -> Void
    ) async throws(StorageError) -> ErasureReport {
        let tables = tables
        // On the writer's queue: a commit that is under way flushes rows itself.
        let flushed: Result<Void, StorageError> = await committer.perform {
            do throws(StorageError) { return .success(try tables.flushAll()) } catch { return .failure(error) }
        }
        try flushed.get()
        return try finishErasures(waitingAtMost: limit, onProgress: onProgress)
    }

    /// Reads the log in short snapshots for what is a person's.
    private func personRecords(of user: String, _ profiles: [String] = []) throws(StoreError) -> PersonRecords {
        var found = PersonRecords(of: user, secret: secret, profiles: profiles)
        try scanLog { (record) throws(RecordError) in try found.take(record) }
        return found
    }

    /// The users whose names have the digests of a ledger.
    private func users(among people: Set<[UInt8]>) throws(StoreError) -> [String] {
        var users: Set<String> = []
        func take(_ user: String) {
            if people.contains(PersonRecords.digest(of: user, secret).bytes) { users.insert(user) }
        }
        try scanLog { (record) throws(RecordError) in
            switch record.header.kind {
            case .profileOpened, .settingsOpened, .imageRegistered:
                switch try RecordBody(of: record) {
                case .profileOpened(_, let user, _), .settingsOpened(_, let user): take(user)
                case .imageRegistered(let image): if let author = image.author { take(author) }
                default: break
                }
            default: break
            }
        }
        return users.sorted()
    }

    private func scanLog(_ take: (borrowing RecordView) throws(RecordError) -> Void) throws(StoreError) {
        var next = Position.first
        while true {
            let isDone = try read { (view) throws(StoreError) in
                guard let head = view.snapshot.head, next <= head else { return true }
                let end = min(head, Position(next.number + 49_999))
                try view.scan(next...end) { (record) throws(StoreError) in
                    try StoreError.wrapRecord { () throws(RecordError) in try take(record) }
                    return true
                }
                next = end.next
                return false
            }
            if isDone { return }
        }
    }
}
