internal import Hummingbird
internal import PersonalizationStore

extension Routes {
    /// Mood boards: profiles of images alone. They are listed, labelled, shared and archived as profiles are.
    static let boards = [
        Route(
            method: .post, path: ofSpace + "boards", rule: .userOfPath, returns: Documents.board,
            summary: "Makes a board: each image on it counts as a like, whoever made it, and one is enough for a code.",
            pathParameters: ofUser,
            body: .json(
                .object([
                    .member("board", .shortName, "The new board's name, which no profile has."),
                    .optional("images", .array(of: .name, count: 0...1000), "The images to begin with."),
                    .optional("label", .text(0...255), "What to call it; nothing if left out."), repeatID,
                ])), problems: [.notFound, .unprocessableContent]
        ) { call in
            let board = ProfileName(
                user: call.path("user"), space: try call.profile().space, profile: call.body["board"]?.text ?? "")
            let id = try call.eventID()
            _ = try await call.writing {
                try await call.store.createBoard(
                    board, images: images(of: call), label: call.body["label"]?.text ?? "", eventID: id)
            }
            return try answer(board, call)
        },
        Route(
            method: .get, path: ofBoard, rule: .userOfPath, returns: Documents.board,
            summary: "A board and its images.", pathParameters: ofUser + [board],
            problems: [.notFound, .unprocessableContent]
        ) { call in try answer(call.profileOfPath("board"), call) },
        Route(
            method: .post, path: ofBoard + "/add", rule: .userOfPath, returns: Documents.board,
            summary: "Puts images on a board; one that is on it already is on it once.",
            pathParameters: ofUser + [board], body: listOfImages, problems: [.notFound, .unprocessableContent]
        ) { call in
            let board = try call.profileOfPath("board")
            _ = try await call.writing { try await call.store.put(images(of: call), on: board) }
            return try answer(board, call)
        },
        Route(
            method: .post, path: ofBoard + "/remove", rule: .userOfPath, returns: Documents.board,
            summary: "Takes images off a board: its former code comes back.", pathParameters: ofUser + [board],
            body: listOfImages, problems: [.notFound, .unprocessableContent]
        ) { call in
            let board = try call.profileOfPath("board")
            _ = try await call.writing { try await call.store.take(images(of: call), off: board) }
            return try answer(board, call)
        },
    ]

    private static let ofBoard = ofSpace + "boards/{board}"
    private static let board = Route.Parameter(name: "board", schema: .shortName, about: "The board.")
    private static let listOfImages = Route.Body.json(
        .object([.member("images", .array(of: .name, count: 1...1000), "The images.")]))

    private static func images(of call: Call) -> [String] {
        call.body["images"]?.elements?.compactMap(\.text) ?? []
    }

    private static func answer(_ board: ProfileName, _ call: Call) throws -> Response {
        // Of a profile that is no board the images are refused, before anything of it is said.
        let images = try call.store.images(on: board)
        return Answer.json(BoardReport(board: try existing(board, in: call.store), images: images))
    }
}

/// A board as `storectl board show --json` prints it.
private struct BoardReport: Encodable {
    let board: ProfileSummary
    let images: [String]
}
