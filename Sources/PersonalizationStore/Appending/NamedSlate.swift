internal import EventLog

/// The images of a pick or skip, by their ids, as the caller gave them.
///
/// An object, so that the events that have none, nearly all of them, have to hold one reference only.
final class NamedSlate: Hashable, Sendable {
    let shown: [String]
    let chosen: [String]

    init(shown: [String], chosen: [String]) {
        self.shown = shown
        self.chosen = chosen
    }

    /// Which of the images shown were chosen, one bit each.
    ///
    /// - Parameter isPick: Whether at least one must be chosen; of a skip none is.
    func chosenBits(isPick: Bool) throws(SlateFault) -> UInt16 {
        guard Slate.sizes.contains(shown.count) else { throw .size(shown.count) }
        for (index, id) in shown.enumerated() where shown[..<index].contains(where: { $0.hasSameBytes(as: id) }) {
            throw .repeatedImage(id)
        }
        var bits: UInt16 = 0
        for id in chosen {
            guard let index = shown.firstIndex(where: { $0.hasSameBytes(as: id) }) else { throw .notShown(id) }
            guard bits >> UInt16(index) & 1 == 0 else { throw .repeatedImage(id) }
            bits |= 1 << UInt16(index)
        }
        if isPick {
            guard !chosen.isEmpty else { throw .nothingChosen }
            guard chosen.count < shown.count else { throw .everythingChosen }
        }
        return bits
    }

    /// Equal slates are equal bytes, as names are.
    static func == (left: NamedSlate, right: NamedSlate) -> Bool {
        left.shown.elementsEqual(right.shown) { $0.hasSameBytes(as: $1) }
            && left.chosen.elementsEqual(right.chosen) { $0.hasSameBytes(as: $1) }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(shown)
        hasher.combine(chosen)
    }
}

/// What is wrong with the images of a pick or skip.
public enum SlateFault: Error, Hashable, Sendable {
    /// So many images were shown.
    case size(Int)
    /// An image comes twice.
    case repeatedImage(String)
    /// An image that was not shown was chosen.
    case notShown(String)
    /// A pick chose nothing.
    case nothingChosen
    /// A pick chose every image.
    case everythingChosen
}

extension SlateFault: CustomStringConvertible {
    /// What is wrong and the remedy.
    public var description: String {
        switch self {
        case .size(let count): "\(count) images were shown together; show 2 to 16"
        case .repeatedImage(let id): "the image '\(id)' comes twice; name each image once"
        case .notShown(let id): "the image '\(id)' was chosen and not shown; name every image that was shown"
        case .nothingChosen: "nothing was chosen; choose an image, or record a skip"
        case .everythingChosen: "every image was chosen, which prefers none to another; record a skip"
        }
    }
}
