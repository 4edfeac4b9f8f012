import ByteCoding
import Foundation
import SeededRandom
import Testing
import TransparencyLog

struct SignedNoteTests {
    /// The example of c2sp.org/signed-note.
    private let exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    private let exampleNote = """
        This is an example message.

        \u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """

    @Test func `the example of the specification verifies`() throws {
        let key = try VerifierKey(text: exampleKey)
        #expect(key.name == "example.com/foo" && key.id == 0x530d_903a && key.description == exampleKey)
        let note = try SignedNote(parsing: exampleNote)
        #expect(note.text == "This is an example message.\n")
        #expect(note.isSigned(by: key))
        #expect(note.description == exampleNote)
    }

    /// RFC 8032, section 7.1, tests 1 and 2.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        ),
    ])
    func `keys are those of RFC 8032`(seed: String, publicKey: String) throws {
        let key = try SigningKey(name: "example.com/taste", seed: bytes(seed))
        #expect(key.verifierKey.publicKey == bytes(publicKey))
        let again = try SigningKey(text: key.text)
        #expect(again.verifierKey == key.verifierKey)
        #expect(!"\(key)".contains(key.text.suffix(44)))
    }

    @Test func `one changed byte makes a note worthless`() throws {
        let key = try VerifierKey(text: exampleKey)
        let original = Array(exampleNote.utf8)
        for index in original.indices {
            var changed = original
            changed[index] ^= 1
            guard let text = String(validating: changed, as: UTF8.self), let note = try? SignedNote(parsing: text)
            else {
                continue
            }
            #expect(!note.isSigned(by: key), "byte \(index)")
        }
    }

    @Test func `a wrong signature of the key beside a right one makes the note worthless`() throws {
        let key = try SigningKey.random(name: "a.example/log")
        let other = try SigningKey.random(name: "a.example/other")
        let note = SignedNote(signing: "text\n", with: key)
        let foreign = SignedNote(signing: "text\n", with: other).description.split(separator: "\n").last ?? ""
        let both = try SignedNote(parsing: note.description + foreign + "\n")
        #expect(both.isSigned(by: key.verifierKey) && both.isSigned(by: other.verifierKey))
        let wrong = SignedNote(signing: "other\n", with: key).description.split(separator: "\n").last ?? ""
        let mixed = try SignedNote(parsing: note.description + wrong + "\n")
        #expect(!mixed.isSigned(by: key.verifierKey))
    }

    @Test(arguments: [
        "", "\n", "text", "text\n", "text\n\n", "text\n\n\u{2014} name\n", "text\n\nx name AAAAAAA=\n",
        "text\n\n\u{2014} na+me AAAAAAA=\n", "text\n\n\u{2014} name AAAA\n", "te\u{1}xt\n\n\u{2014} name AAAAAAA=\n",
        "text\n\n\u{2014} name AAAAAAB=\n", "text\r\n\n\u{2014} name AAAAAAA=\n",
    ])
    func `what is no signed note is refused`(text: String) {
        #expect(throws: TransparencyError.self) { try SignedNote(parsing: text) }
    }

    @Test(arguments: [
        "", "a+b", "example.com/foo+530d903a+", "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54",
    ])
    func `what is no verifier key is refused`(text: String) {
        #expect(throws: TransparencyError.self) { try VerifierKey(text: text) }
    }
}

struct InclusionProofTests {
    private let leaves = MerkleVectors.shared.leaves.map { MerkleHash.leaf(bytes($0).span.bytes) }

    private func proof(of index: Int, size: Int, key: SigningKey) -> InclusionProof {
        let ranges = MerkleProof.inclusionRanges(of: UInt64(index), treeSize: UInt64(size))
        func subtree(height: Int, index: UInt64) -> SHA256Digest {
            height == 0
                ? leaves[Int(index)]
                : MerkleHash.node(
                    subtree(height: height - 1, index: 2 * index), subtree(height: height - 1, index: 2 * index + 1))
        }
        let checkpoint = SignedCheckpoint(
            size: UInt64(size), root: digest(MerkleVectors.shared.roots[size]), signedBy: key)
        return InclusionProof(
            index: UInt64(index), hashes: ranges.map { MerkleProof.root(over: $0, subtree: subtree) },
            checkpoint: checkpoint, extra: [1, 2, 3])
    }

    @Test func `a proof survives being written and read, and proves its leaf alone`() throws {
        let key = try SigningKey.random(name: "example.com/taste")
        for (index, size) in [(0, 1), (0, 2), (5, 8), (6, 7), (70, 200)] {
            let written = proof(of: index, size: size, key: key)
            let read = try InclusionProof(parsing: written.description, verifiedBy: key.verifierKey)
            #expect(read == written && read.proves(leaves[index]) && read.extra == [1, 2, 3])
            #expect(!read.proves(leaves[index + 1]))
        }
    }

    @Test func `a proof with one byte changed proves nothing, or the same`() throws {
        let key = try SigningKey(name: "example.com/taste", seed: Array(repeating: 7, count: 32))
        let written = proof(of: 5, size: 8, key: key)
        let original = Array(written.description.utf8)
        for index in original.indices {
            for bit in 0..<8 {
                var changed = original
                changed[index] ^= 1 << UInt8(bit)
                guard let text = String(validating: changed, as: UTF8.self),
                    let read = try? InclusionProof(parsing: text, verifiedBy: key.verifierKey)
                else { continue }
                // The extra data is vouched for by nobody: all the rest is.
                #expect(
                    !read.proves(leaves[5]) || read.hashes == written.hashes && read.checkpoint == written.checkpoint)
            }
        }
    }

    @Test func `a checkpoint of another log or key is refused`() throws {
        let key = try SigningKey.random(name: "example.com/taste")
        let namesake = try SigningKey.random(name: "example.com/taste")
        let other = try SigningKey.random(name: "example.com/other")
        let checkpoint = SignedCheckpoint(size: 1, root: leaves[0], signedBy: key)
        #expect(try SignedCheckpoint(parsing: checkpoint.description, verifiedBy: key.verifierKey) == checkpoint)
        #expect(throws: TransparencyError.notSigned(by: "example.com/taste")) {
            try SignedCheckpoint(parsing: checkpoint.description, verifiedBy: namesake.verifierKey)
        }
        #expect(throws: TransparencyError.otherLog(expected: "example.com/other", found: "example.com/taste")) {
            try SignedCheckpoint(parsing: checkpoint.description, verifiedBy: other.verifierKey)
        }
    }
}
