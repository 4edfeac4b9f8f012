internal import EventLog

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension NewEvent {
    /// Reads an event from a JSON object of the interchange format (docs/interchange.md): a `rank`, `like`, `unlike`, `pick`,
    /// `skip` or `image`. Its `recordedAt` is not looked at: events are recorded when they are appended.
    ///
    /// - Parameters:
    ///   - json: The object in UTF-8.
    ///   - defaultSpace: The space of an event that names none.
    /// - Throws: What is wrong with the object, and the remedy.
    public init(interchangeJSON json: [UInt8], defaultSpace: String? = nil) throws(InterchangeFault) {
        self = try NewEvent(InterchangeLine(json: json), defaultSpace: defaultSpace)
    }

    /// Reads the events of a JSON array, or of JSON Lines, in order.
    ///
    /// Blank lines are passed over; all events are in memory at once, so this is for requests, while an ``Importer`` is
    /// for files.
    ///
    /// - Parameters:
    ///   - json: The array or lines in UTF-8.
    ///   - defaultSpace: The space of an event that names none.
    /// - Throws: The first element or line that is no event, numbered from 1, and what is wrong with it.
    public static func list(
        interchangeJSON json: [UInt8], defaultSpace: String? = nil
    ) throws(InterchangeError) -> [NewEvent] {
        let isArray = json.first { !$0.isJSONWhitespace } == UInt8(ascii: "[")
        return isArray ? try elements(json, defaultSpace) : try lines(json, defaultSpace)
    }

    private static func lines(_ json: [UInt8], _ defaultSpace: String?) throws(InterchangeError) -> [NewEvent] {
        var events: [NewEvent] = []
        let lines = json.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let parser = LineParser()
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isJSONWhitespace) {
            do throws(InterchangeFault) {
                events.append(try NewEvent(InterchangeLine(json: Array(line), parser), defaultSpace: defaultSpace))
            } catch {
                throw InterchangeError(line: index + 1, fault: error)
            }
        }
        return events
    }

    private static func elements(_ json: [UInt8], _ defaultSpace: String?) throws(InterchangeError) -> [NewEvent] {
        do throws(JSONFlaws.Flaw) { try JSONFlaws.check(json) } catch {
            throw InterchangeError(line: error.element + 1, fault: error.fault)
        }
        let elements: [InterchangeLine]
        do { elements = try JSONDecoder().decode([InterchangeLine].self, from: Data(json)) } catch {
            throw InterchangeError(decoding: error)
        }
        var events: [NewEvent] = []
        for (index, element) in elements.enumerated() {
            do throws(InterchangeFault) {
                events.append(try NewEvent(element, defaultSpace: defaultSpace))
            } catch {
                throw InterchangeError(line: index + 1, fault: error)
            }
        }
        return events
    }

    private init(_ line: InterchangeLine, defaultSpace: String?) throws(InterchangeFault) {
        guard case .event(let event) = try line.request(defaultSpace: defaultSpace, trustsTimes: false) else {
            throw .invalidValue("kind", "'\(line.kind)' is no event; only rank, like, unlike, pick, skip and image are")
        }
        self = event
    }
}

extension InterchangeError {
    /// What is wrong with an array: the element that the decoder was at, or 1 when the text is no array at all.
    fileprivate init(decoding error: any Error) {
        guard let error = error as? DecodingError else {
            self.init(line: 1, fault: .malformed("\(error)"))
            return
        }
        let path =
            switch error {
            case .keyNotFound(_, let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
                .dataCorrupted(let context):
                context.codingPath
            @unknown default: [] as [any CodingKey]
            }
        self.init(line: (path.first?.intValue ?? 0) + 1, fault: InterchangeFault(error))
    }
}

extension UInt8 {
    fileprivate var isJSONWhitespace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
