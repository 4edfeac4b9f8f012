internal import EventLog

/// Follows which records were erased, and by which events.
struct ErasureVerifier {
    /// An erasure by the event at a position.
    private struct Erasure {
        let position: Position
        let streams: [Position]
        let records: [Position]
    }

    private var erasures: [Erasure] = []
    /// A bit for each record of a person that was erased; whose it was, nothing says any more.
    private var erased: [UInt64] = []
    /// Records of spaces whose private part was erased.
    private var erasedBesides: Set<Position> = []

    /// Takes the next record.
    mutating func take(_ record: borrowing RecordView, _ body: RecordBody) {
        if case .personErased(let erasure) = body {
            erasures.append(
                Erasure(position: record.position, streams: erasure.streams, records: erasure.records))
        }
        guard record.isErased else { return }
        if record.header.isPersonal {
            let (word, bit) = Self.place(of: record.position)
            while erased.count <= word { erased.append(0) }
            erased[word] |= 1 << bit
        } else {
            erasedBesides.insert(record.position)
        }
    }

    private static func place(of position: Position) -> (word: Int, bit: UInt64) {
        (Int(position.number >> 6), position.number & 63)
    }

    private func isErased(_ position: Position) -> Bool {
        let (word, bit) = Self.place(of: position)
        return word < erased.count && erased[word] >> bit & 1 != 0
    }

    /// What was erased although no later event says so, and what was not although an event said so that is carried out.
    ///
    /// - Parameter finished: The last event that is carried out, with all before it.
    func findings(finishedThrough finished: Position?) -> [String] {
        unaskedFlaws()
            + erasures.flatMap { erasure in
                erasure.position.number <= finished.stored ? flaws(of: erasure) : []
            }
    }

    private func flaws(of erasure: Erasure) -> [String] {
        let left =
            erasure.streams.filter { !isErased($0) } + erasure.records.filter { !erasedBesides.contains($0) }
        return left.sorted().map {
            "the record at position \($0) is there, though the event at position \(erasure.position) erased it"
        }
    }

    private func unaskedFlaws() -> [String] {
        let named = Set(erasures.flatMap(\.records))
        var unasked = erasedBesides.subtracting(named)
        // A person's records come after the opening of the person's first stream, and before the erasure. From the last
        // erasure back: where the first stream of any that comes later opens.
        var later = erasures[...]
        var first = UInt64.max
        for word in erased.indices.reversed() where erased[word] != 0 {
            for bit in (0..<64).reversed() where erased[word] >> UInt64(bit) & 1 != 0 {
                let number = UInt64(word) << 6 | UInt64(bit)
                while let erasure = later.last, erasure.position.number > number {
                    first = min(first, erasure.streams.first?.number ?? .max)
                    later.removeLast()
                }
                if number < first { unasked.insert(Position(number)) }
            }
        }
        return unasked.sorted().map { "the record at position \($0) was erased, and no event says so" }
    }
}
