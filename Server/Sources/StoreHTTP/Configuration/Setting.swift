/// A setting of the server: a key of the configuration, which flag, variable and file have in common.
///
/// `http.port` is the flag `--http-port`, the variable `HTTP_PORT`, and the member `port` of `http` in the file.
package struct Setting: Sendable {
    /// The key, with points between its words.
    package let key: String
    /// What the value is, for the help.
    let value: String
    /// What the setting does.
    let about: String

    /// The flag of the command line.
    package var flag: String { "--" + key.replacing(".", with: "-") }

    /// All settings, in the order of the help.
    package static let all = [
        Setting(key: "store.path", value: "FOLDER", about: "The store."),
        Setting(key: "store.create", value: "true|false", about: "Creates the store when there is none. (false)"),
        Setting(key: "store.map.bytes", value: "N", about: "The size that a store created here can grow to. (1 TiB)"),
        Setting(key: "store.report.seconds", value: "N", about: "How often the store's metrics are taken. (10)"),
        Setting(key: "store.long.read.seconds", value: "N", about: "From which age on an open read is warned of. (30)"),
        Setting(key: "keys.file", value: "FILE", about: "The tokens and keys; read again when it changes."),
        Setting(
            key: "keys.lifetime.seconds", value: "N", about: "The longest that a user token may be good for. (86400)"),
        Setting(key: "http.host", value: "HOST", about: "Where to listen. (127.0.0.1)"),
        Setting(key: "http.port", value: "N", about: "Where to listen; 0 for any free port. (8080)"),
        Setting(key: "tls.certificate", value: "FILE", about: "A certificate chain in PEM; serves HTTPS."),
        Setting(key: "tls.key", value: "FILE", about: "The certificate's private key in PEM."),
        Setting(
            key: "public.reads", value: "true|false",
            about: "Lets codes and catalogues be read without a token. (false)"),
        Setting(key: "cors.origins", value: "LIST", about: "Origins, by comma, whose pages may use the API. (none)"),
        Setting(key: "pictures", value: "FOLDER|URL", about: "The images: a folder, or a URL with {id} in it."),
        Setting(
            key: "signing.key", value: "FILE",
            about: "The key that signs checkpoints and proofs. (the store's own)"),
        Setting(
            key: "erasure.grace.days", value: "N",
            about: "For how many days users can take back that they are erased; 0 erases them at once. (30)"),
        Setting(
            key: "erasure.automatic", value: "true|false",
            about: "Erases people within a minute when their time has come. (true)"),
        Setting(key: "limits.body.bytes", value: "N", about: "The largest body of a batch. (8388608)"),
        Setting(key: "limits.body.seconds", value: "N", about: "How long a body may take to come. (30)"),
        Setting(key: "limits.idle.seconds", value: "N", about: "How long a connection may be idle. (60)"),
        Setting(key: "limits.requests", value: "N", about: "Requests handled at once. (256)"),
        Setting(key: "limits.streams", value: "N", about: "Followers of logs at once. (256)"),
        Setting(key: "limits.rate.service", value: "N", about: "Requests a second of a service; 0 for any number. (0)"),
        Setting(key: "limits.rate.user", value: "N", about: "Requests a second of a user; 0 for any number. (50)"),
        Setting(
            key: "limits.rate.anonymous", value: "N", about: "Requests a second without token, all together. (500)"),
        Setting(key: "log.level", value: "LEVEL", about: "trace, debug, info, notice, warning or error. (info)"),
    ]
}
