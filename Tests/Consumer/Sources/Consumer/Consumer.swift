import PersonalizationStore

@main struct Consumer {
    static func main() async throws {
        let store = try Store.create(at: CommandLine.arguments[1])
        let images = try (0..<8).map { number in
            let components = (0..<4).map { Double((number * 3 + $0 * 5) % 7) - 3 }
            return NewImage(id: "image-\(number)", embedding: try Embedding(canonicalizing: components))
        }
        try await store.defineSpace("v6", models: ["6.1"], defaultModel: "6.1", images: images, threshold: 5)
        let ada = ProfileName(user: "ada", space: "v6")
        let receipts = try await store.append(
            (1..<8).map { .rank(ada, winner: "image-\($0)", loser: "image-\($0 - 1)") })
        let resolution = try await store.resolve("a harbour --p", user: "ada")
        print(receipts.count, resolution.prompt, try store.codes(of: ada).count)
        await store.close()
    }
}
