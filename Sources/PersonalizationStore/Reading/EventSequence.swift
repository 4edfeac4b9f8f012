public import EventLog

/// The events of the log from a position on: those that are there, and then each new one as it is committed, by this
/// process or another. Never ends by itself; ends when its task is cancelled.
///
/// No read transaction is held while the consumer works or the sequence waits, so a slow consumer costs nothing but
/// its own delay. New events are noticed within the poll interval.
public struct EventSequence: AsyncSequence, Sendable {
    /// An event with its names.
    public typealias Element = StoredEvent
    /// Reading the store may fail.
    public typealias Failure = StoreError

    let store: Store
    let start: Position
    let pollInterval: Duration

    /// Begins at the sequence's first position.
    public func makeAsyncIterator() -> Iterator { Iterator(store: store, next: start, pollInterval: pollInterval) }

    /// Reads a batch of events at a time and hands them out one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let store: Store
        var next: Position
        let pollInterval: Duration
        private var batch: [StoredEvent] = []
        private var batchIndex = 0

        init(store: Store, next: Position, pollInterval: Duration) {
            self.store = store
            self.next = next
            self.pollInterval = pollInterval
        }

        /// The next event, or nil when the task was cancelled.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(StoreError) -> StoredEvent? {
            while batchIndex == batch.count {
                if Task.isCancelled { return nil }
                batch = try store.events(from: next, limit: 512)
                batchIndex = 0
                if let last = batch.last {
                    next = last.position.next
                } else {
                    do { try await Task.sleep(for: pollInterval) } catch { return nil }
                }
            }
            defer { batchIndex += 1 }
            return batch[batchIndex]
        }

        /// The next event, or nil when the task was cancelled.
        public mutating func next() async throws(StoreError) -> StoredEvent? { try await next(isolation: nil) }
    }
}

extension Store {
    /// The events from a position on, and then every new one.
    ///
    /// - Parameters:
    ///   - start: The first position to give.
    ///   - pollInterval: How often to look for new events once all are read; each look costs a microsecond.
    public func follow(
        from start: Position = .first, pollInterval: Duration = .milliseconds(10)
    ) -> EventSequence {
        EventSequence(store: self, start: start, pollInterval: pollInterval)
    }
}
