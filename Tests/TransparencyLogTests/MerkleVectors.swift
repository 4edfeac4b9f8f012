import ByteCoding
import Foundation

/// What `Tests/Generators/generate_merkle_vectors.py` wrote from RFC 9162 alone.
struct MerkleVectors: Decodable {
    struct Inclusion: Decodable {
        let name: String
        let leaf: String
        let index: UInt64
        let size: UInt64
        let proof: [String]
        let root: String
        let valid: Bool
    }

    struct Consistency: Decodable {
        let name: String
        let first: UInt64
        let firstRoot: String
        let second: UInt64
        let secondRoot: String
        let proof: [String]
        let valid: Bool
    }

    let leaves: [String]
    /// The root over the first n leaves, for n from 0.
    let roots: [String]
    let inclusion: [Inclusion]
    let consistency: [Consistency]

    static let shared: MerkleVectors = {
        guard let file = Bundle.module.url(forResource: "merkle", withExtension: "json", subdirectory: "Vectors"),
            let data = try? Data(contentsOf: file),
            let vectors = try? JSONDecoder().decode(MerkleVectors.self, from: data)
        else { fatalError("the golden trees are missing") }
        return vectors
    }()
}

/// The proof vectors of github.com/transparency-dev/merkle, as `Tests/Generators/collect_transparency_vectors.py` put them
/// into one file, with the commit that they are of. Its licence is Apache-2.0.
struct TransparencyVectors: Decodable {
    struct Inclusion: Decodable {
        let name: String
        let leafIdx, treeSize: UInt64
        let root, leafHash: Data
        let proof: [Data]?
        let wantErr: Bool
    }

    struct Consistency: Decodable {
        let name: String
        let size1, size2: UInt64
        let root1, root2: Data
        let proof: [Data]?
        let wantErr: Bool
    }

    let inclusion: [Inclusion]
    let consistency: [Consistency]

    static let shared: TransparencyVectors = {
        guard
            let file = Bundle.module.url(
                forResource: "transparency-dev-merkle", withExtension: "json", subdirectory: "Vectors"),
            let data = try? Data(contentsOf: file),
            let vectors = try? JSONDecoder().decode(TransparencyVectors.self, from: data)
        else { fatalError("the vectors of transparency-dev are missing") }
        return vectors
    }()
}

/// The bytes that hexadecimal digits spell.
func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).map { index in
        UInt8(String(decoding: digits[index..<(index + 2)], as: UTF8.self), radix: 16) ?? 0
    }
}

/// The digest that hexadecimal digits spell.
func digest(_ hex: String) -> SHA256Digest {
    guard let digest = SHA256Digest(hex: hex) else { fatalError("'\(hex)' is no digest") }
    return digest
}
