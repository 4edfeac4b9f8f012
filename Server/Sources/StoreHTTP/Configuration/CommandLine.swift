/// What the command line asks for.
package enum CommandLineRequest: Hashable, Sendable {
    /// To serve, with these settings and perhaps a file of more.
    case serve(settings: [String: String], file: String?)
    /// To write a new key file.
    case keys(file: String)
    /// To print a token of a user, good for so many seconds.
    case token(file: String, user: String, seconds: Int)
    /// To print this.
    case help

    /// Why a command line cannot be understood.
    package struct Fault: Error, CustomStringConvertible {
        /// What is wrong and the remedy.
        package let description: String

        /// A fault in these words.
        package init(description: String) { self.description = description }
    }

    /// Reads the arguments after the program's name.
    package init(_ arguments: [String]) throws(Fault) {
        switch arguments.first {
        case "help", "--help", "-h": self = .help
        case "keys":
            guard arguments.count == 2 else { throw Fault(description: "give one file: storeserver keys FILE") }
            self = .keys(file: arguments[1])
        case "token":
            let flags = try Self.flags(
                arguments.dropFirst(), known: ["--keys-file", "--user", "--seconds"])
            guard let file = flags["--keys-file"], let user = flags["--user"] else {
                throw Fault(description: "give --keys-file FILE and --user NAME")
            }
            guard let seconds = Int(flags["--seconds"] ?? "3600"), (1...31_536_000).contains(seconds) else {
                throw Fault(description: "--seconds is not a whole number from 1 to 31536000; correct it")
            }
            self = .token(file: file, user: user, seconds: seconds)
        default:
            let known = Setting.all.map(\.flag) + ["--config"]
            var flags = try Self.flags(arguments[...], known: Set(known))
            let file = flags.removeValue(forKey: "--config")
            var settings: [String: String] = [:]
            for setting in Setting.all { settings[setting.key] = flags[setting.flag] }
            self = .serve(settings: settings, file: file)
        }
    }

    private static func flags(
        _ arguments: ArraySlice<String>, known: Set<String>
    ) throws(Fault) -> [String: String] {
        var flags: [String: String] = [:]
        var rest = arguments
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let flag = String(parts[0])
            guard known.contains(flag) else {
                throw Fault(description: "there is no '\(flag)'; 'storeserver --help' lists what there is")
            }
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                throw Fault(description: "'\(flag)' needs a value; give it after a space or '='")
            }
            guard flags.updateValue(value, forKey: flag) == nil else {
                throw Fault(description: "'\(flag)' is there twice; leave one out")
            }
        }
        return flags
    }

    /// What `--help` prints.
    package static var helpText: String {
        let width = Setting.all.map { "\($0.flag) \($0.value)".count }.max() ?? 0
        let settings = Setting.all.map { setting in
            let left = "\(setting.flag) \(setting.value)"
            return "  " + left + String(repeating: " ", count: width - left.count + 2) + setting.about
        }
        return """
            Serves a personalization store over HTTP, with a page on which people rank (docs/http.md).

              storeserver [--config FILE] [SETTINGS]
              storeserver keys FILE                       writes a new key file, and prints its service token
              storeserver token --keys-file FILE --user NAME [--seconds N]
                                                          prints a token of a user, good for an hour

            A setting is a flag, or a variable (--http-port is HTTP_PORT), or a member of the JSON file that --config
            names ({"http": {"port": 8080}}); flags go before variables, and variables before the file.

            \(settings.joined(separator: "\n"))
            """
    }
}
