internal import Hummingbird
internal import NIOCore

/// Responses of the kinds that routes give.
enum Answer {
    /// A document as JSON.
    static func json(_ document: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        guard let data = try? encode(document) else {
            // Only a number that JSON lacks could be the reason, and every document's numbers are finite.
            return Response(status: .internalServerError)
        }
        return text(data, "application/json", status: status)
    }

    /// A document's bytes.
    static func encode(_ document: some Encodable) throws -> [UInt8] { try JSONWriter.bytes(of: document) }

    /// Bytes of a media type.
    static func text(
        _ bytes: some Sequence<UInt8>, _ type: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
