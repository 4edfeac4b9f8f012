import ByteCoding
import TasteFold
import Testing

@Suite("Golden vectors")
struct GoldenVectorTests {
    let golden: GoldenVectors

    init() throws { golden = try GoldenVectors.load() }

    @Test func `the table and the interpolation are the published ones`() {
        #expect(LogisticTable.knots == golden.table)
        #expect(golden.sigma_neg.count == 15)
        for value in golden.sigma_neg { #expect(LogisticTable.complement(ofMargin: value[0]) == value[1]) }
    }

    @Test func `the table has the published hash`() {
        var writer = ByteWriter()
        for knot in LogisticTable.knots { writer.write(knot) }
        #expect(
            SHA256Digest(hashing: writer.bytes).description
                == "2cd92d66e10632f4e1f01a03a46bca15ef8d549103c5a61e01d57bf2f05a63c8")
    }

    @Test func `embeddings canonicalize to the published integers`() throws {
        #expect(golden.canon_embedding.count == 5)
        for vector in golden.canon_embedding {
            #expect(try Embedding(canonicalizing: vector.x).components == vector.e)
        }
    }

    @Test func `the space has the published id and scale`() throws {
        let space = try golden.descriptor()
        #expect(space.id.description == golden.space.id)
        #expect(space.panelMeanSquare == golden.space.q0)
    }

    @Test func `every case folds to the published bytes`() throws {
        let space = try golden.descriptor()
        #expect(golden.cases.count == 8)
        for vector in golden.cases {
            let set = try ComparisonSet(space: space, golden.comparisons(of: vector.events, user: "alice"))
            let explained = DL1.explainedFold(set)
            #expect(explained.taste.payload == (try bytes(hex: vector.expect.bytes)), "\(vector.name)")
            #expect(explained.taste.payloadHash.description == vector.expect.code, "\(vector.name)")
            #expect(explained.taste.direction == vector.expect.C, "\(vector.name)")
            #expect(explained.weights == vector.expect.A, "\(vector.name)")
            let plain = PlainSolver.solve(set.differences, panelMeanSquare: space.panelMeanSquare)
            #expect(plain.sum == vector.expect.V && plain.scale == vector.expect.c, "\(vector.name)")
            for kernels in FoldKernels.allCases where kernels.isAvailable {
                let solution = BlockedSolver.solve(
                    set.differences, panelMeanSquare: space.panelMeanSquare, kernels: kernels)
                #expect(solution == plain, "\(vector.name), \(kernels)")
            }
            #expect(DL1.fold(set) == explained.taste)
        }
    }

    @Test func `the published uses of a taste come out`() throws {
        let space = try golden.descriptor()
        let events = try #require(golden.cases.last).events
        let taste = DL1.fold(try ComparisonSet(space: space, golden.comparisons(of: events, user: "alice")))
        let early = DL1.fold(
            try ComparisonSet(space: space, golden.comparisons(of: Array(events.prefix(12)), user: "alice")))
        #expect(try Taste.blend([(taste, 1), (early, 2)]).payload == bytes(hex: golden.use.blend_1_2))
        let prompt = try Embedding(canonicalComponents: golden.use.prompt)
        #expect(golden.use.steer.count == 4)
        for (stylize, expected) in golden.use.steer {
            #expect(try taste.steer(prompt, stylize: #require(Int(stylize))).components == expected)
        }
        let first = try golden.embedding("img0000")
        let second = try golden.embedding("img0001")
        #expect(
            [taste.preference(of: first, over: second), taste.preference(of: second, over: first)] == golden.use.prefer)
        #expect(taste.score(prompt, in: space) == golden.use.score)
    }
}
