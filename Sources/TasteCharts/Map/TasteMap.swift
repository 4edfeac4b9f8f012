/// Codes and catalogue images in two dimensions.
///
/// Images and codes that lie in the same direction from the centre suit each other: the centre is the catalogue's mean,
/// which is a taste for nothing in particular. Images are drawn where their unit vectors stand as seen from that mean,
/// codes where their unit directions do.
///
/// The plane is the one in which images and codes vary most, each group counting half (principal components of the mean
/// of the two covariance matrices), found by power iteration from a fixed start for a fixed number of steps; of an axis
/// and its opposite, the one whose component of greatest magnitude is positive is taken. Two axes of many show only part
/// of what sets tastes apart; the chart says how much. Both axes have one scale.
///
/// Made for up to 500 codes and 5,000 images; of more images an even share is drawn. The same codes and images give the
/// same bytes on every machine.
public struct TasteMap: Sendable {
    /// An image of the catalogue.
    public struct Image: Sendable, Equatable {
        /// The image's id, shown when the pointer is over it.
        public var id: String
        /// Its embedding, of any length.
        public var embedding: [Int16]

        /// An image of these values.
        public init(id: String, embedding: [Int16]) {
            self.id = id
            self.embedding = embedding
        }
    }

    /// A code to draw.
    public struct Code: Sendable, Equatable {
        /// The code.
        public var code: String
        /// The name that the owner gave it, if any.
        public var label: String?
        /// The taste direction, of any length.
        public var direction: [Int16]

        /// A code of these values.
        public init(code: String, label: String? = nil, direction: [Int16]) {
            self.code = code
            self.label = label
            self.direction = direction
        }
    }

    /// What stands above the map.
    public let title: String
    /// The codes, those to name first standing first.
    public let codes: [Code]
    /// The images that are drawn.
    public let images: [Image]
    /// How many images there were to choose from.
    public let imageCount: Int

    /// How many images are drawn at most.
    public static let imageLimit = 5000

    /// A map of the codes among the images; either may be empty. A vector of zeros stands in the centre.
    ///
    /// Of more than `imageLimit` images, that many are drawn, evenly spaced in the order given.
    /// - Precondition: all embeddings and directions have one dimension.
    public init(title: String = "Taste map", codes: [Code], images: [Image]) {
        let dimension = codes.first?.direction.count ?? images.first?.embedding.count ?? 0
        precondition(
            codes.allSatisfy { $0.direction.count == dimension }
                && images.allSatisfy { $0.embedding.count == dimension },
            "a map shows one space: every direction and embedding must have \(dimension) components")
        self.title = title
        self.codes = codes
        imageCount = images.count
        let drawn = min(images.count, Self.imageLimit)
        self.images = (0..<drawn).map { images[$0 * images.count / drawn] }
    }

    /// The map as an SVG document in UTF-8, complete in itself; about 80 bytes an image.
    ///
    /// The plane takes 64 passes over all vectors: about a second for 5,000 images of 768 components.
    public var svg: String {
        let layout = MapLayout(self)
        var drawing = MapDrawing(map: self, layout: layout)
        return drawing.draw()
    }
}
