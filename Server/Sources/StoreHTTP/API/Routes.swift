/// The table of routes: a list for each subject.
package enum Routes {
    /// All routes of a server.
    package static func all(_ configuration: ServerConfiguration) -> [Route] {
        let api =
            operating + spaces + houses + events(configuration) + resolving + codes + ownCodes + choices + likes
            + profiles + boards + charts + settings + download + proving + erasing + following
        let document = OpenAPIDocument(of: api, publicReads: configuration.readsArePublic)
        return api + documents(document) + page(configuration)
    }

    // MARK: Parameters that many routes have

    static let user = Route.Parameter(name: "user", schema: .name, about: "The user.")
    static let space = Route.Parameter(name: "space", schema: .shortName, about: "The space.")
    static let code = Route.Parameter(name: "code", schema: .code, about: "The code.")
    static let profile = Route.Parameter(
        name: "profile", schema: .shortName, about: "The profile; 'default' if left out.")
    static let limit = Route.Parameter(name: "limit", schema: .whole(1...500), about: "How many at most.")
    static let imageCount = Route.Parameter(
        name: "images", schema: .whole(1...100), about: "How many images of each kind; 6 if left out.")
    static let ofUser = [user, space]

    /// The codes of a body, with their weights.
    static let weightedCodes = Schema.array(
        of: .object([
            .member("code", .code, "The code."), .optional("weight", .whole(1...1000), "Its weight; 1 if left out."),
        ]), count: 0...32)
}
