import ByteCoding
import CodeRegistry
import PersonalizationStore

/// What a stream amounts to, and the version that it folds to.
extension TasteModel {
    /// A taste event that has not been taken back.
    enum Statement {
        case rank(winner: String, loser: String)
        case like(String)
        case unlike(String)
    }

    /// The effective set: the last ranking of each unordered pair, and the liked images that are not the user's own.
    struct EffectiveSet {
        var rankings: [(winner: String, loser: String)] = []
        var likes: [String] = []
    }

    /// A version as it would be minted.
    struct FoldedVersion {
        let rankings: Int
        let likes: Int
        let comparisonCount: Int
        let bytes: [UInt8]
        let confidence: Int
        /// On how many pairs of panel images in a thousand the first four fifths agree; nil below five comparisons.
        let stability: Int?
        let result: ReferenceFold.Result
        var name: VersionName {
            let hash = SHA256Digest(hashing: bytes)
            return VersionName(code: Code(digest: hash, symbolCount: 12), hash: hash)
        }
    }

    /// The statements that count after an event of a profile's stream, oldest first.
    ///
    /// A reversion puts what counted at the older version in the place of all before it; a retraction takes one
    /// statement out.
    ///
    /// An adoption puts what counted in the other profile then before all of it, and so on from there. What of that is
    /// about images that this profile's own space lacks is left out; what spaces on the way lack is not (docs/format.md).
    func statements(of profile: ProfileName, through version: UInt32) -> [(position: Position, Statement)] {
        let own = history(of: profile, through: version)
        let known = images[profile.space] ?? [:]
        var adopted: [(position: Position, Statement)] = []
        var next = own.adopted
        while let (other, revision) = next {
            let earlier = history(of: other, through: revision)
            adopted = earlier.statements + adopted
            next = earlier.adopted
        }
        let translated = adopted.filter { entry in
            switch entry.1 {
            case .rank(let winner, let loser): known[winner] != nil && known[loser] != nil
            case .like(let image), .unlike(let image): known[image] != nil
            }
        }
        return translated + own.statements
    }

    /// What a stream itself says, and what it begins with.
    private struct History {
        var statements: [(position: Position, Statement)] = []
        var adopted: (profile: ProfileName, version: UInt32)?
    }

    private func history(of profile: ProfileName, through version: UInt32) -> History {
        var history = History()
        for event in events(of: profile).prefix(Int(version)) {
            switch event.content {
            case .rank(_, let winner, let loser):
                history.statements.append((event.position, .rank(winner: winner, loser: loser)))
            case .pick(_, let chosen, let shown):
                for winner in chosen {
                    for loser in shown where !chosen.contains(loser) {
                        history.statements.append((event.position, .rank(winner: winner, loser: loser)))
                    }
                }
            case .like(_, let image): history.statements.append((event.position, .like(image)))
            case .unlike(_, let image): history.statements.append((event.position, .unlike(image)))
            case .retracted(_, let position): history.statements.removeAll { $0.position == position }
            case .reset: history = History()
            case .reverted(_, let name): history = self.history(of: profile, through: versions[name]?.covers ?? 0)
            case .adopted(_, let other, let position): history.adopted = (other, self[position].revision)
            default: break
            }
        }
        return history
    }

    /// What a stream amounts to after one of its events.
    func effectiveSet(of profile: ProfileName, through version: UInt32) -> EffectiveSet {
        var rankings: [Set<String>: (winner: String, loser: String)] = [:]
        var likes: Set<String> = []
        for (_, statement) in statements(of: profile, through: version) {
            switch statement {
            case .rank(let winner, let loser): rankings[[winner, loser]] = (winner, loser)
            case .like(let image): likes.insert(image)
            case .unlike(let image): likes.remove(image)
            }
        }
        let isBoard = state(of: profile).isBoard
        let others = likes.filter { isBoard || images[profile.space]?[$0]?.author != profile.user }
        return EffectiveSet(rankings: Array(rankings.values), likes: Array(others))
    }

