import PersonalizationCluster
import Testing

/// What follows from an SQLSTATE. The table is that of the design; the names are those of PostgreSQL's manual, appendix A.
@Suite struct DatabaseErrorTests {
    @Test(arguments: [
        // No answer at all; admin_shutdown, crash_shutdown, cannot_connect_now; statement_completion_unknown;
        // connection_failure; idle_in_transaction_session_timeout.
        ("", DatabaseError.Cause.connectionLost), ("57P01", .connectionLost), ("57P02", .connectionLost),
        ("57P03", .connectionLost), ("40003", .connectionLost), ("08006", .connectionLost), ("08003", .connectionLost),
        ("25P03", .connectionLost),
        // serialization_failure, deadlock_detected, query_canceled.
        ("40001", .tryAgain), ("40P01", .tryAgain), ("57014", .tryAgain),
        ("55P03", .lockTimeout), ("25006", .readOnly),
        // too_many_connections, disk_full, invalid_password, undefined_table, insufficient_privilege.
        ("53300", .refused), ("53100", .refused), ("28P01", .refused), ("42P01", .refused), ("42501", .refused),
    ])
    func `an SQLSTATE says what a node does`(_ state: String, _ cause: DatabaseError.Cause) {
        #expect(DatabaseError.cause(of: state) == cause)
    }

    @Test func `only a connection that was in use leaves an outcome unknown`() {
        var lost = DatabaseError(state: "57P01", message: "terminating connection")
        #expect(lost.leavesOutcomeUnknown && lost.endsConnection)
        lost.isBeforeUse = true
        #expect(!lost.leavesOutcomeUnknown && lost.endsConnection)
        #expect(!DatabaseError(state: "53100", message: "disk full").leavesOutcomeUnknown)
    }

    @Test func `a message is one line with its SQLSTATE`() {
        #expect(DatabaseError(state: "53100", message: "no room\nat all").description == "no room; at all [53100]")
    }
}
