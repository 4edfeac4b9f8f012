import Dispatch
import PersonalizationStore

/// A rebuild on a thread of its own, which stops half-way until it is let go: its tables are filled by then, and not
/// yet those that anybody reads.
final class HeldRebuild: Sendable {
    private let goOn = DispatchSemaphore(value: 0)
    private let halfWay: AsyncStream<Void>
    private let results: AsyncStream<Result<Void, StoreError>>

    init(of store: Store) {
        let (halfWay, reached) = AsyncStream<Void>.makeStream()
        let (results, finished) = AsyncStream<Result<Void, StoreError>>.makeStream()
        self.halfWay = halfWay
        self.results = results
        DispatchQueue.global().async { [goOn] in
            do throws(StoreError) {
                try store.rebuild { _ in
                    reached.yield()
                    goOn.wait()
                }
                finished.yield(.success(()))
            } catch {
                finished.yield(.failure(error))
            }
        }
    }

    /// Returns when the rebuild stands half-way.
    func waitUntilHalfWay() async { for await _ in halfWay { return } }

    /// Lets the rebuild go on, and returns when it is done.
    func finish() async throws {
        goOn.signal()
        for await result in results { return try result.get() }
    }

    deinit { goOn.signal() }
}
