import ArgumentParser
import PersonalizationStore

/// Times on the command line.
enum TimeArgument {
    /// What an option says of the times that it takes.
    static let help = "RFC 3339, or a date for its beginning in UTC"

    /// The time that an argument says, or an error that says what is missing.
    @Sendable static func parse(_ text: String) throws -> Timestamp {
        do { return try Timestamp(parsing: text) } catch { throw ValidationError(error.description) }
    }
}
