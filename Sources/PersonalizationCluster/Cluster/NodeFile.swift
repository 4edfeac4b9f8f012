internal import ByteCoding
internal import EventLog
internal import Glibc
internal import PersonalizationStore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What a node's folder says of the cluster that it belongs to, so that the node can be opened, and read, while no server
/// can be reached.
struct NodeFile: Codable {
    let cluster: String
    let shards: Int
    let secretCheck: String

    static let name = "cluster.json"

    init(_ identity: ClusterIdentity) {
        cluster = Self.hex(identity.id)
        shards = identity.shardCount
        secretCheck = Self.hex(identity.secretCheck)
    }

    /// The identity, or nil when the file was changed.
    var identity: ClusterIdentity? {
        guard let id = Self.bytes(cluster), id.count == ShardIdentity.clusterByteCount, (1...1 << 16).contains(shards),
            let check = Self.bytes(secretCheck)
        else { return nil }
        return ClusterIdentity(id: id, shardCount: shards, secretCheck: check)
    }

    /// What the file in a folder says; nil when there is none.
    static func read(in folder: String) throws(StorageError) -> ClusterIdentity? {
        let path = "\(folder)/\(name)"
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let identity = (try? JSONDecoder().decode(NodeFile.self, from: data))?.identity else {
            throw .shard(.otherShard(path: path, "it does not say which cluster the node belongs to"))
        }
        return identity
    }

    /// Writes the file, and makes the folder.
    static func write(_ identity: ClusterIdentity, in folder: String) throws(StorageError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(NodeFile(identity)).write(
                to: URL(fileURLWithPath: "\(folder)/\(name)"), options: .atomic)
        } catch {
            throw .database(.system(code: EIO, operation: "writing \(folder)/\(name) (\(error))"))
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func bytes(_ hex: String) -> [UInt8]? {
        let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == hex.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
