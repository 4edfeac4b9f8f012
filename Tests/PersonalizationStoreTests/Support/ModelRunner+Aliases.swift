import PersonalizationStore
import SeededRandom
import Testing

/// Codes of other services.
extension ModelRunner {
    /// Gives a foreign code a meaning, or takes it away; what holds already appends nothing.
    mutating func changeAlias() async throws {
        guard let name = model.versionOrder.randomElement(using: &maker.generator),
            let space = model.versions[name]?.profile.space
        else { return }
        let alias = maker.generator.pick(["yfbxsj7", "k3f9x2a", "7yfbxsj"])
        let known = model.aliases[space]?[alias]
        let store = store()
        let receipt: Receipt
        if maker.generator.chance(70) {
            receipt = try await store.alias(alias, to: name.code)
            try #require(receipt.isRepeat == (known == name), place)
            if !receipt.isRepeat { model.alias(alias, in: space, to: name) }
        } else {
            guard known != nil else { return }
            receipt = try await store.removeAlias(alias, in: space)
            try #require(!receipt.isRepeat, place)
            model.alias(alias, in: space, to: nil)
        }
        if !receipt.isRepeat { try #require(receipt.position == model.head, place) }
    }
}
