/// Scores images by one taste: logits above the catalogue's mean, in Q8.
///
/// Reads rows in place, at memory speed. Exact for any `Int16` components, canonical or not.
package struct TasteScorer: Sendable {
    private let direction: [Int16]
    private let gain: Int
    /// C·μ.
    private let offset: Int
    /// How many components may be summed in 32-bit lanes.
    private let chunk: Int

    /// A scorer for a taste.
    ///
    /// - Precondition: The space is the taste's.
    package init(taste: Taste, space: SpaceDescriptor) {
        precondition(taste.spaceID == space.id && taste.dimension == space.dimension, "a taste of another space")
        direction = taste.direction
        gain = Int(taste.gain)
        var offset = 0
        for (component, mean) in zip(taste.direction, space.mean) { offset += Int(component) * Int(mean) }
        self.offset = offset
        chunk = Self.exactChunk(of: taste.direction)
    }

    /// The number of components of a row.
    package var dimension: Int { direction.count }

    /// The score of one embedding.
    ///
    /// - Parameter embedding: The components as little-endian `Int16`, at any alignment.
    /// - Precondition: There are as many as the space has dimensions.
    package func score(of embedding: RawSpan) -> Int {
        precondition(embedding.byteCount == 2 * dimension, "an embedding of another dimension")
        return embedding.withUnsafeBytes { row in
            direction.withUnsafeBytes { score(row, $0) }
        }
    }

    /// The scores of the rows of a matrix.
    ///
    /// - Parameters:
    ///   - matrix: The embeddings one after the other, each as little-endian `Int16` components.
    ///   - scores: Where to write the scores, one for each row.
    /// - Precondition: The matrix has as many rows as there is place for.
    package func scores(of matrix: RawSpan, into scores: inout MutableSpan<Int>) {
        let rowByteCount = 2 * dimension
        precondition(matrix.byteCount == scores.count * rowByteCount, "not a score for each row")
        matrix.withUnsafeBytes { matrix in
            direction.withUnsafeBytes { direction in
                for row in 0..<scores.count {
                    let start = row * rowByteCount
                    scores[row] = score(
                        UnsafeRawBufferPointer(rebasing: matrix[start..<(start + rowByteCount)]), direction)
                }
            }
        }
    }

    /// The inner loop; both sides have `2 * dimension` bytes, as the callers have checked. Raw pointers, because a
    /// checked load of eight components costs more than its arithmetic.
    @inline(__always)
    private func score(_ row: UnsafeRawBufferPointer, _ direction: UnsafeRawBufferPointer) -> Int {
        let count = dimension
        let whole = count & ~7
        var product = 0
        var start = 0
        while start < whole {
            let end = min(start &+ chunk, whole)
            var lanes = SIMD4<Int32>()
            while start < end {
                lanes &+= pairwiseProducts(
                    row.loadUnaligned(fromByteOffset: 2 &* start, as: SIMD8<Int16>.self),
                    direction.loadUnaligned(fromByteOffset: 2 &* start, as: SIMD8<Int16>.self))
                start &+= 8
            }
            product &+= wideSum(lanes)
        }
        while start < count {
            product &+=
                Int(row.loadUnaligned(fromByteOffset: 2 &* start, as: Int16.self))
                &* Int(direction.loadUnaligned(fromByteOffset: 2 &* start, as: Int16.self))
            start &+= 1
        }
        return floorShift(gain, times: product &- offset, by: 28)
    }

    /// The largest power of two of components, at least 8, over which no 32-bit lane can overflow.
    ///
    /// A lane of a chunk sums C_k·e_k over its components, so it stays within 2^15 · Σ|C_k|: exact when that sum is at most
    /// 65,535. Two components, a chunk of 8, always are: |C_k| <= 2^14.
    private static func exactChunk(of direction: [Int16]) -> Int {
        var chunk = 8
        while chunk < direction.count, largestLaneSum(of: direction, chunk: 2 * chunk) <= 65_535 { chunk *= 2 }
        return chunk
    }

    private static func largestLaneSum(of direction: [Int16], chunk: Int) -> Int {
        var largest = 0
        for start in Swift.stride(from: 0, to: direction.count, by: chunk) {
            var lanes = [0, 0, 0, 0]
            for index in start..<min(start + chunk, direction.count) {
                lanes[(index - start) % 8 / 2] += Int(direction[index].magnitude)
            }
            largest = max(largest, lanes.max() ?? 0)
        }
        return largest
    }
}
