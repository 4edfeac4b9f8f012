internal import PersonalizationStore

/// Who may use a route.
package enum AccessRule: String, Sendable, CaseIterable {
    /// Everybody, without a token.
    case open
    /// Everybody while public reads are on, otherwise any token.
    case reader
    /// Any token.
    case signedIn
    /// A service, or the user whom the path names.
    case userOfPath
    /// A service, or the user whom the body names.
    case userOfBody
    /// A service, or a user for choices that are all their own.
    case usersOfEvents
    /// A service, or the user whose profile the path's code is of.
    case ownerOfCode
    /// A service.
    case service

    /// The rule in words, for the document.
    var words: String {
        switch self {
        case .open: "Needs no token."
        case .reader: "Needs no token while public reads are on, otherwise any token."
        case .signedIn: "Needs a token, a service's or a user's."
        case .userOfPath: "Needs a service token, or a token of the user in the path."
        case .userOfBody: "Needs a service token, or a token of the user in the body."
        case .usersOfEvents: "Needs a service token, or a token of the user whose choices all the events are."
        case .ownerOfCode: "Needs a service token, or a token of the user whose code it is."
        case .service: "Needs a service token."
        }
    }

    /// Whether a request without a token can be refused before anything of it is read.
    func needsToken(publicReads: Bool) -> Bool {
        switch self {
        case .open: false
        case .reader: !publicReads
        default: true
        }
    }

    /// Refuses who may not, as far as token and path tell; the handler of a body asks ``Call/requireUser(_:)``.
    func check(_ call: Call) throws {
        switch self {
        case .open, .reader, .signedIn, .userOfBody, .usersOfEvents: break
        case .userOfPath: try call.requireUser(call.path("user"))
        case .ownerOfCode:
            let version = try call.version()
            guard case .user = call.caller else { return }
            guard let owner = try call.store.owner(of: version), call.caller.mayAct(for: owner.user) else {
                throw Problem(
                    .forbidden, "forbidden", "the code is not one of yours; use a service token or the owner's")
            }
        case .service:
            guard case .service = call.caller else {
                throw Problem(.forbidden, "forbidden", "this needs a service token, and yours is a user's")
            }
        }
    }
}
