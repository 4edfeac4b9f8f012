internal import ByteCoding
public import TransparencyLog

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension Store {
    /// The file of the store's own signing key, in its folder.
    public static func signingKeyPath(ofStoreAt path: String) -> String { path + "/signing.key" }

    /// The store's own signing key.
    ///
    /// Throws ``ProofError/noKey(store:)`` when there is none: it is kept elsewhere, or was never made.
    public func signingKey() throws(ProofError) -> SigningKey { try Self.signingKey(ofStoreAt: path) }

    /// The own signing key of the store in a folder, which need not be opened for that.
    public static func signingKey(ofStoreAt path: String) throws(ProofError) -> SigningKey {
        let file = signingKeyPath(ofStoreAt: path)
        guard FileManager.default.fileExists(atPath: file) else { throw .noKey(store: path) }
        return try SigningKeyFile.read(at: file)
    }

    /// Gives the store in a folder a signing key of its own. A key that is there is not replaced: whoever has kept its
    /// verifier key could not check anything any more.
    public static func adopt(_ key: SigningKey, ofStoreAt path: String) throws(ProofError) {
        try SigningKeyFile.write(key, to: signingKeyPath(ofStoreAt: path))
    }
}

extension SigningKey {
    /// A new key, for a log of a name, or of one that no other log has.
    public static func random(forLog origin: String? = nil) throws(ProofError) -> SigningKey {
        do throws(TransparencyError) { return try random(name: origin ?? Self.freshOrigin()) } catch {
            throw .transparency(error)
        }
    }

    private static func freshOrigin() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
        return "personalization-store/" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
