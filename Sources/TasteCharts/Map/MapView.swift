/// How the plane is laid into a frame: one scale both ways, so that angles are true.
struct MapView {
    private let frame: Box
    private let center: Point
    /// Units of the drawing per unit of the plane.
    private let scale: Double

    /// The view that shows the points and the origin, with some room around them.
    init(showing points: [Point], in frame: Box) {
        let xs = points.map(\.x) + [0]
        let ys = points.map(\.y) + [0]
        let (left, right) = (xs.min() ?? 0, xs.max() ?? 0)
        let (low, high) = (ys.min() ?? 0, ys.max() ?? 0)
        self.frame = frame
        center = Point(x: (left + right) / 2, y: (low + high) / 2)
        // Points closer than this are one but for the rounding of the vectors, which a closer view would blow up.
        scale =
            max(right - left, high - low) < 0.001
            ? 0.45 * frame.height : 0.9 * min(frame.width / (right - left), frame.height / (high - low))
    }

    /// Where a point of the plane is drawn; the second axis points up.
    func place(_ point: Point) -> Point {
        Point(
            x: (frame.left + frame.right) / 2 + (point.x - center.x) * scale,
            y: (frame.top + frame.bottom) / 2 - (point.y - center.y) * scale)
    }

    /// The round values along the first axis that lie in the frame.
    func xTicks() -> [(Double, String)] { ticks(about: center.x, extent: frame.width / scale) }

    /// The round values along the second axis, as far apart as those along the first.
    func yTicks() -> [(Double, String)] { ticks(about: center.y, extent: frame.height / scale) }

    private func ticks(about middle: Double, extent: Double) -> [(Double, String)] {
        let across = frame.width / scale
        let grid = RoundScale(covering: 0...across, maximumTicks: 12)
        let step = grid.ticks[1] - grid.ticks[0]
        let first = ((middle - extent / 2) / step).rounded(.up)
        let last = ((middle + extent / 2) / step).rounded(.down)
        guard last >= first else { return [] }
        return (0...Int(last - first)).map { index in
            let value = (first + Double(index)) * step
            return (value, Decimal.fixed(value, places: grid.places))
        }
    }
}
