internal import CLibPQ
internal import Glibc

/// A connection of libpq, used by one thread; see ``DatabaseConnection``.
///
/// Everything is sent in pipeline mode, several statements in one round trip, each a transaction of its own unless they say
/// `begin`. Nothing is ever cancelled: a cancelled wait for the standby would make a commit visible that no standby has.
final class DatabaseSession {
    private let connection: OpaquePointer
    private let notices = NoticeBox()
    private var prepared: Set<String> = []
    /// Written to by who wants a wait to end.
    private let wakeDescriptor: Int32
    private(set) var isUsable = true

    /// What the server says besides its answers.
    private final class NoticeBox {
        var warning: String?
    }

    /// Connects, for writing: `target_session_attrs=read-write` finds the primary among several hosts.
    ///
    /// - Parameters:
    ///   - server: A connection string of libpq.
    ///   - applicationName: What the server shows of this node.
    ///   - wakeDescriptor: An event descriptor that ends waits for notifications.
    init(server: String, applicationName: String, wakeDescriptor: Int32) throws(DatabaseError) {
        let settings: [(String, String)] = [
            // What the connection string says counts more than these, and what follows it more than that.
            ("connect_timeout", "3"), ("tcp_user_timeout", "5000"), ("keepalives_idle", "5"),
            ("sslmode", Self.staysOnMachine(server) ? "prefer" : "verify-full"),
            ("fallback_application_name", applicationName), ("dbname", server),
            ("target_session_attrs", "read-write"),
        ]
        let connection = Self.connect(settings)
        guard let connection, PQstatus(connection) == CONNECTION_OK else {
            let message = connection.map { String(cString: PQerrorMessage($0)) } ?? "out of memory"
            if let connection { PQfinish(connection) }
            throw DatabaseError(.connectionLost, message)
        }
        self.connection = connection
        self.wakeDescriptor = wakeDescriptor
        PQsetNoticeReceiver(
            connection,
            { (context, result) in
                guard let context else { return }
                let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
                guard severity == "WARNING" || severity == "FATAL" || severity == "ERROR" else { return }
                let box = Unmanaged<NoticeBox>.fromOpaque(context).takeUnretainedValue()
                box.warning = PQresultErrorMessage(result).map { String(cString: $0) } ?? "a warning"
            }, Unmanaged.passUnretained(notices).toOpaque())
        guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
            throw DatabaseError(.connectionLost, String(cString: PQerrorMessage(connection)))
        }
    }

    deinit { PQfinish(connection) }

    /// Whether all hosts of a connection string are this machine: then nothing travels that TLS would protect.
    private static func staysOnMachine(_ server: String) -> Bool {
        guard let options = PQconninfoParse(server, nil) else { return false }
        defer { PQconninfoFree(options) }
        var hosts: [String] = []
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val, ["host", "hostaddr"].contains(String(cString: keyword)) {
                hosts += String(cString: value).split(separator: ",").map(String.init)
            }
            option += 1
        }
        return hosts.allSatisfy {
            $0.isEmpty || $0.hasPrefix("/") || $0.hasPrefix("@") || $0.hasPrefix("127.") || $0 == "::1"
                || $0 == "localhost"
        }
    }

    private static func connect(_ settings: [(String, String)]) -> OpaquePointer? {
        let keys = settings.map { strdup($0.0) }
        let values = settings.map { strdup($0.1) }
        defer { for text in keys + values { free(text) } }
        let keyPointers: [UnsafePointer<CChar>?] = keys.map { UnsafePointer($0) } + [nil]
        let valuePointers: [UnsafePointer<CChar>?] = values.map { UnsafePointer($0) } + [nil]
        return PQconnectdbParams(keyPointers, valuePointers, 1)
    }

    // MARK: Statements

    /// Runs statements in one round trip and returns what each gave. The first error is thrown; those after it were not run.
    ///
    /// - Parameter deadline: When to give up. The session is of no use then, and what was sent may yet be done.
    func run(_ statements: [Statement], until deadline: ContinuousClock.Instant) throws(DatabaseError)
        -> [DatabaseResult]
    {
        guard isUsable else { throw DatabaseError(.connectionLost, "the connection was closed") }
        notices.warning = nil
        // What is prepared, by its name, or nil for a statement that runs.
        var sentNames: [String?] = []
        for statement in statements {
            if let name = statement.name, prepared.insert(name).inserted {
                try sent(
                    PQsendPrepare(
                        connection, name, statement.text, Int32(statement.values.count),
                        statement.values.map(\.typeID)))
                sentNames.append(name)
            }
            try send(statement)
            sentNames.append(nil)
        }
        try sent(PQpipelineSync(connection))
        var results: [DatabaseResult] = []
        var failure: DatabaseError?
        for name in sentNames {
            let result = try nextResult(until: deadline)
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
                if name == nil {
                    results.append(DatabaseResult(result))
                } else {
                    PQclear(result)
                }
            case let status:
                if status != PGRES_PIPELINE_ABORTED { failure = failure ?? error(of: result) }
                PQclear(result)
                // It is prepared the next time. What was prepared stays so, also when its transaction was rolled back.
                if let name { prepared.remove(name) }
            }
            try finishStatement(until: deadline)
        }
        let end = try nextResult(until: deadline)
        let isSynced = PQresultStatus(end) == PGRES_PIPELINE_SYNC
        PQclear(end)
        if let failure {
            if failure.cause == .connectionLost || !isSynced { isUsable = false }
            try endTransaction(until: deadline)
            throw failure
        }
        guard isSynced else { throw lost() }
        return results
    }

    /// Runs one statement.
    func run(_ statement: Statement, until deadline: ContinuousClock.Instant) throws(DatabaseError) -> DatabaseResult {
        let results = try run([statement], until: deadline)
        return results[0]
    }

    /// Ends a transaction that an error has made useless: what would have ended it was not run.
    private func endTransaction(until deadline: ContinuousClock.Instant) throws(DatabaseError) {
        guard isUsable, PQtransactionStatus(connection) != PQTRANS_IDLE else { return }
        do throws(DatabaseError) { _ = try run([Statement("rollback")], until: deadline) } catch { isUsable = false }
    }

    /// What the server warned of while the last statements ran, and while they were committed, which comes after their
    /// results; a commit with a warning is not known to be replicated.
    var warning: String? { notices.warning }

    private func send(_ statement: Statement) throws(DatabaseError) {
        let bytes = statement.values.map(\.encoded)
        let lengths = bytes.map { Int32($0.count) }
        let formats = statement.values.map { $0.isBinary ? Int32(1) : 0 }
        let code = Self.withPointers(to: bytes) { pointers in
            if let name = statement.name {
                PQsendQueryPrepared(connection, name, Int32(bytes.count), pointers, lengths, formats, 1)
            } else {
                PQsendQueryParams(
                    connection, statement.text, Int32(bytes.count), statement.values.map(\.typeID), pointers, lengths,
                    formats, 1)
            }
        }
        try sent(code)
    }

    private static func withPointers<Result>(
        to arrays: [[UInt8]], _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        // One buffer for all: an empty value still has an address, since a null pointer means a null value.
        var joined: [UInt8] = []
        var offsets: [Int] = []
        joined.reserveCapacity(arrays.reduce(1) { $0 + $1.count })
        for array in arrays {
            offsets.append(joined.count)
            joined += array
        }
        joined.append(0)
        return joined.withUnsafeBytes { bytes in
            body(offsets.map { bytes.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) })
        }
    }

    private func sent(_ code: Int32) throws(DatabaseError) { if code != 1 { throw lost() } }

    // MARK: Waiting

    private func nextResult(until deadline: ContinuousClock.Instant) throws(DatabaseError) -> OpaquePointer {
        try awaitInput(until: deadline)
        guard let result = PQgetResult(connection) else { throw lost() }
        return result
    }

    /// Takes the end of a statement's results, after which comes the next statement's.
    private func finishStatement(until deadline: ContinuousClock.Instant) throws(DatabaseError) {
        while true {
            try awaitInput(until: deadline)
            guard let extra = PQgetResult(connection) else { return }
            PQclear(extra)
        }
    }

    /// Returns when libpq has a result, sending what is still to be sent meanwhile.
    private func awaitInput(until deadline: ContinuousClock.Instant) throws(DatabaseError) {
        while true {
            let unsent = PQflush(connection)
            if unsent < 0 { throw lost() }
            if unsent == 0, PQisBusy(connection) == 0 { return }
            let events = Int16(POLLIN) | (unsent == 1 ? Int16(POLLOUT) : 0)
            guard try poll(events, wakes: false, until: deadline) else {
                isUsable = false
                throw DatabaseError(.timedOut, "no answer in time")
            }
            if PQconsumeInput(connection) != 1 { throw lost() }
        }
    }

    /// False when the deadline has passed.
    private func poll(
        _ events: Int16, wakes: Bool, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) -> Bool {
        let socket = PQsocket(connection)
        guard socket >= 0 else { throw lost() }
        var descriptors = [pollfd(fd: socket, events: events, revents: 0)]
        if wakes { descriptors.append(pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)) }
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            if left <= 0 { return false }
            let count = Glibc.poll(&descriptors, nfds_t(descriptors.count), Int32(min(left.rounded(.up), 60_000)))
            if count > 0 { return true }
            if count < 0, errno != EINTR { throw lost() }
        }
    }

    private func lost() -> DatabaseError {
        isUsable = false
        return DatabaseError(.connectionLost, String(cString: PQerrorMessage(connection)))
    }

    private func error(of result: OpaquePointer) -> DatabaseError {
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
        return DatabaseError(
            state: state, message: message ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "no message")
    }

    // MARK: Notifications

    /// The payloads of the notifications that have come, waiting for one until a moment, or until somebody wakes this.
    func notifications(until deadline: ContinuousClock.Instant) throws(DatabaseError) -> [String] {
        guard isUsable else { throw DatabaseError(.connectionLost, "the connection was closed") }
        var payloads = takeNotifications()
        if payloads.isEmpty, try poll(Int16(POLLIN), wakes: true, until: deadline) {
            if PQconsumeInput(connection) != 1 { throw lost() }
            payloads = takeNotifications()
        }
        return payloads
    }

    private func takeNotifications() -> [String] {
        var payloads: [String] = []
        while let notification = PQnotifies(connection) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }
}
