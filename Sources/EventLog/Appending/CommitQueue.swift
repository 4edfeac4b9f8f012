/// The requests that wait for the writer, as a pure state machine: it decides, the committer acts.
///
/// Requests leave in the order in which they came. A group takes requests up to a limit in bytes, so that a commit's
/// size, and with it everybody's latency, is bounded; what does not fit waits, its caller suspended.
package struct CommitQueue<Element> {
    /// A request in the queue, with the name by which it can be cancelled.
    private struct Entry {
        let ticket: UInt64
        let byteCost: Int
        let element: Element
    }

    /// What the committer must do after an element was added.
    package enum EnqueueAction: Equatable {
        /// Start the writer: it was idle.
        case startWriter
        /// Nothing: the writer is at work and will come for it.
        case none
    }

    private var entries: [Entry] = []
    private var firstIndex = 0
    private var isWriterRunning = false
    private let groupByteLimit: Int

    /// An empty queue whose groups hold at most this many bytes, or one request.
    package init(groupByteLimit: Int) { self.groupByteLimit = groupByteLimit }

    /// The number of requests waiting.
    package var count: Int { entries.count - firstIndex }

    /// The request that has waited longest.
    package var first: Element? { firstIndex < entries.count ? entries[firstIndex].element : nil }

    /// Adds a request at the end.
    package mutating func enqueue(_ element: Element, ticket: UInt64, byteCost: Int) -> EnqueueAction {
        entries.append(Entry(ticket: ticket, byteCost: byteCost, element: element))
        if isWriterRunning { return .none }
        isWriterRunning = true
        return .startWriter
    }

    /// Takes the next group; an empty one means that the writer has become idle.
    package mutating func takeGroup() -> [Element] {
        var group: [Element] = []
        var byteCount = 0
        while firstIndex < entries.count {
            let entry = entries[firstIndex]
            if !group.isEmpty, byteCount + entry.byteCost > groupByteLimit { break }
            group.append(entry.element)
            byteCount += entry.byteCost
            firstIndex += 1
        }
        if firstIndex == entries.count {
            entries.removeAll(keepingCapacity: true)
            firstIndex = 0
        } else if firstIndex > entries.count / 2 {
            entries.removeFirst(firstIndex)
            firstIndex = 0
        }
        if group.isEmpty { isWriterRunning = false }
        return group
    }

    /// Removes a waiting request, or returns nil when it has left the queue already.
    package mutating func cancel(ticket: UInt64) -> Element? {
        guard let index = entries[firstIndex...].firstIndex(where: { $0.ticket == ticket }) else { return nil }
        return entries.remove(at: index).element
    }
}
