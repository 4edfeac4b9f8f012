internal import EventLog

/// A line of an import and what it says, or what is wrong with it.
struct ParsedLine: Sendable {
    enum Content: Sendable {
        /// An event to append in a batch, and its position in the store that it was exported from.
        case event(NewEvent, source: UInt64?)
        /// Anything else, which is done on its own; apart, since it is large and seldom.
        indirect case other(InterchangeLine)
    }

    let number: Int
    let json: [UInt8]
    let content: Result<Content, InterchangeFault>
    /// Whether the line has a time before ``Timestamp/earliestPlausible``.
    private(set) var isImplausiblyEarly = false

    private init(_ number: Int, _ json: [UInt8], _ options: ImportOptions, _ parser: borrowing LineParser) {
        self.number = number
        self.json = json
        do throws(InterchangeFault) {
            let line = try InterchangeLine(json: json, parser)
            let content = try Self.content(line, number, json, options)
            isImplausiblyEarly = try line.isImplausiblyEarly()
            self.content = .success(content)
        } catch {
            content = .failure(error)
        }
    }

    private static func content(
        _ line: InterchangeLine, _ number: Int, _ json: [UInt8], _ options: ImportOptions
    ) throws(InterchangeFault) -> Content {
        func derivedID() -> EventID { EventID(ofLine: number, json: json, source: options.source) }
        switch try line.request(defaultSpace: options.defaultSpace, trustsTimes: options.trustsTimes) {
        case .event(var event):
            if options.derivesEventIDs, event.eventID == nil, event.profile != nil { event.eventID = derivedID() }
            return .event(event, source: line.position)
        case .other:
            var line = line
            if options.derivesEventIDs, line.eventID == nil, line.isOwners { line.eventID = derivedID().description }
            return .other(line)
        }
    }

    /// Parses lines on all cores; the result is in their order.
    static func parse(_ lines: [(number: Int, json: [UInt8])], _ options: ImportOptions) async -> [ParsedLine] {
        if lines.count <= shareCount { return parse(lines[...], options) }
        return await withTaskGroup(of: (Int, [ParsedLine]).self) { group in
            for start in stride(from: 0, to: lines.count, by: shareCount) {
                let share = lines[start..<min(lines.count, start + shareCount)]
                group.addTask { (start, parse(share, options)) }
            }
            var shares: [(Int, [ParsedLine])] = []
            for await share in group { shares.append(share) }
            return shares.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    private static func parse(
        _ lines: ArraySlice<(number: Int, json: [UInt8])>, _ options: ImportOptions
    ) -> [ParsedLine] {
        let parser = LineParser()
        return lines.map { ParsedLine($0.number, $0.json, options, parser) }
    }

    /// How many lines a task parses: a fifth of a millisecond of work.
    private static let shareCount = 128
}
