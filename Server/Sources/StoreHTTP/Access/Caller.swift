/// Who asks, as the token says.
package enum Caller: Hashable, Sendable {
    /// Nobody: there was no token.
    case nobody
    /// A backend, which may do everything for any user.
    case service(String)
    /// A person, who may do what concerns them.
    case user(String)

    /// Whether the caller may act for a user.
    func mayAct(for user: String) -> Bool {
        switch self {
        case .service: true
        // By bytes: names of other bytes are other names to the store, even where Unicode holds them for equal.
        case .user(let name): name.utf8.elementsEqual(user.utf8)
        case .nobody: false
        }
    }
}
