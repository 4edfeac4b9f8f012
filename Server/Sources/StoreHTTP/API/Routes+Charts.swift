internal import Hummingbird
internal import PersonalizationStore
internal import TasteCharts

extension Routes {
    /// A user's tastes as pictures.
    static let charts = [
        Route(
            method: .get, path: ofSpace + "timeline.svg", rule: .userOfPath,
            summary: "A picture of how the user's taste moved.", pathParameters: ofUser, query: [profile],
            answers: "image/svg+xml", problems: [.notFound]
        ) { call in
            let name = try call.profile()
            let listed = Array(try call.store.codes(of: name, limit: 500).reversed())
            // Each costs two folds, so that only the newest have it.
            let measured = listed.indices.suffix(50)
            let entries = try listed.indices.map { index in
                entry(
                    listed[index],
                    stability: measured.contains(index) ? try call.store.stability(of: listed[index].version) : nil,
                    first: listed[0], previous: index > 0 ? listed[index - 1] : nil)
            }
            return picture(TimelineChart(title: "The taste of \(name)", entries: entries).svg)
        },
        Route(
            method: .get, path: ofSpace + "map.svg", rule: .userOfPath,
            summary: "A picture of the user's codes among the images of the space.", pathParameters: ofUser,
            query: [profile], answers: "image/svg+xml", problems: [.notFound]
        ) { call in
            var seen: Set<Code> = []
            let versions = try call.store.codes(of: call.profile(), limit: 500).map(\.version)
                .filter { seen.insert($0.code).inserted }
            let images = try await call.server.catalogues.images(of: call.path("space"), in: call.store)
            return picture(
                TasteMap(
                    title: "Tastes in \(call.path("space"))",
                    codes: versions.map {
                        TasteMap.Code(code: $0.code.description, label: $0.label, direction: $0.taste.direction)
                    },
                    images: images.map { TasteMap.Image(id: $0.id, embedding: $0.embedding.components) }
                ).svg)
        },
    ]

    private static func picture(_ svg: String) -> Response {
        var response = Answer.text(Array(svg.utf8), "image/svg+xml")
        // A chart has its style in it and nothing else.
        for field in SecurityHeaders.policyOfPictures { response.headers[field.name] = field.value }
        return response
    }

    private static func entry(
        _ listed: CodeListEntry, stability: Int?, first: CodeListEntry, previous: CodeListEntry?
    ) -> TimelineChart.Entry {
        let taste = listed.version.taste
        let time = listed.recordedAt.rfc3339
        return TimelineChart.Entry(
            code: listed.version.code.description, label: listed.version.label,
            microseconds: listed.recordedAt.microseconds,
            timeText: time.prefix(10) + " " + time.dropFirst(11).prefix(8) + " UTC",
            comparisons: Int(taste.comparisonCount), confidence: Int(taste.confidence), stability: stability,
            cosineToFirst: taste.cosine(to: first.version.taste),
            cosineToPrevious: previous.map { taste.cosine(to: $0.version.taste) },
            isRevoked: listed.version.isRevoked)
    }
}
