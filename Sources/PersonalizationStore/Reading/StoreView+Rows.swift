internal import EventLog
internal import Projections

/// What a snapshot has, with the errors of the store.
extension StoreView {
    /// The verified record at a position.
    @_lifetime(borrow self)
    func record(at position: Position) throws(StoreError) -> RecordView {
        do { return try snapshot.record(at: position) } catch { throw .storage(error) }
    }

    /// The row of a key, or nil when it has none.
    func row<P: Projection>(_ projection: P.Type, _ key: P.Key) throws(StoreError) -> P.Row? {
        do { return try snapshot.row(projection, key) } catch { throw .storage(error) }
    }

    /// Every row of a projection, in no order.
    func rows<P: Projection>(_ projection: P.Type) throws(StoreError) -> [P.Row] {
        do { return try snapshot.rows(projection) } catch { throw .storage(error) }
    }

    /// Where a stream stands, or nil when there is none.
    func streamHead(of stream: Position) throws(StoreError) -> StreamHead? {
        do { return try snapshot.streamHead(of: stream) } catch { throw .storage(error) }
    }

    /// The stream of a user's settings in a space, or nil when they were never changed.
    func settingsStream(user: String, space: Position) throws(StoreError) -> Position? {
        do { return try snapshot.settingsStream(user: user, space: space) } catch { throw .storage(error) }
    }

    /// The streams of a user's profiles, over all spaces, in the order of their opening.
    func profileStreams(of user: String) throws(StoreError) -> [Position] {
        do { return try snapshot.profiles(of: user) } catch { throw .storage(error) }
    }

    /// What is said of the version that a mint or import holds, if anything.
    func codeStatus(of mint: Position) throws(StoreError) -> CodeStatus? {
        do { return try snapshot.codeStatus(of: mint) } catch { throw .storage(error) }
    }

    /// The number of rows of a projection.
    func keyCount<P: Projection>(_ projection: P.Type) throws(StoreError) -> Int {
        do { return try snapshot.keyCount(projection) } catch { throw .storage(error) }
    }

    /// The last event of the log, or nil when it is empty.
    func logHead() throws(StoreError) -> LogHead? {
        do { return try log.head(in: snapshot.transaction) } catch { throw .storage(error) }
    }

    /// The last event that was recorded at a time or before, or nil when all are later.
    func lastPosition(asOf time: Timestamp) throws(StoreError) -> Position? {
        do { return try log.lastPosition(asOf: time, in: snapshot.transaction) } catch { throw .storage(error) }
    }

    /// Calls `body` with every record in a range of positions, in order; `body` returns false to stop.
    func scan(
        _ positions: ClosedRange<Position>, _ body: (borrowing RecordView) throws(StoreError) -> Bool
    ) throws(StoreError) {
        try log.scan(positions, in: snapshot.transaction, body)
    }

    /// Calls `body` with the records of one stream from `start` back; `body` returns the position to go on with, or nil.
    func walkBack(
        from start: Position, _ body: (borrowing RecordView) throws(StoreError) -> Position?
    ) throws(StoreError) {
        try log.walkBack(from: start, in: snapshot.transaction, body)
    }
}
