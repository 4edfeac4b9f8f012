// swift-tools-version: 6.2
import PackageDescription

// A service that embeds the store, in a package of its own: the store itself depends on no HTTP server.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "examples",
    dependencies: [
        .package(name: "personalization-store", path: ".."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.25.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .target(
            name: "PersonalizationHTTP",
            dependencies: [
                .product(name: "PersonalizationStore", package: "personalization-store"),
                .product(name: "PersonalizationService", package: "personalization-store"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "PersonalizationServer",
            dependencies: [
                "PersonalizationHTTP",
                .product(name: "PersonalizationService", package: "personalization-store"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PersonalizationHTTPTests",
            dependencies: [
                "PersonalizationHTTP", "Yams",
                .product(name: "PersonalizationStore", package: "personalization-store"),
                .product(name: "PersonalizationService", package: "personalization-store"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
    ]
)
