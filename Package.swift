// swift-tools-version: 6.2
import PackageDescription

// The package's targets and what each may import; docs/architecture.md draws the picture.
// `Lifetimes` lets spans and cursors be bound to the transaction that owns their memory.
let settings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// For targets whose every use of an unsafe construct is marked with `unsafe`, which the compiler then checks.
let strict = settings + [.strictMemorySafety()]

let package = Package(
    name: "personalization-store",
    products: [
        .library(name: "PersonalizationStore", targets: ["PersonalizationStore"]),
        .library(name: "PersonalizationService", targets: ["PersonalizationService"]),
        .library(name: "PersonalizationCluster", targets: ["PersonalizationCluster"]),
        .library(name: "TasteCharts", targets: ["TasteCharts"]),
        .executable(name: "storectl", targets: ["storectl"]),
        .executable(name: "storecluster", targets: ["storecluster"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    ],
    targets: [
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(name: "CHogweed", pkgConfig: "hogweed", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "CCRC32C"),
        .target(name: "CFileStatus"),
        .target(name: "CFoldKernels"),
        .target(name: "CPrefetch"),
        .target(name: "CLineParser", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "ByteCoding", dependencies: ["CCRC32C", "CNettle"],
            swiftSettings: strict),
        .target(name: "TransparencyLog", dependencies: ["ByteCoding", "CHogweed"], swiftSettings: strict),
        .target(name: "LMDB", dependencies: ["CLMDB", "CFileStatus", "ByteCoding"], swiftSettings: settings),
        .target(name: "TasteFold", dependencies: ["CFoldKernels", "ByteCoding"], swiftSettings: settings),
        .target(name: "PromptLanguage", dependencies: ["CodeRegistry"], swiftSettings: strict),
        .target(name: "TasteCharts", swiftSettings: strict),
        .target(name: "EventLog", dependencies: ["LMDB", "ByteCoding"], swiftSettings: settings),
        .target(
            name: "Projections",
            dependencies: ["EventLog", "TasteFold", "TransparencyLog", "LMDB", "ByteCoding", "CPrefetch"],
            swiftSettings: settings),
        .target(name: "CodeRegistry", dependencies: ["ByteCoding"], swiftSettings: strict),
        .target(
            name: "PersonalizationStore",
            dependencies: [
                "Projections", "CodeRegistry", "EventLog", "TasteFold", "TransparencyLog", "PromptLanguage", "LMDB",
                "ByteCoding", "CPrefetch", "CLineParser", "SeededRandom",
            ],
            swiftSettings: settings),
        .target(
            name: "PersonalizationCluster",
            dependencies: [
                "PersonalizationStore", "Projections", "CodeRegistry", "EventLog", "PromptLanguage", "LMDB",
                "ByteCoding", "CLibPQ",
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "storecluster",
            dependencies: [
                "PersonalizationCluster", "PersonalizationStore", "EventLog",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "storectl",
            dependencies: [
                "PersonalizationStore", "TasteCharts",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .target(
            name: "PersonalizationService",
            dependencies: [
                "PersonalizationStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(name: "SeededRandom", swiftSettings: strict),
        .executableTarget(name: "samplemaker", dependencies: ["SeededRandom"], swiftSettings: settings),
        .executableTarget(
            name: "storeworker",
            dependencies: ["PersonalizationStore", "Projections", "EventLog", "TasteFold", "LMDB", "ByteCoding"],
            swiftSettings: settings),
        .executableTarget(
            name: "clusterworker",
            dependencies: [
                "PersonalizationCluster", "PersonalizationStore", "Projections", "EventLog", "CodeRegistry",
                "ByteCoding",
            ],
            swiftSettings: settings),
        .executableTarget(name: "storetorture", dependencies: ["SeededRandom"], swiftSettings: settings),
        .executableTarget(
            name: "storebench",
            dependencies: ["PersonalizationStore", "Projections", "EventLog", "TasteFold", "LMDB", "SeededRandom"],
            swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["CodeRegistry", "PromptLanguage"], path: "Tests/TestSupport",
            swiftSettings: settings),
        .testTarget(name: "SeededRandomTests", dependencies: ["SeededRandom"], swiftSettings: settings),
        .testTarget(name: "ByteCodingTests", dependencies: ["ByteCoding"], swiftSettings: settings),
        .testTarget(
            name: "TransparencyLogTests", dependencies: ["TransparencyLog", "ByteCoding", "SeededRandom"],
            resources: [.copy("Vectors")], swiftSettings: settings),
        .testTarget(name: "LMDBTests", dependencies: ["LMDB", "CLMDB", "SeededRandom"], swiftSettings: settings),
        .testTarget(
            name: "EventLogTests", dependencies: ["EventLog", "LMDB", "ByteCoding", "SeededRandom", "TestSupport"],
            resources: [.copy("Vectors")],
            swiftSettings: settings),
        .testTarget(
            name: "CodeRegistryTests", dependencies: ["CodeRegistry", "ByteCoding", "SeededRandom", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "PromptLanguageTests",
            dependencies: ["PromptLanguage", "CodeRegistry", "ByteCoding", "SeededRandom", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "TasteFoldTests", dependencies: ["TasteFold", "ByteCoding", "SeededRandom"],
            resources: [.copy("Resources")],
            swiftSettings: settings),
        .testTarget(
            name: "ProjectionsTests",
            dependencies: [
                "Projections", "PersonalizationStore", "EventLog", "LMDB", "ByteCoding", "SeededRandom", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PersonalizationStoreTests",
            dependencies: [
                "PersonalizationStore", "Projections", "EventLog", "TasteFold", "TransparencyLog", "ByteCoding",
                "CodeRegistry", "LMDB", "storeworker", "SeededRandom", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "PersonalizationClusterTests",
            dependencies: [
                "PersonalizationCluster", "PersonalizationStore", "Projections", "CodeRegistry", "EventLog",
                "TasteFold",
                "ByteCoding", "LMDB", "SeededRandom", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(name: "TasteChartsTests", dependencies: ["TasteCharts", "SeededRandom"], swiftSettings: settings),
        .testTarget(
            name: "ScenarioTests",
            dependencies: ["PersonalizationStore", "Projections", "CodeRegistry", "ByteCoding"], swiftSettings: settings
        ),
        .testTarget(name: "StorectlTests", dependencies: ["storectl"], swiftSettings: settings),
        .testTarget(
            name: "PersonalizationServiceTests",
            dependencies: [
                "PersonalizationService", "PersonalizationStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings),
    ],
    cxxLanguageStandard: .cxx17
)

// `make docs` builds the documentation; who only uses the library does not need the plugin.
if Context.environment["BUILD_DOCUMENTATION"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
}
