// swift-tools-version: 6.2
import PackageDescription

// A stranger's package: it sees what the library makes public, and nothing else.
let package = Package(
    name: "consumer",
    dependencies: [.package(name: "personalization-store", path: "../..")],
    targets: [
        .executableTarget(
            name: "Consumer",
            dependencies: [.product(name: "PersonalizationStore", package: "personalization-store")])
    ]
)
