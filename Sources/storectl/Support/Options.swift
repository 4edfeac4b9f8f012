public import ArgumentParser
import Foundation
public import PersonalizationStore

/// The options of every command.
struct StoreOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The store's folder; STORECTL_STORE if not given.", valueName: "path"))
    var store: String?

    @Flag(help: "Print JSON for scripts instead of text for people.")
    var json = false

    @Flag(help: "Record times more than a day ahead of the clock, or after a pause of ten years.")
    var allowFuture = false

    @Option(
        help: ArgumentHelp(
            "How long to wait for the lock of a process that writes to the store; for ever if not given. "
                + "Commands that only read do not wait.", valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        if let timeout, !(0...1e9).contains(timeout) {
            throw ValidationError("--timeout is a number of seconds from 0 on")
        }
    }

    /// The store's folder, without slashes at its end.
    var path: String {
        get throws {
            guard let path = store ?? ProcessInfo.processInfo.environment["STORECTL_STORE"], !path.isEmpty else {
                throw Failure(
                    status: .usage, kind: "usage", message: "no store given; use --store PATH or set STORECTL_STORE")
            }
            let end = path.lastIndex { $0 != "/" }
            return end.map { String(path[...$0]) } ?? "/"
        }
    }

    /// What a command does with the store.
    enum Access {
        /// Reads and appends: takes the writer's lock.
        case writing
        /// Only reads: takes no lock and writes nothing (`Store.openReadOnly`).
        case reading
    }

    /// Opens the store, runs `body`, and closes it, whatever happens; failures leave as ``Failure``.
    ///
    /// With ``Access/reading``, `body` runs again when another process opened the store meanwhile, so it prints at its end,
    /// or goes on where it was. An answer that had to do without a damaged record is given, and ``Failure`` thrown then.
    func withStore<Result>(
        _ access: Access = .writing, _ body: (Store) async throws -> Result
    ) async throws -> Result {
        do {
            switch access {
            case .writing:
                LockWatch.start(timeout: timeout)
                let clock = ClockWarning()
                var storeOptions = Store.Options()
                storeOptions.allowsFutureTimes = allowFuture
                storeOptions.onCommit = clock.note
                let result = try await close(try Store.open(at: try path, options: storeOptions), after: body)
                clock.report()
                return result
            case .reading:
                while true {
                    do {
                        return try await close(try Store.openReadOnly(at: try path)) { store in
                            let result: Result
                            do { result = try await body(store) } catch {
                                throw Self.doubt(error, because: store.passedOverRecords)
                            }
                            try reportPassedOver(store.passedOverRecords)
                            return result
                        }
                    } catch  where Failure.isOpenedMeanwhile(error) {}
                }
            }
        } catch {
            throw Failure(error)
        }
    }

    private func close<Result>(
        _ store: Store, after body: (Store) async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    /// An answer that is no, as "no such code", may be due to a damaged record, and is a failure then.
    private static func doubt(_ error: any Error, because records: [RecordError]) -> any Error {
        guard let first = records.first, !Failure.isOpenedMeanwhile(error), !Failure.isReadOnly(error) else {
            return error
        }
        let failure = Failure(error)
        guard failure.status == .no else { return error }
        return Failure(
            status: .failed, kind: "damaged",
            message: "\(failure.message); this may be wrong, since a record could not be read: \(first)")
    }

    private func reportPassedOver(_ records: [RecordError]) throws {
        guard let first = records.first else { return }
        for record in records.dropFirst() { Output.complain("storectl: \(record)") }
        throw Failure(
            status: .failed, kind: "damaged",
            message: "\(first); the answer was given without \(records.count == 1 ? "it" : "these records")")
    }

    /// The space that a command means: the one given, or the only one that there is.
    func space(_ name: String?, in store: Store) throws -> String {
        if let name { return name }
        let spaces = try store.spaces()
        guard spaces.count == 1 else {
            let names = spaces.map(\.name).joined(separator: ", ")
            throw Failure(
                status: .usage, kind: "usage",
                message: spaces.isEmpty
                    ? "the store has no space; define one with 'storectl space define'"
                    : "the store has several spaces; name one with --space (\(names))")
        }
        return spaces[0].name
    }
}

/// The options that name a profile besides its user.
struct ProfileOptions: ParsableArguments {
    @Option(help: "The space; the only one if there is one.")
    var space: String?

    @Option(help: "The profile's name.")
    var profile = ProfileName.defaultProfile

    func name(of user: String, _ options: StoreOptions, in store: Store) throws -> ProfileName {
        ProfileName(user: user, space: try options.space(space, in: store), profile: profile)
    }
}

extension Position: ExpressibleByArgument {
    /// A number from 1 on.
    public init?(argument: String) {
        guard let number = UInt64(argument), let position = Position(stored: number) else { return nil }
        self = position
    }
}

/// Codes on the command line.
enum CodeArgument {
    /// The code, or the code with a weight (`code::2`), that an option says; spelled as in a prompt.
    static func parse(_ text: String) throws -> WeightedCode {
        do throws(CodeError) { return try WeightedCode(text) } catch {
            if case .weight = error {
                throw Failure(status: .usage, kind: "usage", message: "'\(text)': \(error)")
            }
            throw StoreError.fault(.mistyped(String(text.prefix { $0 != ":" }), suggestions: []))
        }
    }
}

extension WeightedProfile: ExpressibleByArgument {
    /// A profile's name, or one with a weight: `evenings::2`. A name may have colons of its own.
    public init?(argument: String) {
        guard let colons = argument.range(of: "::", options: .backwards),
            let weight = Int(argument[colons.upperBound...]), (1...1000).contains(weight),
            colons.lowerBound > argument.startIndex
        else {
            if argument.isEmpty { return nil }
            self.init(profile: argument)
            return
        }
        self.init(profile: String(argument[..<colons.lowerBound]), weight: weight)
    }
}

extension EventID: ExpressibleByArgument {
    /// A UUID.
    public init?(argument: String) { self.init(argument) }
}
