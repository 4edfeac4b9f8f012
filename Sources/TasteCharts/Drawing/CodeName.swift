/// How a code and the label that its owner gave it are written on a chart.
struct CodeName {
    /// The code, cut so that even a full hash fits.
    let code: String
    /// The label, cut to fit; nil when there is none or it is blank.
    let label: String?

    static let codeLimit = 110.0

    init(code: String, label: String?, labelLimit: Double) {
        self.code = TextMeasure.fitted(XML.oneLine(code), face: .mono, size: 11, width: Self.codeLimit)
        let text = label.map(XML.oneLine) ?? ""
        self.label =
            text.allSatisfy { $0 == " " }
            ? nil : TextMeasure.fitted(text, face: .sans, size: 11, width: labelLimit)
    }

    /// Both on one line.
    var line: [PlacedText.Run] {
        let first = PlacedText.Run(text: code, style: .code)
        guard let label else { return [first] }
        return [first, PlacedText.Run(text: " " + label, style: .label)]
    }
}
