internal import ByteCoding
internal import TransparencyLog

/// Signed notes, checkpoints, proofs and keys: what is read is written as a text that reads as the same.
///
/// The input is read as each of them, and as the beginning of a proof whose checkpoint is signed: otherwise no input would
/// get past the signature.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProof(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    check(text) { (text) throws(TransparencyError) in try SignedNote(parsing: text) }
    check(text) { (text) throws(TransparencyError) in try SignedCheckpoint(unverified: text) }
    check(text) { (text) throws(TransparencyError) in try VerifierKey(text: text) }
    for text in [text, text + "\n" + checkpoint.description] {
        check(text) { (text) throws(TransparencyError) in
            try InclusionProof(parsing: text, verifiedBy: key.verifierKey)
        }
        check(text) { (text) throws(TransparencyError) in
            try ConsistencyProof(parsing: text, verifiedBy: key.verifierKey)
        }
    }
    return 0
}

private let key: SigningKey = {
    do { return try SigningKey(name: "example.com/log", seed: [UInt8](repeating: 7, count: 32)) } catch {
        preconditionFailure("a key of 32 bytes is refused: \(error)")
    }
}()
private let checkpoint = SignedCheckpoint(size: 9, root: SHA256Digest(hashing: [1]), signedBy: key)

private func check<Value: Equatable & CustomStringConvertible>(
    _ text: String, _ read: (String) throws(TransparencyError) -> Value
) {
    do throws(TransparencyError) {
        let value = try read(text)
        do throws(TransparencyError) {
            let again = try read(value.description)
            precondition(again == value, "a text that means something else is written")
        } catch {
            preconditionFailure("what is written cannot be read: \(error)")
        }
    } catch {
        precondition(!error.description.isEmpty, "an error says nothing")
    }
}
