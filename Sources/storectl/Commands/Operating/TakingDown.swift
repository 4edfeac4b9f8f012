import ArgumentParser
import PersonalizationStore

/// `storectl take-down`
struct TakeDown: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "take-down",
        abstract: "Makes an imported version unusable in prompts, for everybody, from now on.",
        discussion: """
            For versions that came as bundles, which have no owner here; owners revoke their own. The version stays in \
            the log; 'storectl put-back' makes it usable again. Give the whole code of a version that cannot be read.

            Example:
              storectl take-down 3f7k9m2qx5wzt
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The code.") var code: String

    func run() async throws {
        try await options.withStore { store in
            let receipt = try await store.takeDown(try store.code(beginningWith: code))
            Output.show(receipt, json: options.json) { receipt.text }
        }
    }
}

/// `storectl put-back`
struct PutBack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put-back",
        abstract: "Makes a version that was taken down usable again.",
        discussion: """
            Example:
              storectl put-back 3f7k9m2qx5wzt
            """)

    @OptionGroup var options: StoreOptions

    @Argument(help: "The code.") var code: String

    func run() async throws {
        try await options.withStore { store in
            let receipt = try await store.putBack(try store.code(beginningWith: code))
            Output.show(receipt, json: options.json) { receipt.text }
        }
    }
}
