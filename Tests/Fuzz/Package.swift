// swift-tools-version: 6.2
import PackageDescription

// Coverage-guided fuzzing of the decoders with libFuzzer. A package of its own, because libFuzzer needs flags that the
// library's package may not have. It compiles the library's sources as its own, and so sees what is `package` in them.
let instrumented: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"]),
]
let linked: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + ["FuzzMain"], path: "Sources/\(name)", swiftSettings: instrumented,
        linkerSettings: linked)
}

let package = Package(
    name: "personalization-store",
    targets: [
        .target(name: "CCRC32C", path: "Library/CCRC32C"),
        .target(name: "CFileStatus", path: "Library/CFileStatus"),
        .target(name: "CFoldKernels", path: "Library/CFoldKernels"),
        .target(name: "CPrefetch", path: "Library/CPrefetch"),
        .target(
            name: "CLineParser", path: "Library/CLineParser", linkerSettings: [.linkedLibrary("simdjson")]),
        .systemLibrary(name: "CLMDB", path: "Library/CLMDB", pkgConfig: "lmdb"),
        .systemLibrary(name: "CNettle", path: "Library/CNettle", pkgConfig: "nettle"),
        .systemLibrary(name: "CHogweed", path: "Library/CHogweed", pkgConfig: "hogweed"),
        .target(
            name: "TransparencyLog", dependencies: ["ByteCoding", "CHogweed"], path: "Library/TransparencyLog",
            swiftSettings: instrumented),
        .target(
            name: "ByteCoding", dependencies: ["CCRC32C", "CNettle"],
            path: "Library/ByteCoding", swiftSettings: instrumented),
        .target(
            name: "LMDB", dependencies: ["CLMDB", "CFileStatus", "ByteCoding"], path: "Library/LMDB",
            swiftSettings: instrumented),
        .target(
            name: "TasteFold", dependencies: ["CFoldKernels", "ByteCoding"], path: "Library/TasteFold",
            swiftSettings: instrumented),
        .target(
            name: "PromptLanguage", dependencies: ["CodeRegistry"], path: "Library/PromptLanguage",
            swiftSettings: instrumented),
        .target(
            name: "EventLog", dependencies: ["LMDB", "ByteCoding"], path: "Library/EventLog",
            swiftSettings: instrumented),
        .target(
            name: "CodeRegistry", dependencies: ["ByteCoding"], path: "Library/CodeRegistry",
            swiftSettings: instrumented),
        .target(
            name: "Projections",
            dependencies: ["EventLog", "TasteFold", "TransparencyLog", "LMDB", "ByteCoding", "CPrefetch"],
            path: "Library/Projections", swiftSettings: instrumented),
        .target(
            name: "PersonalizationStore",
            dependencies: [
                "Projections", "CodeRegistry", "EventLog", "TasteFold", "TransparencyLog", "PromptLanguage", "LMDB",
                "ByteCoding", "CPrefetch", "CLineParser", "SeededRandom",
            ],
            path: "Library/PersonalizationStore", exclude: ["Documentation.docc"], swiftSettings: instrumented),
        .target(name: "SeededRandom", path: "Library/SeededRandom", swiftSettings: instrumented),
        .target(name: "FuzzMain"),
        fuzzer("FuzzRecord", ["EventLog", "ByteCoding"]),
        fuzzer("FuzzJournal", ["EventLog", "LMDB", "ByteCoding"]),
        fuzzer("FuzzVersion", ["CodeRegistry", "TasteFold", "ByteCoding"]),
        fuzzer("FuzzCode", ["CodeRegistry", "ByteCoding"]),
        fuzzer("FuzzProof", ["TransparencyLog", "ByteCoding"]),
        fuzzer("FuzzLine", ["PersonalizationStore"]),
        fuzzer("FuzzPrompt", ["PromptLanguage", "CodeRegistry"]),
    ],
    cxxLanguageStandard: .cxx17
)
