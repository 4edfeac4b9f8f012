internal import EventLog
internal import PersonalizationStore

/// A line of the interchange format is refused with a typed error, or means the same when written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzLine(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let json = Array(UnsafeBufferPointer(start: start, count: count))
    checkFastReading(of: json)
    do throws(InterchangeFault) {
        let line = try InterchangeLine(json: json)
        let written = line.json()
        precondition(!written.utf8.contains(UInt8(ascii: "\n")), "a line has a line feed in it")
        let again = try readAgain(written)
        precondition(again == line, "a line is not read back: \(written)")
        // Strings of other bytes can be equal: their normal forms are.
        precondition(again.json().utf8.elementsEqual(written.utf8), "a line is written otherwise: \(written)")
        for trustsTimes in [false, true] { try checkRequest(of: line, again, trustsTimes: trustsTimes) }
    } catch {
        precondition(!error.description.isEmpty && !error.isStoreFailure, "a wrong error: \(error)")
    }
    return 0
}

/// What the fast reader takes, the decoder takes, and reads the same in it.
private func checkFastReading(of json: [UInt8]) {
    guard let fast = LineParser().parse(json) else { return }
    do throws(InterchangeFault) {
        let slow = try InterchangeLine(decoding: json)
        precondition(fast == slow && fast.json().utf8.elementsEqual(slow.json().utf8), "a line is read in two ways")
    } catch {
        preconditionFailure("a line is read that the decoder refuses: \(error)")
    }
}

/// Reads what was just written; that it is refused is a defect.
private func readAgain(_ written: String) throws(InterchangeFault) -> InterchangeLine {
    do throws(InterchangeFault) { return try InterchangeLine(json: Array(written.utf8)) } catch {
        preconditionFailure("a line that was written is refused: \(written), \(error)")
    }
}

private func checkRequest(
    of line: InterchangeLine, _ again: InterchangeLine, trustsTimes: Bool
) throws(InterchangeFault) {
    guard case .event(let event) = try line.request(defaultSpace: "v6", trustsTimes: trustsTimes) else { return }
    precondition(event == eventAgain(again, trustsTimes: trustsTimes), "a line read back asks for something else")
    // An export writes the recorded time as text and the user's time as a number; both must come back.
    if let time = event.trustedTime {
        precondition(Timestamp(rfc3339: time.rfc3339) == time, "a time is not read back: \(time.rfc3339)")
    }
    var exported = again
    exported.at = event.occurredAt.map { .milliseconds($0) }
    let imported = eventAgain(exported, trustsTimes: false)
    precondition(imported?.occurredAt == event.occurredAt, "an exported time is read otherwise")
}

/// The event of a line like one that was accepted; that it is refused is a defect.
private func eventAgain(_ line: InterchangeLine, trustsTimes: Bool) -> NewEvent? {
    do throws(InterchangeFault) {
        if case .event(let event) = try line.request(defaultSpace: "v6", trustsTimes: trustsTimes) { return event }
        return nil
    } catch {
        preconditionFailure("a line like one that was accepted is refused: \(line.json()), \(error)")
    }
}
