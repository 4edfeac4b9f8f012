/// Why a node of a cluster did not do what it was asked: the log of a shard is in a database that it shares with others.
///
/// Reads go on in every case; what is read may be older than what others have appended.
@nonexhaustive
public enum ShardFault: Error, Hashable, Sendable {
    /// The database that has the shard's log cannot be reached, or refuses; nothing of the request is in the log.
    case unavailable(shard: Int, String)
    /// The connection was lost, or no standby confirmed, before it was known whether the request is in the log. A retry with
    /// the same event ids, on whichever node, writes it once.
    case outcomeUnknown(shard: Int, String)
    /// The database, or its connection, is set up so that what is acknowledged could be lost, or is not the one that it
    /// should be.
    case misconfigured(String)
    /// The node's copy has groups, after a position, that the database does not have: those are undone before the shard goes
    /// on.
    case forked(shard: Int, after: UInt64)
    /// The shard's log was closed at its server: it has moved, or is moving, to another one.
    case sealed(shard: Int)
    /// The node does not hold the shard.
    case notHere(shard: Int)
    /// The folder is a node's copy of a shard, which only the cluster appends to.
    case copyOfShard(path: String, shard: Int)
    /// The folder is a copy of another shard, or of another cluster's.
    case otherShard(path: String, String)
    /// A group in the database does not fit what is before it, or does not decode.
    case damagedGroup(shard: Int, after: UInt64, String)
    /// Nothing has been heard of the catalogue for longer than foreign codes may be answered without, since one of them may
    /// have been revoked.
    case staleCatalogue(milliseconds: Int)
    /// What was asked cannot be done across shards.
    case acrossShards(String)
}

extension ShardFault: CustomStringConvertible {
    /// What happened and the remedy.
    public var description: String {
        switch self {
        case .unavailable(let shard, let detail):
            "shard \(shard) takes no events now (\(detail)); reads go on; try again with the same event ids"
        case .outcomeUnknown(let shard, let detail):
            "it is not known whether shard \(shard) has the events (\(detail)); retry with the same event ids, on any node: "
                + "they are written once"
        case .misconfigured(let detail): "the database cannot be trusted with events: \(detail)"
        case .forked(let shard, let after):
            "this node's copy of shard \(shard) differs from the database after position \(after); what the database does "
                + "not have is being saved to a file and undone; try again"
        case .sealed(let shard): "shard \(shard) is moving to another server; try again"
        case .notHere(let shard): "this node does not hold shard \(shard); ask a node that does"
        case .copyOfShard(let path, let shard):
            "\(path) is a node's copy of shard \(shard) of a cluster, which only the cluster appends to: open it for reading, "
                + "or append by the cluster"
        case .otherShard(let path, let detail): "\(path) is not the copy that is meant: \(detail)"
        case .damagedGroup(let shard, let after, let detail):
            "the group after position \(after) of shard \(shard) in the database is damaged (\(detail)); 'storecluster check' "
                + "compares it with the nodes' copies"
        case .staleCatalogue(let milliseconds):
            "nothing was heard of the catalogue for \(milliseconds) ms, so codes of other shards, which may have been revoked "
                + "meanwhile, are not answered; try again when the database can be reached"
        case .acrossShards(let detail): detail
        }
    }
}
