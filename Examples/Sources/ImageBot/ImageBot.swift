package import PersonalizationService
internal import PersonalizationStore
internal import ServiceLifecycle

/// A bot that makes images, with the store inside: it records what people prefer, and expands the prompts that they type.
package struct ImageBot: Service {
    private let store: InstrumentedStore
    private let space: String
    private let lines: AsyncStream<String>
    private let send: @Sendable (String) -> Void

    /// A bot for one space.
    ///
    /// - Parameters:
    ///   - store: The store, whose service runs in the same group, before the bot.
    ///   - space: The space of the bot's images.
    ///   - lines: What people say.
    ///   - send: Takes the bot's answers, one for each line.
    package init(
        store: InstrumentedStore, space: String, lines: AsyncStream<String>,
        send: @escaping @Sendable (String) -> Void
    ) {
        self.store = store
        self.space = space
        self.lines = lines
        self.send = send
    }

    /// Answers until nobody says anything more, or until a graceful shutdown; a line that was begun is still answered.
    package func run() async throws {
        for await line in lines.cancelOnGracefulShutdown() { send(await answer(line)) }
    }

    /// The answer to a line: what went wrong is said to whoever said it, in the store's own words.
    package func answer(_ line: String) async -> String {
        do {
            switch Message(line) {
            case .prefers(let user, let winner, let loser):
                return try await record(.rank(profile(of: user), winner: winner, loser: loser), by: user)
            case .likes(let user, let image): return try await record(.like(profile(of: user), image: image), by: user)
            case .prompt(let user, let prompt): return try await image(for: prompt, by: user)
            case nil: return "say 'NAME prefers IMAGE to IMAGE', 'NAME likes IMAGE' or 'NAME: PROMPT'"
            }
        } catch {
            return "\(error)"
        }
    }

    private func profile(of user: String) -> ProfileName { ProfileName(user: user, space: space) }

    /// Records a choice; it is durable before the bot says so.
    private func record(_ event: NewEvent, by user: String) async throws -> String {
        _ = try await store.append([event])
        let progress = try store.store.progress(of: profile(of: user))
        return progress.isReady
            ? "noted; \(user) has ranked enough for --p"
            : "noted; \(progress.need - progress.have) more to \(user)'s first code"
    }

    /// Expands a prompt, and turns its embedding towards the taste, as far as --s says.
    private func image(for prompt: String, by user: String) async throws -> String {
        let resolution = try await store.resolve(prompt, user: user)
        guard let taste = resolution.personalization else { return "painting: \(resolution.prompt)" }
        // Here the image model would make an embedding of the prompt; the nearest image of the catalogue stands for it.
        let images = try store.store.images(of: space)
        guard let first = images.first else { return "painting: \(resolution.prompt)" }
        let steered = try taste.steer(first.embedding)
        let nearest = images.max { Self.product($0.embedding, steered) < Self.product($1.embedding, steered) }
        return "painting: \(resolution.prompt), like \(nearest?.id ?? first.id)"
    }

    private static func product(_ first: Embedding, _ second: Embedding) -> Int {
        zip(first.components, second.components).reduce(0) { $0 + Int($1.0) * Int($1.1) }
    }
}
