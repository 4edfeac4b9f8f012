/// Finds room for labels beside marks, one after the other, each in the first place that is free.
struct LabelPlacer {
    /// A place for a label, and the line that leads to it when it stands away from its mark.
    struct Place {
        let box: Box
        let leader: Segment?
    }

    /// How far from its mark a label may be looked for.
    enum Reach {
        case adjacent
        case led
    }

    private let area: Box
    private let marks: [Box]
    private let radius: Double
    private var taken: [Box] = []
    private var leaders: [Segment] = []

    /// A placer for the marks of a radius at some points, with all labels inside the area.
    init(area: Box, marks points: [Point], radius: Double) {
        self.area = area
        self.radius = radius
        marks = points.map { Box(around: $0, radius: radius + 1) }
    }

    /// Takes the first free place for a label of a size beside a mark, or none.
    mutating func place(width: Double, height: Double, beside mark: Int, at point: Point, reach: Reach) -> Place? {
        var boxes = Self.adjacent(width: width, height: height, point: point, radius: radius)
        // Labels right above and below a mark would shut in the lines of others close by.
        if reach == .led { boxes.removeLast(2) }
        if let box = boxes.first(where: isFree) {
            taken.append(box.grown(by: 2))
            return Place(box: box, leader: nil)
        }
        guard reach == .led else { return nil }
        for distance in [18.0, 30, 44, 60, 80, 104, 132] {
            for (x, y) in Self.directions {
                let center = Point(x: point.x + x * (distance + width / 2), y: point.y + y * (distance + height / 2))
                let box = Box(
                    left: center.x - width / 2, top: center.y - height / 2, right: center.x + width / 2,
                    bottom: center.y + height / 2)
                let end = Point(
                    x: min(max(point.x, box.left), box.right), y: min(max(point.y, box.top), box.bottom))
                let leader = Segment(from: point, to: end)
                guard isFree(box), isFree(leader, from: mark) else { continue }
                taken.append(box.grown(by: 2))
                leaders.append(leader)
                return Place(box: box, leader: leader)
            }
        }
        return nil
    }

    private func isFree(_ box: Box) -> Bool {
        area.contains(box) && !marks.contains { $0.overlaps(box) } && !taken.contains { $0.overlaps(box) }
            && !leaders.contains { box.meets($0) }
    }

    /// Whether a leader touches nothing but marks that cover its own: those it could not but touch.
    private func isFree(_ leader: Segment, from mark: Int) -> Bool {
        !taken.contains { $0.meets(leader) } && !leaders.contains { $0.crosses(leader) }
            && !marks.contains { $0.meets(leader) && !$0.overlaps(marks[mark]) }
    }

    /// The eight places that touch a mark, the best to read first, those above and below last.
    private static func adjacent(width: Double, height: Double, point: Point, radius: Double) -> [Box] {
        let sides: [(x: Double, y: Double)] = [
            (1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1),
        ]
        return sides.map { side in
            // A label at a corner comes a little closer, as a mark is round.
            let gap = side.x != 0 && side.y != 0 ? radius * 0.75 + 2 : radius + 4
            let center = Point(x: point.x + side.x * (gap + width / 2), y: point.y + side.y * (gap + height / 2))
            return Box(
                left: center.x - width / 2, top: center.y - height / 2, right: center.x + width / 2,
                bottom: center.y + height / 2)
        }
    }

    private static let directions: [(Double, Double)] = {
        let (long, short) = (0.866_025_403_784_438_6, 0.5)
        return [
            (1, 0), (-1, 0), (long, -short), (long, short), (-long, -short), (-long, short), (short, -long),
            (short, long), (-short, -long), (-short, long), (0, -1), (0, 1),
        ]
    }()
}
