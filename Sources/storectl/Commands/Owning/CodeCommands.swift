import ArgumentParser
import PersonalizationStore

/// What commands on one's own codes share: the code names its owner.
private func withOwnedVersion(
    _ code: String, _ options: StoreOptions, _ act: (Store, Version, ProfileName) async throws -> Receipt
) async throws {
    try await options.withStore { store in
        let version = try store.version(beginningWith: code)
        guard let owner = try store.owner(of: version) else {
            throw Failure(
                status: .no, kind: "notOwner",
                message: "the version \(version.code) was imported, so nobody here owns it")
        }
        let receipt = try await act(store, version, owner)
        Output.show(receipt, json: options.json) { receipt.text }
    }
}

/// `storectl label`
struct Label: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Gives a code a label; an empty one takes it away.",
        discussion: """
            Example:
              storectl label 3f7k9m2qx5wzt "warm film look"
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The code.") var code: String
    @Argument(help: "The label, up to 255 bytes.") var label: String

    @Option(help: "An id (a UUID) that makes repeating the command harmless.")
    var eventId: EventID?

    func run() async throws {
        try await withOwnedVersion(code, options) { try await $0.label($1.code, of: $2, label, eventID: eventId) }
    }
}

/// `storectl revoke`
struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a code unusable in prompts, for everybody, from now on.",
        discussion: """
            The version stays in the log and in its owner's list; 'storectl restore' makes the code usable again.

            Example:
              storectl revoke 3f7k9m2qx5wzt
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The code.") var code: String

    @Option(help: "An id (a UUID) that makes repeating the command harmless.")
    var eventId: EventID?

    func run() async throws {
        try await withOwnedVersion(code, options) { try await $0.revoke($1.code, of: $2, eventID: eventId) }
    }
}

/// `storectl restore`
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a revoked code usable again.",
        discussion: """
            Example:
              storectl restore 3f7k9m2qx5wzt
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The code.") var code: String

    @Option(help: "An id (a UUID) that makes repeating the command harmless.")
    var eventId: EventID?

    func run() async throws {
        try await withOwnedVersion(code, options) { try await $0.restore($1.code, of: $2, eventID: eventId) }
    }
}

/// `storectl revert`
struct Revert: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes an older version its owner's current taste again.",
        discussion: """
            Later rankings and likes build on it; nothing of the history is lost.

            Example:
              storectl revert --to 3f7k9m2qx5wzt
            """)

    @OptionGroup var options: StoreOptions

    @Option(name: .customLong("to"), help: ArgumentHelp("The version's code.", valueName: "code"))
    var code: String

    @Option(help: "An id (a UUID) that makes repeating the command harmless.")
    var eventId: EventID?

    func run() async throws {
        try await withOwnedVersion(code, options) { try await $0.revert($2, to: $1.code, eventID: eventId) }
    }
}

/// `storectl reset`
struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts a user's taste over: what was said before counts no more.",
        discussion: """
            Nothing is lost: earlier codes go on working, and 'storectl revert' goes back to one of them.

            Example:
              storectl reset ada --space v6
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions

    @Option(help: "An id (a UUID) that makes repeating the command harmless.")
    var eventId: EventID?

    @Argument(help: "The user.") var user: String

    func run() async throws {
        try await options.withStore { store in
            let name = try profile.name(of: user, options, in: store)
            let receipt = try await store.reset(name, eventID: eventId)
            Output.show(receipt, json: options.json) { receipt.text }
        }
    }
}

/// `storectl retract`
struct Retract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes one rank, like, unlike or pick back, as if it had not been said.",
        discussion: """
            Examples:
              storectl retract 81234
              storectl retract 6ba7b810-9dad-41d1-80b4-00c04fd430c8
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The event's position or its id.") var event: String

    @Option(help: "An id (a UUID) that makes repeating the command harmless.")
    var eventId: EventID?

    func run() async throws {
        try await options.withStore { store in
            let position = try position(in: store)
            guard let stored = try store.events(from: position, limit: 1).first, let profile = stored.profile else {
                throw Failure(
                    status: .no, kind: "refused",
                    message: "position \(position) holds no rank, like, unlike or pick; look it up with 'storectl log'")
            }
            let receipt = try await store.retract(position, of: profile, eventID: eventId)
            Output.show(receipt, json: options.json) { receipt.text }
        }
    }

    private func position(in store: Store) throws -> Position {
        if let position = Position(argument: event) { return position }
        guard let id = EventID(event) else {
            throw Failure(status: .usage, kind: "usage", message: "'\(event)' is neither a position nor an event id")
        }
        guard let position = try store.position(of: id) else {
            throw Failure(status: .no, kind: "unknownEvent", message: "no event has the id \(id)")
        }
        return position
    }
}
