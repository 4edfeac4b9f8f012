import Foundation
import Hummingbird
import HummingbirdTesting
import StoreHTTP
import Testing

@Suite struct TransportTests {
    /// A certificate that openssl makes and curl trusts, as any client would.
    @Test func `HTTPS is served with the certificate that is given, and says so to browsers`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try await shell(
            """
            mkdir '\(folder)' && cd '\(folder)' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
                -keyout key.pem -out chain.pem -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2> /dev/null
            """)
        try await TestServer.run(
            .live,
            change: { $0.certificate = (chain: "\(folder)/chain.pem", key: "\(folder)/key.pem") }
        ) { server in
            let port = try #require(server.client.port)
            func curl(_ arguments: String, scheme: String = "https") async throws -> String {
                try await shell(
                    "curl --silent --include --max-time 20 \(arguments) \(scheme)://localhost:\(port)/v1/health; echo $?"
                )
            }
            let good = try await curl("--cacert '\(folder)/chain.pem'")
            #expect(good.hasPrefix("HTTP/1.1 200"))
            #expect(good.lowercased().contains("strict-transport-security: max-age="))
            #expect(good.contains(#""status":"ok""#))
            // Who does not know the certificate is told nothing, and nor is who speaks no TLS.
            #expect(try await curl("").hasSuffix("60\n"))
            #expect(try await !curl("", scheme: "http").contains("200"))
            #expect(try await curl("--cacert '\(folder)/chain.pem' --tls-max 1.1").contains("HTTP") == false)
        }
    }

    @Test func `a certificate that cannot be read is no server`() async throws {
        await #expect(throws: (any Error).self) {
            try await TestServer.run(change: { $0.certificate = (chain: "/none", key: "/none") }) { _ in }
        }
    }
}
