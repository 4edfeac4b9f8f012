/// A line of text at its place in a chart, with the area that it may cover.
///
/// Charts lay out all their text as these before they draw any, so that a test can see that none overlap.
package struct PlacedText: Equatable, Sendable {
    /// What the text is for, which decides its face, size and colour.
    package enum Style: String, Sendable {
        case title
        case subtitle
        case panel
        case tick
        case value
        case code
        case label
        case number
    }

    /// A part of the line in one style.
    package struct Run: Equatable, Sendable {
        package let text: String
        package let style: Style
    }

    /// Which end of the text stands at the origin.
    package enum Anchor: String, Sendable {
        case start
        case middle
        case end
    }

    package let runs: [Run]
    /// Where the anchor stands on the baseline.
    package let origin: Point
    package let anchor: Anchor
    /// Whether the text rises to the right at 45 degrees, turned about its origin.
    package let isRising: Bool

    package init(_ runs: [Run], at origin: Point, anchor: Anchor = .start, isRising: Bool = false) {
        self.runs = runs
        self.origin = origin
        self.anchor = anchor
        self.isRising = isRising
    }

    package init(_ text: String, _ style: Style, at origin: Point, anchor: Anchor = .start) {
        self.init([Run(text: text, style: style)], at: origin, anchor: anchor)
    }

    /// An upper estimate of the width along the baseline.
    package var width: Double { runs.reduce(0) { $0 + $1.width } }

    /// How far text reaches above its baseline, and below it, as parts of the font size.
    package static let ascent = 0.86
    package static let descent = 0.26

    /// The four corners of the area that the text may cover, in order around it.
    package var corners: [Point] {
        let size = runs.map(\.style.size).max() ?? 0
        let start =
            switch anchor {
            case .start: 0.0
            case .middle: -width / 2
            case .end: -width
            }
        let top = -size * Self.ascent
        let bottom = size * Self.descent
        return [(start, top), (start + width, top), (start + width, bottom), (start, bottom)].map { along, down in
            let turn = 0.5.squareRoot()
            return isRising
                ? Point(x: origin.x + (along + down) * turn, y: origin.y + (down - along) * turn)
                : Point(x: origin.x + along, y: origin.y + down)
        }
    }

    /// The smallest upright rectangle around the text.
    package var bounds: Box {
        let corners = corners
        return Box(
            left: corners.map(\.x).min() ?? 0, top: corners.map(\.y).min() ?? 0,
            right: corners.map(\.x).max() ?? 0, bottom: corners.map(\.y).max() ?? 0)
    }
}

extension PlacedText.Run {
    var width: Double { TextMeasure.width(text, face: style.face, size: style.size) }
}

extension PlacedText.Style {
    /// The font size in user units.
    package var size: Double {
        switch self {
        case .title: 18
        case .subtitle, .panel, .value: 12
        case .tick, .code, .label: 11
        case .number: 9
        }
    }

    /// The face that the style is set in.
    package var face: TextMeasure.Face {
        switch self {
        case .title, .panel, .value: .bold
        case .subtitle, .tick, .label, .number: .sans
        case .code: .mono
        }
    }
}
