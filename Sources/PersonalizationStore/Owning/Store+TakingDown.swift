public import CodeRegistry
internal import EventLog
internal import Projections

/// What operators can do with versions that came as bundles, which have no owner here. Events of the space that imported
/// them: nothing is erased, and all of it can be undone.
extension Store {
    /// Makes an imported version unusable in prompts, for everybody, from now on, whatever its code or hash is given in,
    /// and also when its owner mints it here.
    ///
    /// Works for a version that cannot be read, too.
    @discardableResult
    public func takeDown(_ code: Code) async throws(StoreError) -> Receipt {
        try await operate(code, isTakenDown: true, at: nil)
    }

    /// Makes a version that was taken down usable again, unless its owner has revoked it.
    @discardableResult
    public func putBack(_ code: Code) async throws(StoreError) -> Receipt {
        try await operate(code, isTakenDown: false, at: nil)
    }

    @discardableResult
    func operate(
        _ code: Code, isTakenDown: Bool, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        let place = try read { (view) throws(StoreError) in try view.place(of: code) }
        guard let place else { throw .fault(.unknown(code.description)) }
        guard let imported = place.imported else { throw .fault(.notImported(code)) }
        return try await submit(.takeDown(imported: imported, isTakenDown), at: time)[0]
    }
}
