internal import TasteFold

/// What happened, as an event keeps it: an ``NewEvent/Action`` in plain fields.
///
/// A value that is a case of an enumeration can only be looked at as a copy, which counts a reference for each of its
/// strings: half the time of gathering a batch's names. Fields are read where they are.
struct EventContent: Hashable, Sendable {
    /// Which action it is, and of an image whether its author is known.
    enum Kind: Hashable {
        case rank, like, unlike, pick, skip, image, authoredImage
    }

    let kind: Kind
    /// The profile; of an image, its space and author.
    let profile: ProfileName
    /// The image, or the winner.
    let first: String
    /// The loser; empty in everything but a ranking.
    let second: String
    /// The embedding of an image that is registered.
    let embedding: Embedding?
    /// The images of a pick or skip.
    let slate: NamedSlate?

    private init(
        _ kind: Kind, _ profile: ProfileName, _ first: String, _ second: String = "", embedding: Embedding? = nil,
        slate: NamedSlate? = nil
    ) {
        self.kind = kind
        self.profile = profile
        self.first = first
        self.second = second
        self.embedding = embedding
        self.slate = slate
    }

    init(_ action: NewEvent.Action) {
        switch action {
        case .rank(let profile, let winner, let loser): self.init(.rank, profile, winner, loser)
        case .like(let profile, let image): self.init(.like, profile, image)
        case .unlike(let profile, let image): self.init(.unlike, profile, image)
        case .pick(let profile, let chosen, let shown):
            self.init(.pick, profile, "", slate: NamedSlate(shown: shown, chosen: chosen))
        case .skip(let profile, let shown):
            self.init(.skip, profile, "", slate: NamedSlate(shown: shown, chosen: []))
        case .image(let space, let image):
            self.init(
                image.author == nil ? .image : .authoredImage,
                ProfileName(user: image.author ?? "", space: space, profile: ""), image.id, embedding: image.embedding)
        }
    }

    var action: NewEvent.Action {
        switch kind {
        case .rank: return .rank(profile, winner: first, loser: second)
        case .like: return .like(profile, image: first)
        case .unlike: return .unlike(profile, image: first)
        case .pick, .skip:
            guard let slate else { preconditionFailure("a pick or skip has a slate") }
            return kind == .pick
                ? .pick(profile, chosen: slate.chosen, shown: slate.shown) : .skip(profile, shown: slate.shown)
        case .image, .authoredImage:
            guard let embedding else { preconditionFailure("an image has an embedding") }
            let author = kind == .authoredImage ? profile.user : nil
            return .image(space: profile.space, NewImage(id: first, author: author, embedding: embedding))
        }
    }
}
