#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension String {
    /// Makes `body` see the text's UTF-8 bytes where they are.
    ///
    /// `utf8.span` does the same, but counts references and is a call for each text.
    @inlinable
    @inline(__always)
    package func withUTF8Bytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        let result = unsafe utf8.withContiguousStorageIfAvailable { unsafe body($0.span.bytes) }
        return unsafe result ?? body(utf8.span.bytes)
    }

    /// Whether two texts are the same UTF-8 bytes. Names are compared so, not by Unicode equivalence, which `==` means:
    /// what is stored under a name is found under the same bytes only.
    package func hasSameBytes(as other: String) -> Bool {
        unsafe utf8.span.bytes.hasSameBytes(as: other.utf8.span.bytes)
    }

    /// The text of bytes that are UTF-8; nil when they are not. `String(validating:as:)` does the same ten times slower.
    package init?(validating bytes: RawSpan) {
        let text = unsafe bytes.withUnsafeBytes { bytes -> String? in
            guard let utf8 = unsafe try? UTF8Span(validating: bytes.assumingMemoryBound(to: UInt8.self).span) else {
                return nil
            }
            return String(copying: utf8)
        }
        guard let text else { return nil }
        self = text
    }

    /// The text of bytes that come from a string.
    package init(copying bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

extension RawSpan {
    /// Whether two spans hold the same bytes, whatever their addresses.
    package func hasSameBytes(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return unsafe withUnsafeBytes { bytes in
            unsafe other.withUnsafeBytes { others in
                guard let start = bytes.baseAddress, let otherStart = others.baseAddress else { return true }
                return unsafe memcmp(start, otherStart, bytes.count) == 0
            }
        }
    }
}
