internal import PersonalizationStore

extension Store {
    /// The store's figures in Prometheus' text format, under the labels that ``PersonalizationService`` gives them.
    func prometheusText() throws(StoreError) -> String {
        let statistics = try statistics()
        let figures: [(name: String, help: String, value: Double)] = [
            ("events", "Events in the log.", Double(statistics.eventCount)),
            ("images", "Images of all spaces.", Double(statistics.imageCount)),
            ("profiles", "Profiles that have events.", Double(statistics.profileCount)),
            ("versions", "Versions minted or imported.", Double(statistics.versionCount)),
            ("queue_depth", "Appends that wait for a commit.", Double(queueDepth)),
            ("checkpoint_lag", "Events whose derived rows are in memory only.", Double(statistics.checkpointLag)),
            ("used_bytes", "Bytes of the map in use.", Double(statistics.usedByteCount)),
            (
                "map_use", "The part of the map in use, 0 to 1.",
                Double(statistics.usedByteCount) / Double(max(1, statistics.mapByteCount))
            ),
            (
                "oldest_read_seconds", "The age of this process's oldest read transaction.",
                statistics.oldestReadAge.map { $0 / .seconds(1) } ?? 0
            ),
        ]
        return figures.map { figure in
            let name = "personalization_store_\(figure.name)"
            return "# HELP \(name) \(figure.help)\n# TYPE \(name) gauge\n\(name) \(figure.value)\n"
        }.joined()
    }
}
