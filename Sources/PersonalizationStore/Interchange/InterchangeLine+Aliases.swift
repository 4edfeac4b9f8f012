internal import CodeRegistry
internal import EventLog

extension InterchangeLine {
    /// Does what a line of the kind `alias` or `unalias` asks for; returns nil where there is no alias to take away, as in an
    /// export in which the alias meant a version that was erased.
    func changeAlias(
        in store: Store, defaultSpace: String?, at time: Timestamp?
    ) async throws(InterchangeFault) -> Receipt? {
        let alias = try need(alias, "alias")
        let space = space ?? defaultSpace
        if kind == "alias" {
            // The hash names the version also where codes of this store have collided and those of the source have not.
            let version = try need(hash ?? code, "code")
            do throws(StoreError) {
                return try await store.alias(alias, to: Code(named: version), in: space, at: time)
            } catch {
                throw .refused(error)
            }
        }
        let owner = try need(space, "space")
        do throws(StoreError) { return try await store.removeAlias(alias, in: owner, at: time) } catch {
            if case .event(_, .unknownAlias) = error { return nil }
            throw .refused(error)
        }
    }
}
