import EventLog
import Foundation
import PersonalizationStore
import Projections

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A person with things to erase: a process that does it, and a check of what a kill or a power loss left of it.
struct Eraser {
    let path: String

    private static let person = "erased-person-zq"
    private static let profile = ProfileName(user: person, space: "v6")
    private static let other = ProfileName(user: "user0", space: "v6")
    private static let label = "label-of-the-erased-zq"
    private static let eventCount = 12

    private static func eventID(_ number: Int) -> EventID {
        EventID(high: 0x5A5A_1122_3344_4000 | UInt64(number), low: 0x8ABC_5A5A_5A5A_0000 | UInt64(number))
    }

    /// What no file may hold afterwards.
    private static var traces: [[UInt8]] {
        let ids = (0..<eventCount).map { number in
            let id = eventID(number)
            return withUnsafeBytes(of: id.high.bigEndian) { Array($0) }
                + withUnsafeBytes(of: id.low.bigEndian) { Array($0) }
        }
        return [Array(person.utf8), Array(label.utf8)] + ids
    }

    /// Appends events of the person's, says where the last is, erases the person, and appends one more event, of which it says
    /// so too: by then everything of the person is gone.
    func erase() async throws {
        var options = Store.Options()
        options.flushPolicy = .init(generationRecordCount: 200, sliceRowCount: 20)
        let store = try Store.open(at: path, options: options)
        let events = (0..<Self.eventCount).map { number in
            var event = NewEvent.rank(Self.profile, winner: "image\(number)", loser: "image\(number + 3)")
            event.eventID = Self.eventID(number)
            return event
        }
        for event in events { StoreWorker.say("\(try await store.append(event).position)") }
        let code = try await store.currentVersion(of: Self.profile).code
        StoreWorker.say("\(try await store.label(code, of: Self.profile, Self.label).position)")
        let report = try await store.erase(user: Self.person, waitingAtMost: .seconds(60))
        guard report.finishedAt != nil, let position = report.positions.last else {
            throw CheckFailure(text: "the erasure was not finished: \(report.lingeringReaders)")
        }
        StoreWorker.say("\(position)")
        StoreWorker.say("\(try await store.append(.like(Self.other, image: "image1")).position)")
    }

    /// Everything acknowledged is there; where the person's erasure is, it is carried out, and no file has anything left.
    func check(acknowledged: UInt64) throws {
        let before = try Self.found(in: path)
        let store = try Store.open(at: path)
        let head = try store.head()?.position.number ?? 0
        guard head >= acknowledged else {
            throw CheckFailure(text: "position \(acknowledged) was acknowledged, and the head is \(head)")
        }
        let report = try store.verify()
        if !report.findings.isEmpty { throw CheckFailure(text: report.findings.joined(separator: "\n")) }
        guard let erasure = try store.erasures().last else { return }
        guard erasure.isFinished else { throw CheckFailure(text: "the erasure at \(erasure.position) is not finished") }
        let after = try Self.found(in: path)
        if !after.isEmpty { throw CheckFailure(text: "there are traces of the erased person in \(after)") }
        if acknowledged >= erasure.position.number, !before.isEmpty {
            throw CheckFailure(text: "the erasure was finished, and there were traces of the person in \(before)")
        }
        guard try store.streamHead(of: Self.profile) == nil else {
            throw CheckFailure(text: "the erased person has a stream")
        }
    }

    private static func found(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
            guard let data = FileManager.default.contents(atPath: path + "/" + name) else { return false }
            return traces.contains { contains(data, $0) }
        }
    }

    private static func contains(_ data: Data, _ bytes: [UInt8]) -> Bool {
        data.withUnsafeBytes { data in
            guard let base = data.baseAddress,
                let anchor = bytes.indices.max(by: { bytes[$0] < bytes[$1] })
            else { return false }
            var start = anchor
            // The greatest byte: zeros are what most of a file is.
            while start < data.count, let found = memchr(base + start, Int32(bytes[anchor]), data.count - start) {
                let place = base.distance(to: UnsafeRawPointer(found)) - anchor
                if place + bytes.count <= data.count, memcmp(base + place, bytes, bytes.count) == 0 { return true }
                start = place + anchor + 1
            }
            return false
        }
    }
}
