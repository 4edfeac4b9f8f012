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

    /// Opens the store, runs `body`, and closes it, whatever happens; failures leave as ``Failure``.
    func withStore<Result>(_ body: (Store) async throws -> Result) async throws -> Result {
        do {
            let clock = ClockWarning()
            var storeOptions = Store.Options()
            storeOptions.allowsFutureTimes = allowFuture
            storeOptions.onCommit = clock.note
            let store = try Store.open(at: try path, options: storeOptions)
            do {
                let result = try await body(store)
                await store.close()
                clock.report()
                return result
            } catch {
                await store.close()
                throw error
            }
        } catch {
            throw Failure(error)
        }
    }

    /// The space that a command means: the one given, or the only one that there is.
    func space(_ name: String?, in store: Store) throws -> String {
        if let name { return name }
        let spaces = try store.spaceList()
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

extension WeightedCodeName: ExpressibleByArgument {
    /// A code, or a code with a weight: `code::2`.
    public init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: true)
        guard (1...2).contains(parts.count), let weight = parts.count == 2 ? Int(parts[1]) : 1,
            (1...1000).contains(weight)
        else { return nil }
        self.init(code: String(parts[0]), weight: weight)
    }
}

extension EventID: ExpressibleByArgument {
    /// A UUID.
    public init?(argument: String) { self.init(argument) }
}
