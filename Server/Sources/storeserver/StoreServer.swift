internal import Configuration
internal import Foundation
internal import Hummingbird
internal import Logging
internal import StoreHTTP

/// `storeserver`
@main
struct StoreServer {
    static func main() async {
        do {
            switch try CommandLineRequest(Array(CommandLine.arguments.dropFirst())) {
            case .help: print(CommandLineRequest.helpText)
            case .keys(let file): print(try KeyFileMaking.write(to: file))
            case .token(let file, let user, let seconds):
                print(try await KeyFileMaking.token(of: user, seconds: seconds, keyFile: file))
            case .serve(let settings, let file): try await serve(settings, file)
            }
        } catch {
            FileHandle.standardError.write(Data("storeserver: \(error)\n".utf8))
            exit(error is CommandLineRequest.Fault ? 2 : 3)
        }
    }

    private static func serve(_ settings: [String: String], _ file: String?) async throws {
        // Flags are text like variables, and are read by the same rules.
        let flags = Dictionary(
            uniqueKeysWithValues: settings.map { ($0.key.replacing(".", with: "_").uppercased(), $0.value) })
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(environmentVariables: flags), EnvironmentVariablesProvider(),
        ]
        if let file { providers.append(try await FileProvider<JSONSnapshot>(filePath: .init(file))) }
        let reader = ConfigReader(providers: providers)
        let configuration = try ServerConfiguration(reader)
        var logger = Logger(label: "storeserver")
        if let level = reader.string(forKey: "log.level") {
            guard let known = Logger.Level(rawValue: level) else {
                throw CommandLineRequest.Fault(
                    description: "'log.level' is '\(level)'; give one of "
                        + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
            }
            logger.logLevel = known
        }
        let scheme = configuration.certificate == nil ? "http" : "https"
        let address = "\(scheme)://\(configuration.host)"
        let server = try await makeServer(configuration, logger: logger) { port in
            FileHandle.standardError.write(Data("storeserver: listening on \(address):\(port)\n".utf8))
        }
        try await server.runService()
    }
}
