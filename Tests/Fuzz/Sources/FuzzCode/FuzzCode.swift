internal import ByteCoding
internal import CodeRegistry

/// Codes, hashes, references and bundles: what is read is written back as the same, and every wrong or swapped symbol is refused.
///
/// The input is read as a text and as a bundle without its checksum, which is added: otherwise no input would get past it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCode(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    checkText(String(decoding: bytes, as: UTF8.self))
    checkReference(String(decoding: bytes, as: UTF8.self))
    checkBundle(bytes)
    checkBundle(bytes + SHA256Digest(hashing: bytes).bytes)
    return 0
}

private func checkText(_ text: String) {
    do throws(CodeError) {
        let code = try Code(text)
        let spelled = code.description
        precondition(read(spelled) == code, "a code is not read back: \(spelled)")
        precondition(text.utf8.count >= spelled.utf8.count, "a code is longer than what was typed")
        if code.wholeHash == nil { checkSymbols(of: code) }
    } catch {
        if case .malformed(.character(let character, let column)) = error {
            precondition(Array(text)[column - 1] == character, "another character than the error says")
        }
    }
}

private func checkReference(_ text: String) {
    do throws(CodeError) {
        let reference = try ProfileReference(parsing: text)
        precondition(ProfileReference.isBegun(by: text), "a reference does not begin with its letter")
        precondition(readReference(reference.description) == reference, "a reference is not read back: \(reference)")
        precondition(read(text) == nil, "a reference is a code, too: \(text)")
        if let code = read(String(reference.description.dropFirst())) { checkSymbols(of: code) }
    } catch {
        if case .malformed(.character(let character, let column)) = error {
            precondition(Array(text)[column - 1] == character, "another character than the error says")
        }
    }
}

private func readReference(_ text: String) -> ProfileReference? {
    do throws(CodeError) { return try ProfileReference(parsing: text) } catch { return nil }
}

private func checkSymbols(of code: Code) {
    let spelled = Array(code.description.utf8)
    precondition(spelled.count - 1 == code.symbolCount, "a code of another length")
    for index in spelled.indices {
        var wrong = spelled
        wrong[index] = wrong[index] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
        let text = String(decoding: wrong, as: UTF8.self)
        precondition(read(text) == nil, "a wrong symbol passes: \(text)")
        precondition(Code.corrections(of: text, among: [code]) == [code], "a wrong symbol is not corrected: \(text)")
        var swapped = spelled
        swapped.swapAt(index, 0)
        precondition(swapped == spelled || read(String(decoding: swapped, as: UTF8.self)) == nil, "a swap passes")
    }
}

private func read(_ text: String) -> Code? {
    do throws(CodeError) { return try Code(text) } catch { return nil }
}

private func checkBundle(_ bytes: [UInt8]) {
    do throws(CodeBundleError) {
        let bundle = try CodeBundle(encoded: bytes.span.bytes)
        precondition(bundle.encoded == bytes, "a bundle is not canonical")
    } catch {
        precondition(!error.description.isEmpty, "an error says nothing")
    }
}