    /// The version that a stream folds to after one of its events; nil for the newest.
    func fold(_ profile: ProfileName, through version: UInt32? = nil) -> FoldedVersion {
        guard let space = spaces[profile.space] else { preconditionFailure("profiles are of spaces") }
        let effective = effectiveSet(of: profile, through: version ?? revision(of: profile))
        var comparisons: [(key: SHA256Digest, difference: [Int])] = []
        for (winner, loser) in effective.rankings {
            comparisons.append(
                (
                    Self.orderKey(winner, loser),
                    Self.difference(embedding(winner, profile), embedding(loser, profile))
                ))
        }
        for image in effective.likes {
            comparisons.append(
                (Self.orderKey(image, ""), Self.difference(embedding(image, profile), space.descriptor.mean)))
        }
        comparisons.sort { $0.key < $1.key }
        let differences = comparisons.map(\.difference).filter { $0.contains { $0 != 0 } }
        let house = house(for: profile)
        let result = ReferenceFold.fold(differences, in: space.descriptor, from: house?.taste)
        return FoldedVersion(
            rankings: effective.rankings.count, likes: effective.likes.count, comparisonCount: result.count,
            bytes: bytes(of: result, effective, profile, space.descriptor, house), confidence: Int(result.confidence),
            stability: Self.stability(of: differences, result, space.descriptor, house), result: result)
    }

    private static func stability(
        of differences: [[Int]], _ result: ReferenceFold.Result, _ space: SpaceDescriptor,
        _ house: PinnedHouse?
    ) -> Int? {
        if differences.count < 5 { return nil }
        let earlier = ReferenceFold.fold(
            Array(differences.prefix(differences.count * 4 / 5)), in: space, from: house?.taste)
        let images = Array(Set(space.panel.flatMap { [$0.x.components, $0.y.components] }))
        func score(_ image: [Int16], _ direction: [Int16]) -> Int {
            zip(image, direction).reduce(0) { $0 + Int($1.0) * Int($1.1) }
        }
        let scores = images.map { (score($0, earlier.direction), score($0, result.direction)) }
        var (agreeing, count) = (0, 0)
        for one in scores.indices {
            for other in scores.indices where other > one {
                let before = (scores[one].0 - scores[other].0).signum()
                if before == (scores[one].1 - scores[other].1).signum() { agreeing += 1 }
                count += 1
            }
        }
        return 1000 * agreeing / count
    }

    private func embedding(_ image: String, _ profile: ProfileName) -> [Int16] {
        images[profile.space]?[image]?.embedding.components ?? []
    }

    private static func orderKey(_ winner: String, _ loser: String) -> SHA256Digest {
        SHA256Digest(hashing: Array(winner.utf8), [0], Array(loser.utf8))
    }

    private static func difference(_ one: [Int16], _ other: [Int16]) -> [Int] {
        zip(one, other).map { Int($0) - Int($1) }
    }

    /// The canonical version bytes (docs/format.md, section 4).
    private func bytes(
        of result: ReferenceFold.Result, _ effective: EffectiveSet, _ profile: ProfileName, _ space: SpaceDescriptor,
        _ house: PinnedHouse?
    ) -> [UInt8] {
        bytes(
            rankings: effective.rankings.count, likes: effective.likes.count, result, profile, space,
            fold: house == nil ? "DL1" : "HP1", house: house?.name.hash.bytes ?? [])
    }

    func bytes(
        rankings: Int, likes: Int, _ result: ReferenceFold.Result, _ profile: ProfileName, _ space: SpaceDescriptor,
        fold: String, house: [UInt8]
    ) -> [UInt8] {
        var bytes = Array("pstore.version\0\0".utf8) + [1, 0, 0, 0]
        bytes += profileDigest(of: profile)
        bytes += Self.littleEndian(rankings, 4) + Self.littleEndian(likes, 4)
        bytes += Array("\(fold)\0".utf8) + space.id.bytes + house
        bytes += Self.littleEndian(result.direction.count, 2) + Self.littleEndian(result.count, 4)
        bytes += Self.littleEndian(Int(result.gain), 4) + Self.littleEndian(Int(result.confidence), 2)
        for component in result.direction { bytes += Self.littleEndian(Int(component), 2) }
        return bytes
    }

    func profileDigest(of profile: ProfileName) -> [UInt8] {
        var hashed = Array("pstore.profile\0\0".utf8) + secret.bytes
        for name in [profile.user, profile.space, profile.profile] {
            hashed += Self.littleEndian(name.utf8.count, 2) + Array(name.utf8)
        }
        return SHA256Digest(hashing: hashed).bytes
    }

    private static func littleEndian(_ number: Int, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
