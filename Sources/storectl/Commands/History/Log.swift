import ArgumentParser
import PersonalizationStore

/// `storectl log`
struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints events, of the whole log or of one user.",
        discussion: """
            Events that are damaged are left out and named on standard error, with exit status 3.
            With --json, one interchange line per event (docs/interchange.md).

            Examples:
              storectl log --from 81000 --limit 20
              storectl log --user ada --space v6 --reverse --limit 10
              storectl log --follow --json | jq .kind
            """)

    @OptionGroup var options: StoreOptions
    @OptionGroup var profile: ProfileOptions

    @Option(help: "Only this user's events.") var user: String?

    @Option(help: ArgumentHelp("The first position, or the first revision with --user.", valueName: "number"))
    var from: UInt64 = 1

    @Option(help: "How many events at most.") var limit: Int?

    @Flag(help: "Newest first; with --user only.") var reverse = false

    @Flag(help: "Go on with each new event as it is committed.") var follow = false

    func validate() throws {
        if from == 0 { throw ValidationError("--from begins at 1") }
        if reverse, user == nil || follow { throw ValidationError("--reverse goes with --user and without --follow") }
        if follow, user != nil { throw ValidationError("--follow gives the whole log; leave out --user") }
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    }

    func run() async throws {
        var next = Position(from)
        var left = limit ?? .max
        try await options.withStore(.reading) { store in
            if let user {
                try printStream(of: try profile.name(of: user, options, in: store), in: store)
            } else if follow {
                try await printFollowing(store, from: &next, limit: &left)
            } else {
                try printLog(store, from: &next, limit: &left)
            }
        }
    }

    private func printStream(of name: ProfileName, in store: Store) throws {
        let limit = limit ?? .max
        let first = UInt32(clamping: from)
        let events =
            reverse
            ? try store.eventsBackward(of: name, from: from == 1 ? nil : first, limit: limit)
            : try store.events(of: name, from: first, limit: limit)
        for event in events where Output.isOpen { show(event) }
    }

    private func printLog(_ store: Store, from next: inout Position, limit left: inout Int) throws {
        var damage: [String] = []
        while left > 0, Output.isOpen {
            let stretch = try store.eventsAroundDamage(from: next, limit: min(left, 2000))
            for event in stretch.events { show(event) }
            damage += stretch.skipped.map { "position \($0.position) cannot be shown: \($0.error)" }
            left -= stretch.events.count + stretch.skipped.count
            guard let following = stretch.next else { break }
            next = following
        }
        guard let last = damage.popLast() else { return }
        for line in damage { Output.complain("storectl: \(line)") }
        throw Failure(status: .failed, kind: "damaged", message: last)
    }

    private func printFollowing(_ store: Store, from next: inout Position, limit left: inout Int) async throws {
        for try await event in store.follow(from: next) {
            show(event)
            left -= 1
            next = event.position.next
            if left == 0 || !Output.isOpen { return }
        }
    }

    private func show(_ event: StoredEvent) {
        if options.json { Output.json(event.interchangeJSON) } else { Output.line(event.text) }
    }
}

extension StoredEvent {
    /// The event on one line for people.
    var text: TerminalText {
        let who = profile.map { "\($0)  " } ?? ""
        return "\(position)  \(Text.minute(recordedAt))  \(who)\(what)"
    }

    private var what: String {
        switch content {
        case .spaceDefined(let space):
            "space '\(space.name)' defined, dimension \(space.mean.count), threshold \(space.threshold)"
        case .imageRegistered(let space, let image):
            "image '\(image.id)' in \(space)\(image.author.map { " by \($0)" } ?? "")"
        case .modelAssigned(let space, let model, let isDefault):
            "model \(model) served by \(space)\(isDefault ? ", the default" : "")"
        case .profileOpened: "profile opened"
        case .rank(_, let winner, let loser): "\(winner) over \(loser)"
        case .like(_, let image): "likes \(image)"
        case .unlike(_, let image): "likes \(image) no more"
        case .houseMinted(_, let version, let origin, _):
            "house \(version.code) minted, of \(Text.counted(Int(origin.contributorCount), "profile")) up to \(origin.asOf)"
        case .housePinned(_, let version, let threshold):
            (version.map { "house \($0.code) pinned" } ?? "no house pinned any more")
                + (threshold.map { ", threshold \($0)" } ?? "")
        case .pick(_, let chosen, let shown):
            "\(chosen.joined(separator: ", ")) of \(shown.joined(separator: ", "))"
        case .skip(_, let shown): "none of \(shown.joined(separator: ", "))"
        case .reset: "started over"
        case .profileChanged(_, let change):
            change.text
        case .adopted(_, let source, let event): "begins with \(source) as of position \(event)"
        case .minted(_, let version, let covers): "minted \(version.code), up to revision \(covers)"
        case .recalled(_, let version, let covers): "came back to \(version.code), up to revision \(covers)"
        case .settingsOpened(let space, let user): "\(user) in \(space): settings opened"
        case .settingsChanged(let space, let user, let settings):
            "\(user) in \(space): --p \(settings.personalizesAlways ? "always" : "on demand"), "
                + "profile \(settings.profilesText), \(settings.pinned.count) pinned"
        case .labeled(_, let version, let label):
            label.isEmpty ? "label of \(version.code) removed" : "\(version.code) labelled “\(label)”"
        case .importLabeled(_, let version, let label): "\(version.code) came with the label “\(label)”"
        case .revoked(_, let version): "\(version.code) revoked"
        case .restored(_, let version): "\(version.code) restored"
        case .takenDown(let space, let version): "\(version.code) taken down in \(space)"
        case .putBack(let space, let version): "\(version.code) put back in \(space)"
        case .reverted(_, let version): "reverted to \(version.code)"
        case .retracted(_, let position): "took position \(position) back"
        case .aliased(let space, let alias, let version):
            version.map { "\(alias) means \($0.code) in \(space)" } ?? "\(alias) means nothing in \(space) any more"
        case .erasureScheduled(let user, let due): "\(user) will be erased at \(Text.minute(due))"
        case .erasureCancelled(let user): "\(user) will not be erased after all"
        case .personErased(let streams, let records):
            "a person was erased: \(Text.counted(streams, "stream")), \(Text.counted(records, "other record"))"
        case .erased: "erased"
        case .versionImported(let space, let version, _): "\(version.code) imported into \(space)"
        }
    }
}

extension ProfileChange {
    /// What is said of the profile, on one line.
    fileprivate var text: String {
        let states = [
            isBoard ? "a board" : nil, isShared ? "shared" : "not shared", isArchived ? "archived" : nil,
            label.isEmpty ? nil : "labelled “\(label)”",
        ]
        return "profile: " + states.compactMap(\.self).joined(separator: ", ")
    }
}
