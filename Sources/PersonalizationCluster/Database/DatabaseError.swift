/// Why a statement, or a connection, failed: what follows from it is decided by its SQLSTATE alone.
package struct DatabaseError: Error, Hashable, Sendable {
    /// What a node does about it.
    package enum Cause: Hashable, Sendable {
        /// The connection is gone, or of no use any more; what was under way may have been done.
        case connectionLost
        /// No answer came in time; what was under way may yet be done. The connection was closed.
        case timedOut
        /// Do the same again.
        case tryAgain
        /// Another holds the shard's lock for too long: go on without it.
        case lockTimeout
        /// The server is a standby, or was made one: find the primary.
        case readOnly
        /// The server refuses, and will go on refusing until an operator changes something.
        case refused
    }

    /// What a node does about it.
    package let cause: Cause
    /// The five letters of the SQLSTATE; empty when the server said nothing.
    package let state: String
    /// What the server, or libpq, says.
    package let message: String
    /// Whether it failed while the connection was being made: nothing that was to be done has been begun.
    package var isBeforeUse = false

    init(_ cause: Cause, state: String = "", _ message: String) {
        self.cause = cause
        self.state = state
        self.message = message
    }

    /// The error that a server reports.
    package init(state: String, message: String) { self.init(Self.cause(of: state), state: state, message) }

    /// What an SQLSTATE means for a node.
    package static func cause(of state: String) -> Cause {
        switch state {
        // Nothing was said: the connection broke. Terminated, crashed or starting; unknown outcome; idle for too long.
        case "", "57P01", "57P02", "57P03", "57P04", "57P05", "40003", "25P03": .connectionLost
        case "40001", "40P01", "57014": .tryAgain
        case "55P03": .lockTimeout
        case "25006": .readOnly
        default: state.hasPrefix("08") ? .connectionLost : .refused
        }
    }

    /// Whether a statement that failed so may have been done all the same.
    package var leavesOutcomeUnknown: Bool { !isBeforeUse && endsConnection }

    /// Whether the connection is of no use any more.
    package var endsConnection: Bool { cause == .connectionLost || cause == .timedOut }
}

extension DatabaseError: CustomStringConvertible {
    /// The message in one line, with the SQLSTATE.
    package var description: String {
        let line = message.split { $0.isNewline }.joined(separator: "; ")
        return state.isEmpty ? line : "\(line) [\(state)]"
    }
}
