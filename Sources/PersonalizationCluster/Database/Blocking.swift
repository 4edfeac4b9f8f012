internal import Dispatch

/// Where calls that wait for a connection to be free may block: no thread of Swift's pool is held by them.
private let blockingQueue = DispatchQueue(label: "personalization-store.database", attributes: .concurrent)

/// Runs `body`, which blocks, on a thread outside Swift's pool.
func onThread<Result: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Result
) async throws(Failure) -> Result {
    let result: Swift.Result<Result, Failure> = await withCheckedContinuation { continuation in
        blockingQueue.async {
            do throws(Failure) { continuation.resume(returning: .success(try body())) } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
    return try result.get()
}
