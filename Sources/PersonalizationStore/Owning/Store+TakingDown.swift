internal import ByteCoding
internal import CodeRegistry
internal import EventLog
internal import Projections

/// What operators can do with versions that came as bundles, which have no owner here. Events of the space that imported
/// them: nothing is erased, and all of it can be undone.
extension Store {
    /// Makes an imported version unusable in prompts, for everybody, from now on, whatever its code or hash is given in,
    /// and also when its owner mints it here.
    ///
    /// Works for a version that cannot be read, too: give its whole code or hash then.
    @discardableResult
    public func takeDown(_ code: String) async throws(StoreError) -> Receipt {
        try await operate(code, isTakenDown: true, at: nil)
    }

    /// Makes a version that was taken down usable again, unless its owner has revoked it.
    @discardableResult
    public func putBack(_ code: String) async throws(StoreError) -> Receipt {
        try await operate(code, isTakenDown: false, at: nil)
    }

    @discardableResult
    func operate(
        _ code: String, isTakenDown: Bool, at time: Timestamp?
    ) async throws(StoreError) -> Receipt {
        let place = try read { (view) throws(StoreError) in
            try view.place(named: code)
        }
        guard let imported = place.imported else { throw .fault(.notImported(code)) }
        return try await submit(.takeDown(imported: imported, isTakenDown), at: time)[0]
    }
}

extension StoreView {
    /// Where the version is that a code, a full hash, or the beginning of either names; the version is not read.
    fileprivate func place(named text: String) throws(StoreError) -> VersionLocation {
        if let reference = try? CodeReference(parsing: text) {
            if let place = try place(of: reference) { return place }
        } else if text.utf8.count >= 6 {
            let found = try places(beginningWith: text)
            if let only = found.first, found.count == 1 { return only }
        }
        throw .fault(.unknown(text))
    }

    private func places(beginningWith text: String) throws(StoreError) -> [VersionLocation] {
        let wanted = text.lowercased().filter { $0 != "-" }
        return try rows(Versions.self).flatMap(\.places).filter { place in
            Code(digest: place.hash, symbolCount: Int(place.symbolCount)).description.hasPrefix(wanted)
                || place.hash.description.hasPrefix(wanted)
        }
    }
}
