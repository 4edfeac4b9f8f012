/// A place in the drawing, in user units: x to the right, y down.
package struct Point: Equatable, Sendable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// An upright rectangle in the drawing.
package struct Box: Equatable, Sendable {
    package var left: Double
    package var top: Double
    package var right: Double
    package var bottom: Double

    package init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// The square of side `2 * radius` about a point.
    package init(around center: Point, radius: Double) {
        self.init(
            left: center.x - radius, top: center.y - radius, right: center.x + radius, bottom: center.y + radius)
    }

    package var width: Double { right - left }
    package var height: Double { bottom - top }

    /// The rectangle with a margin added on every side.
    package func grown(by margin: Double) -> Box {
        Box(left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin)
    }

    /// Whether the two share an area; touching edges do not count.
    package func overlaps(_ other: Box) -> Bool {
        left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }

    /// Whether the other lies wholly inside.
    package func contains(_ other: Box) -> Bool {
        left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom
    }

    /// Whether any part of the straight line from one point to another lies inside.
    package func meets(_ segment: Segment) -> Bool {
        // Liang and Barsky's clipping: the part of the line that is left is an interval of its parameter.
        let along = Point(x: segment.end.x - segment.start.x, y: segment.end.y - segment.start.y)
        var entering = 0.0
        var leaving = 1.0
        let edges = [
            (-along.x, segment.start.x - left), (along.x, right - segment.start.x),
            (-along.y, segment.start.y - top), (along.y, bottom - segment.start.y),
        ]
        for (slope, distance) in edges {
            if slope == 0 {
                if distance <= 0 { return false }
            } else if slope < 0 {
                entering = max(entering, distance / slope)
            } else {
                leaving = min(leaving, distance / slope)
            }
        }
        return entering < leaving
    }
}

/// A straight line between two points.
package struct Segment: Equatable, Sendable {
    package var start: Point
    package var end: Point

    package init(from start: Point, to end: Point) {
        self.start = start
        self.end = end
    }

    /// Whether the two lines cross in a point inside both.
    package func crosses(_ other: Segment) -> Bool {
        Self.turn(start, end, other.start) * Self.turn(start, end, other.end) < 0
            && Self.turn(other.start, other.end, start) * Self.turn(other.start, other.end, end) < 0
    }

    /// Twice the signed area of a triangle: its sign says on which side of the first two points the third lies.
    private static func turn(_ first: Point, _ second: Point, _ third: Point) -> Double {
        (second.x - first.x) * (third.y - first.y) - (second.y - first.y) * (third.x - first.x)
    }
}
