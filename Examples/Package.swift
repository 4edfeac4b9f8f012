// swift-tools-version: 6.2
import PackageDescription

// A program that embeds the store, in a package of its own, as any other would be. It needs nothing that the store does
// not need itself.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "examples",
    dependencies: [
        .package(name: "personalization-store", path: ".."),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    ],
    targets: [
        .target(
            name: "ImageBot",
            dependencies: [
                .product(name: "PersonalizationStore", package: "personalization-store"),
                .product(name: "PersonalizationService", package: "personalization-store"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "image-bot",
            dependencies: [
                "ImageBot",
                .product(name: "PersonalizationService", package: "personalization-store"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ImageBotTests",
            dependencies: [
                "ImageBot",
                .product(name: "PersonalizationStore", package: "personalization-store"),
                .product(name: "PersonalizationService", package: "personalization-store"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
    ]
)
