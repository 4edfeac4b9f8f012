/// What one process measured: the content of its result line.
struct Measurement: Sendable {
    var unit: String
    /// One number for each repetition inside the process.
    var values: [Double]
    /// How many events, versions or resolves the values rest on.
    var events: Int?
    var latency: LatencySamples?
    /// Further numbers that the suite's goals need.
    var details: [(name: String, value: Double)] = []

    /// A rate: so many of something in so many seconds.
    static func rate(_ unit: String, _ count: Int, seconds: Double) -> Measurement {
        Measurement(unit: unit, values: [Double(count) / max(seconds, 1e-9)], events: count)
    }

    /// The line of JSON that Benchmarks/README.md specifies.
    func line(of arguments: Arguments) -> String {
        var members = [
            "\"side\":\"store\"", "\"workload\":\(Self.quoted(arguments.workload))",
            "\"parameters\":\(Self.json(arguments.parameters))", "\"unit\":\(Self.quoted(unit))",
            "\"values\":[\(values.map { "\($0)" }.joined(separator: ","))]",
        ]
        if let events { members.append("\"events\":\(events)") }
        if let latency { members.append("\"latency\":\(latency.json)") }
        members += details.map { "\(Self.quoted($0.name)):\($0.value)" }
        return "{\(members.joined(separator: ","))}"
    }

    /// The parameters without paths, which say nothing about the measurement and much about the machine.
    private static func json(_ parameters: [(name: String, value: String)]) -> String {
        let members = parameters.filter { $0.name != "store" && $0.name != "file" }.map { name, value in
            "\(quoted(name)):\(Double(value)?.isFinite == true ? value : quoted(value))"
        }
        return "{\(members.joined(separator: ","))}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"", "\\": quoted += "\\\(character)"
            case _ where character.value < 0x20: quoted += "?"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }
}
