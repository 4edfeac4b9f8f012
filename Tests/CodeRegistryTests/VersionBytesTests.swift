import ByteCoding
import CodeRegistry
import Testing

/// The bytes that hexadecimal digits spell.
func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
}

@Suite struct `A profile digest` {
    @Test(arguments: CodeVectors.profiles)
    func `is the vectors' digest`(user: String, space: String, profile: String, digest: String) {
        let secret = (0..<32).map { UInt8($0) }
        let computed = ProfileDigest(secret: secret, user: user, space: space, profile: profile)
        #expect(computed.description == digest)
    }

    @Test func `depends on every byte of the secret`() {
        let secret = [UInt8](repeating: 7, count: 32)
        let digests = (0..<32).map { index in
            var changed = secret
            changed[index] = 8
            return ProfileDigest(secret: changed, user: "ann", space: "v6", profile: "default")
        }
        #expect(Set(digests).count == 32)
    }

    @Test func `of a secret that is too short traps`() async {
        await #expect(processExitsWith: .failure) {
            _ = ProfileDigest(secret: [1], user: "ann", space: "v6", profile: "default")
        }
    }
}

@Suite struct `Version bytes` {
    static let vector = bytes(hex: CodeVectors.version)

    private func decode(_ bytes: [UInt8]) throws(VersionBytesError) -> VersionBytes {
        try VersionBytes(canonical: bytes.span.bytes)
    }

    @Test func `are the vector's and hash to its hash and code`() throws {
        let digest = try #require(SHA256Digest(hex: CodeVectors.profiles[0].digest))
        let version = VersionBytes(
            profileDigest: ProfileDigest(digest), rankings: 5, likes: 2, payload: bytes(hex: CodeVectors.payload))
        #expect(version.bytes == Self.vector)
        #expect(version.hash.description == CodeVectors.versionHash)
        #expect(Code(digest: version.hash).description == CodeVectors.versionCode)
    }

    @Test func `give back every field`() throws {
        let version = try decode(Self.vector)
        #expect(version.profileDigest.description == CodeVectors.profiles[0].digest)
        #expect(version.rankings == 5)
        #expect(version.likes == 2)
        #expect(version.payload == bytes(hex: CodeVectors.payload))
        #expect(version.foldID == Array("DL1\0".utf8))
        #expect(version.spaceID == SHA256Digest(hashing: Array("space".utf8)))
        #expect(version.bytes == Self.vector)
    }

    @Test func `with another tag, format or reserved byte are refused`() {
        for offset in 0..<20 {
            var changed = Self.vector
            changed[offset] ^= 2
            let expected: VersionBytesError =
                switch offset {
                case ..<VersionBytes.Offset.format: .notAVersion
                case 16: .unsupportedFormat(3)
                case 17: .unsupportedFormat(0x201)
                default: .reservedBytesInUse
                }
            #expect(throws: expected) { try decode(changed) }
        }
    }

    @Test func `too few for fold id, space id and dimension are refused`() {
        for count in 0..<VersionBytes.minimumByteCount {
            #expect(throws: VersionBytesError.tooShort(byteCount: count)) { try decode(Array(Self.vector[..<count])) }
        }
        #expect(VersionBytes.minimumByteCount == 98)
        #expect(throws: Never.self) { try decode(Array(Self.vector[..<98])) }
    }

    @Test func `of a payload that is too short trap`() async {
        await #expect(processExitsWith: .failure) {
            let digest = ProfileDigest(SHA256Digest(hashing: []))
            _ = VersionBytes(profileDigest: digest, rankings: 0, likes: 0, payload: [UInt8](repeating: 0, count: 37))
        }
    }
}

@Suite struct `A code bundle` {
    static let vector = bytes(hex: CodeVectors.bundle)

    private func decode(_ bytes: [UInt8]) throws(CodeBundleError) -> CodeBundle {
        try CodeBundle(encoded: bytes.span.bytes)
    }

    @Test func `is the vector's bytes and reads back`() throws {
        let bundle = try decode(Self.vector)
        #expect(bundle.label == "warm film look")
        #expect(bundle.version.bytes == bytes(hex: CodeVectors.version))
        #expect(bundle.encoded == Self.vector)
        let other = CodeBundle(version: bundle.version, label: "Žlutý film 🎞️")
        #expect(try decode(other.encoded) == other)
        #expect(try decode(CodeBundle(version: bundle.version).encoded).label == "")
    }

    @Test func `with any bit changed is refused`() {
        for offset in Self.vector.indices {
            for bit in 0..<8 {
                var changed = Self.vector
                changed[offset] ^= 1 << UInt8(bit)
                let expected: CodeBundleError =
                    switch offset {
                    case ..<8: .notABundle
                    case 8, 9: .unsupportedFormat(UInt16(changed[8]) | UInt16(changed[9]) << 8)
                    default: .changed
                    }
                #expect(throws: expected) { try decode(changed) }
            }
        }
    }

    @Test func `cut short or lengthened is refused`() {
        for count in Self.vector.indices {
            #expect(throws: count < 42 ? CodeBundleError.notABundle : .changed) {
                try decode(Array(Self.vector[..<count]))
            }
        }
        #expect(throws: CodeBundleError.changed) { try decode(Self.vector + [0]) }
    }

    @Test func `that hashes rightly but is not canonical is refused`() {
        func sealed(_ contents: [UInt8]) -> [UInt8] { contents + SHA256Digest(hashing: contents).bytes }
        let contents = Array(Self.vector.dropLast(32))
        #expect(throws: Never.self) { try decode(sealed(contents)) }
        #expect(throws: CodeBundleError.malformed(.trailingBytes(1))) { try decode(sealed(contents + [0])) }
        #expect(throws: CodeBundleError.malformed(.truncated(needed: 114, available: 113))) {
            try decode(sealed(contents.dropLast()))
        }
        #expect(throws: CodeBundleError.malformed(.invalidUTF8(offset: 12))) {
            var changed = contents
            changed[12] = 0xFF
            _ = try decode(sealed(changed))
        }
        #expect(throws: CodeBundleError.version(.notAVersion)) {
            var changed = contents
            changed[30] ^= 1
            _ = try decode(sealed(changed))
        }
        #expect(throws: CodeBundleError.notABundle) { try decode(sealed(Array("PSBUNDL".utf8))) }
    }
}
