/// The images and codes of a map on their plane.
struct MapPlane {
    let images: [Point]
    let codes: [Point]
    /// What each axis shows of all variance, as text.
    let shares: [String]

    init(_ map: TasteMap) {
        let dimension = map.codes.first?.direction.count ?? map.images.first?.embedding.count ?? 0
        let unit = VectorTable(unit: map.images.map(\.embedding), dimension: dimension)
        let images = unit.seen(from: unit.mean())
        let codes = VectorTable(unit: map.codes.map(\.direction), dimension: dimension)
        let plane = PrincipalPlane(fitting: [images, codes])
        self.images = (0..<images.count).map { plane.projection(of: $0, in: images) }
        self.codes = (0..<codes.count).map { plane.projection(of: $0, in: codes) }
        shares = plane.variances.map { variance in
            let total = plane.totalVariance
            return Decimal.fixed(total > 1e-12 ? 100 * variance / total : 0, places: 0) + " %"
        }
    }
}
