/// Two images to ask a person about.
public struct ImagePair: Hashable, Sendable {
    /// The image to show first.
    public let first: String
    /// The image to show second.
    public let second: String

    /// A pair of images.
    public init(first: String, second: String) {
        self.first = first
        self.second = second
    }
}
