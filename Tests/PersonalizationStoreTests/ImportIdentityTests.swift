import PersonalizationStore
import TestSupport
import Testing

/// What makes a line that is imported again the same event, or another.
@Suite struct ImportIdentityTests {
    @Test func `the same line of another source is another event`() async throws {
        let world = try await ImportWorld()
        let like = #"{"kind":"like","user":"ada","image":"v6/1"}"#
        func load(_ lines: [String], from source: String) async throws -> ImportReport {
            try await world.load(lines) { ($0.derivesEventIDs, $0.source) = (true, source) }
        }
        #expect(try await load([like], from: "monday").eventCount == 1)
        #expect(try await load([#"{"kind":"unlike","user":"ada","image":"v6/1"}"#], from: "tuesday").eventCount == 1)
        #expect(try await load([like], from: "wednesday").eventCount == 1)
        #expect(try await load([like], from: "monday").repeatCount == 1)
        #expect(try await load([like, like], from: "wednesday").eventCount == 1)
        #expect(try world.store.progress(of: world.ada).likes == 1)
    }

    @Test func `owners' lines with an event id are written once and exported with it`() async throws {
        let world = try await ImportWorld()
        let code = try await world.rank().code
        try await world.load([#"{"kind":"like","user":"ada","image":"v6/20","position":77}"#])
        let kinds = ["label", "revoke", "restore", "revert", "retract", "settings"]
        var ids: [String] = []
        var lines = [#"{"kind":"like","user":"ada","image":"v6/20","position":77,"eventID":"\#(Self.id(99))"}"#]
        for (index, kind) in kinds.enumerated() {
            ids.append(Self.id(index))
            lines.append(
                #"{"kind":"\#(kind)","user":"ada","space":"v6","code":"\#(code)","label":"warm","event":77,"#
                    + #""always":true,"eventID":"\#(ids[index])"}"#)
        }
        #expect(try await world.load(lines).eventCount == 7)
        let count = try world.count()
        let again = try await world.load(lines)
        #expect(again.eventCount == 0 && again.repeatCount == 7)
        #expect(try world.count() == count)
        let exported = try world.store.events(limit: .max).map(\.interchangeJSON)
        for (kind, id) in zip(kinds, ids) {
            #expect(exported.contains { $0.contains("\"kind\":\"\(kind)\"") && $0.contains(id) }, "\(kind)")
        }
        // The same id for something else is refused, as is one that is none.
        for (kind, id) in [("revoke", Self.id(0)), ("settings", Self.id(0)), ("label", "no-uuid")] {
            let line =
                #"{"kind":"\#(kind)","user":"ada","space":"v6","code":"\#(code)","label":"cool","eventID":"\#(id)"}"#
            await #expect(throws: InterchangeError.self, "\(kind)") { try await world.load([line]) }
        }
        #expect(try world.count() == count)
        #expect(try world.store.verify().findings == [])
    }

    private static func id(_ number: Int) -> String { EventID(high: 0x1234, low: UInt64(number) + 1).description }

    @Test func `derived ids keep owners' lines from being said twice`() async throws {
        let world = try await ImportWorld()
        let code = try await world.rank().code
        let line = #"{"kind":"label","user":"ada","code":"\#(code)","label":"warm"}"#
        #expect(try await world.load([line]) { $0.derivesEventIDs = true }.eventCount == 1)
        #expect(try await world.load([line]) { $0.derivesEventIDs = true }.repeatCount == 1)
    }

    @Test func `a bundle brings its label along, and an export of it too`() async throws {
        let (source, target, copy) = (try await ImportWorld(), try await ImportWorld(), try await ImportWorld())
        let version = try await source.rank()
        try await source.store.label(version.code, of: source.ada, "warm film look")
        let imported = try await target.store.importBundle(try source.store.exportBundle(of: version.code))
        #expect(imported.label == "warm film look")
        #expect(try await target.store.importBundle(try source.store.exportBundle(of: version.code)) == imported)
        #expect(try target.store.verify().findings == [])
        let lines = try target.store.events(limit: .max).map(\.interchangeJSON)
        try await copy.load(lines) { $0.trustsTimes = false }
        #expect(try copy.store.version(version.code).label == "warm film look")
        #expect(try copy.store.verify().findings == [])
        try target.store.rebuild()
        #expect(try target.store.version(version.code).label == "warm film look")
        // Who mints the version here owns it and names it.
        #expect(try await target.rank().label == nil)
    }
}
