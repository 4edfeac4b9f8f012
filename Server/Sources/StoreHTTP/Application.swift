public import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOSSL
internal import PersonalizationService
internal import PersonalizationStore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The server of a store: opens the store and the key file, and serves until a graceful shutdown.
///
/// At the shutdown requests in flight are answered, followers of the log are let go, then the store is closed.
///
/// - Parameters:
///   - configuration: Where everything is.
///   - logger: Where the server says what it does; no token and no user's name, unless the level is debug or lower.
///   - onServerRunning: Called with the port once the server listens.
/// - Throws: Why the store or the key file cannot be used.
public func makeServer(
    _ configuration: ServerConfiguration, logger: Logger,
    onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) async throws -> some ApplicationProtocol {
    let metrics = PrometheusMetrics()
    let keys = try await KeyFile(
        path: configuration.keyFile, longestLifetime: TimeInterval(configuration.longestLifetime), logger: logger)
    if let file = configuration.signingKey { _ = try SigningKeyFile.read(at: file) }
    let isNew =
        configuration.store.createsWhenMissing && !FileManager.default.fileExists(atPath: configuration.store.path)
    let service = try StoreService(configuration: configuration.store, logger: logger, metrics: metrics)
    // As 'storectl init' does: what a log signs from its beginning says most.
    if isNew, configuration.signingKey == nil {
        try Store.adopt(SigningKey.random(), ofStoreAt: configuration.store.path)
    }
    let eraser = Eraser(
        service.store.store, interval: configuration.erasesWhenDue ? configuration.erasureInterval : nil, logger: logger
    )
    let state = ServerState(
        store: service.store, configuration: configuration, keys: keys, metrics: metrics, health: WriterHealth(),
        limits: RequestLimits(configuration.limits), catalogues: Catalogues(), eraser: eraser,
        logger: logger)
    let responder = Responder(table: RouteTable(Routes.all(configuration)), state: state)
    var server = HTTPServerBuilder.http1(
        configuration: .init(idleTimeout: .seconds(Int64(configuration.limits.idleSeconds))))
    if let files = configuration.certificate {
        let chain = try NIOSSLCertificate.fromPEMFile(files.chain).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        server = try .tls(
            server, tlsConfiguration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    }
    return Application(
        responder: responder, server: server,
        configuration: ApplicationConfiguration(
            address: .hostname(configuration.host, port: configuration.port), serverName: "storeserver"),
        services: [service, eraser], onServerRunning: { await onServerRunning($0.localAddress?.port ?? 0) },
        logger: logger)
}
