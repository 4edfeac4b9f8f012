internal import EventLog

/// What is looked at before a new connection is trusted with events: that its server is the cluster's, loses nothing that
/// it has confirmed, and shows nothing that it may yet lose.
struct SessionChecks: Sendable {
    /// The node's name, under which its barrier is.
    let node: String
    /// The cluster that the server must belong to; nil for whoever is about to find out.
    let cluster: ClusterIdentity?
    /// How far the server's clock may be from this machine's.
    var toleratedClockDifference: Duration = .seconds(5)
    /// This machine's clock, in microseconds since 1970.
    var now: @Sendable () -> Int64 = { Timestamp.systemNow().microseconds }
    /// Whether the session is to take events: whoever only looks needs no standby.
    var isForAppends = true

    var applicationName: String { "pstore \(node)" }

    func check(_ session: DatabaseSession, until deadline: ContinuousClock.Instant) throws(DatabaseError) {
        try Self.set(in: session, until: deadline)
        guard isForAppends else { return }
        let settings = try session.run(Self.settings, until: deadline)
        try checkDurability(settings)
        try checkClock(settings.integer(0, 5))
        if let cluster {
            let found = try ClusterIdentity.read(in: session, until: deadline)
            guard found == cluster else {
                throw DatabaseError(
                    .refused, found == nil ? "the server holds no cluster" : "the server holds another cluster")
            }
        }
        try commitBarrier(session, until: deadline)
    }

    // MARK: Settings

    /// What every session has set. `idle_in_transaction_session_timeout` ends a transaction that holds a shard's lock while
    /// its node stands still.
    private static func set(
        in session: DatabaseSession, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) {
        _ = try session.run(
            [
                Statement("set lock_timeout = '200ms'"), Statement("set idle_in_transaction_session_timeout = '500ms'"),
                Statement("set statement_timeout = 0"), Statement("set client_min_messages = warning"),
                Statement("set synchronous_commit = on"),
                Statement("set default_transaction_isolation = 'read committed'"),
            ], until: deadline)
    }

    private static let settings = Statement(
        """
        select pg_is_in_recovery(), current_setting('synchronous_standby_names'), current_setting('fsync'), \
        current_setting('full_page_writes'), current_setting('synchronous_commit'), \
        (extract(epoch from clock_timestamp()) * 1000000)::bigint
        """)

    private func checkDurability(_ settings: DatabaseResult) throws(DatabaseError) {
        if settings.bool(0, 0) { throw DatabaseError(.readOnly, "the server is a standby") }
        if settings.text(0, 1).isEmpty {
            throw DatabaseError(
                .refused,
                "synchronous_standby_names is empty, so what is acknowledged would be on one machine only; set it")
        }
        for (column, name) in [(2, "fsync"), (3, "full_page_writes")] where settings.text(0, column) != "on" {
            throw DatabaseError(.refused, "\(name) is off, so a power cut could damage the database; turn it on")
        }
    }

    private func checkClock(_ serverTime: Int64) throws(DatabaseError) {
        let difference = Duration.microseconds(now() &- serverTime)
        let size = difference < .zero ? .zero - difference : difference
        if size > toleratedClockDifference {
            throw DatabaseError(
                .refused,
                "this machine's clock differs by \(difference) from the server's; events would be stamped wrongly")
        }
    }

    // MARK: Barrier

    /// Commits something and waits for the standby's confirmation: whatever the server showed before is then replicated too,
    /// also what a restarted server shows without ever having had it confirmed.
    func commitBarrier(_ session: DatabaseSession, until deadline: ContinuousClock.Instant) throws(DatabaseError) {
        _ = try session.run(
            Statement(
                """
                insert into pstore.barrier (node, n) values ($1, 1) \
                on conflict (node) do update set n = pstore.barrier.n + 1
                """, [.text(node)]), until: deadline)
        if let warning = session.warning { throw DatabaseError(.connectionLost, warning) }
    }
}
