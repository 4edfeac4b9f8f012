import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What an XML parser that is not ours reads from a document.
final class ParsedSVG: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    /// The text in each element of a name, in order.
    private(set) var texts: [String: [String]] = [:]
    private(set) var attributes: [String: [[String: String]]] = [:]
    private var open: [(name: String, text: String)] = []

    /// The document, or nil when it is not well-formed.
    init?(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        guard parser.parse(), open.isEmpty else { return nil }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes attributeDict: [String: String] = [:]
    ) {
        elements[name, default: 0] += 1
        attributes[name, default: []].append(attributeDict)
        open.append((name, ""))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        for index in open.indices { open[index].text += string }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard let element = open.popLast() else { return }
        texts[element.name, default: []].append(element.text)
    }
}
