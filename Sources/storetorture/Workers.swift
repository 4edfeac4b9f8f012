internal import Dispatch
internal import Synchronization

/// Does work for each item, on so many threads; each thread has its number, from 0. The first error stops it.
func forEachInParallel<Item: Sendable>(
    _ items: [Item], jobs: Int, _ body: @Sendable (_ worker: Int, _ item: Item) throws -> Void
) throws {
    let state = Mutex<(next: Int, error: (any Error)?)>((0, nil))
    DispatchQueue.concurrentPerform(iterations: jobs) { worker in
        while true {
            let index = state.withLock { state in
                defer { state.next += 1 }
                return state.error == nil ? state.next : items.count
            }
            guard index < items.count else { return }
            do { try body(worker, items[index]) } catch { state.withLock { $0.error = $0.error ?? error } }
        }
    }
    if let error = state.withLock({ $0.error }) { throw error }
}
