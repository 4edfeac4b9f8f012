import ByteCoding
import TasteFold
import Testing

extension FoldCase {
    /// Expects the target to compute what the reference computed.
    func check() throws {
        switch self {
        case .canonicalize(let vector): try vector.check()
        case .space(let vector): try vector.check()
        case .fold(let vector): try vector.check()
        case .blend(let vector): try vector.check()
        case .use(let vector): try vector.check()
        case .order(let vector): vector.check()
        case .sigma(let vector): vector.check()
        }
    }
}

extension FoldCase.Canonicalization {
    func check() throws {
        let numbers = try doubles(hex: x)
        let expected = try components(hex: e)
        #expect(try Embedding(canonicalizing: numbers).components == expected)
        if float { #expect(try Embedding(canonicalizing: numbers.map { Float($0) }).components == expected) }
        #expect(try Embedding(canonicalComponents: expected).components == expected)
    }
}

extension FoldCase.Space {
    func check() throws {
        let embeddings = try items.map { Embedding(unchecked: try components(hex: $0)) }
        let space = try SpaceDescriptor(
            name: name, catalogue: zip(ids, embeddings).map { (id: $0.0, embedding: $0.1) })
        #expect(space.mean == (try components(hex: mean)))
        #expect(space.panel == panel.map { PanelPair(x: embeddings[$0[0]], y: embeddings[$0[1]]) })
        #expect(space.id.description == id)
        #expect(space.panelMeanSquare == q0)
        #expect(SpaceDescriptor(name: name, mean: space.mean, panel: space.panel) == space)
    }
}

extension FoldCase.Fold {
    func check() throws {
        let images = try items.map { try components(hex: $0) }
        let panelImages = try panelItems.map { Embedding(unchecked: try components(hex: $0)) }
        let space = SpaceDescriptor(
            name: "fold", mean: try components(hex: mean),
            panel: panel.map { PanelPair(x: panelImages[$0[0]], y: panelImages[$0[1]]) })
        #expect(space.id.description == self.space)
        var set = ComparisonSet(space: space, capacity: pairs.count)
        var droppedHere = 0
        for (index, pair) in pairs.enumerated() {
            let comparison = VectorComparison(images[pair[0]], over: pair[1] < 0 ? nil : images[pair[1]])
            if try !set.append(comparison, shifted: index % 5 == 0) { droppedHere += 1 }
        }
        #expect(droppedHere == dropped)
        let explained = DL1.explainedFold(set)
        #expect(explained.taste.payload == (try bytes(hex: payload)))
        var writer = ByteWriter()
        for weight in explained.weights { writer.write(UInt16(weight)) }
        #expect(SHA256Digest(hashing: writer.bytes).description == weights)
        #expect(DualSolution.scale(of: set.differences, panelMeanSquare: space.panelMeanSquare) == scale)
        for kernels in FoldKernels.allCases where kernels.isAvailable {
            let solution = BlockedSolver.solve(
                set.differences, panelMeanSquare: space.panelMeanSquare, kernels: kernels)
            guard let solution else { continue }
            #expect(solution.weights == explained.weights, "\(kernels)")
            let products = BlockedSolver.products(of: space.panelDifferences, with: solution.sum, kernels: kernels)
            #expect(products == PlainSolver.products(of: space.panelDifferences, with: solution.sum), "\(kernels)")
        }
        #expect(try Taste(payload: explained.taste.payload.span.bytes) == explained.taste)
    }
}

extension FoldCase.Blend {
    func check() throws {
        let tastes = try parts.map { (taste: try taste(hex: $0.payload), weight: $0.weight) }
        let expected = try bytes(hex: payload)
        #expect(try Taste.blend(tastes).payload == expected)
        #expect(try Taste.blend(tastes.reversed()).payload == expected)
    }
}

extension FoldCase.Use {
    func check() throws {
        let images = try items.map { Embedding(unchecked: try components(hex: $0)) }
        let space = SpaceDescriptor(
            name: "use", mean: try components(hex: mean), panel: [PanelPair(x: images[0], y: images[1])])
        let taste = try taste(hex: payload)
        #expect(taste.trust == trust)
        #expect(images.map { taste.score($0, in: space) } == scores)
        for preference in preferences {
            #expect(taste.preference(of: images[preference[0]], over: images[preference[1]]) == preference[2])
        }
        for step in steering {
            let prompt = Embedding(unchecked: try components(hex: step.e))
            #expect(try taste.steer(prompt, stylize: step.stylize).components == components(hex: step.steered))
            #expect(try taste.strength(stylize: step.stylize) == step.strength)
        }
    }
}

extension FoldCase.Order {
    func check() {
        for key in keys {
            let (winner, loser) = (Array(key[0].utf8), Array(key[1].utf8))
            #expect(comparisonOrderKey(winner: winner.span.bytes, loser: loser.span.bytes).description == key[2])
        }
    }
}

extension FoldCase.Sigma {
    func check() {
        #expect(table == LogisticTable.knots)
        for value in values { #expect(LogisticTable.complement(ofMargin: value[0]) == value[1]) }
    }
}

private func taste(hex text: String) throws -> Taste {
    let payload = try bytes(hex: text)
    return try Taste(payload: payload.span.bytes)
}
