internal import HTTPTypes
internal import Hummingbird

/// What every response says to browsers.
enum SecurityHeaders {
    private static let contentSecurityPolicy = HTTPField.Name("Content-Security-Policy")
    private static let contentTypeOptions = HTTPField.Name("X-Content-Type-Options")
    private static let frameOptions = HTTPField.Name("X-Frame-Options")
    private static let referrerPolicy = HTTPField.Name("Referrer-Policy")
    private static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")
    private static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")
    private static let transportSecurity = HTTPField.Name("Strict-Transport-Security")

    /// Adds what the response does not say itself. Answers of the API are nobody's to keep and nothing to be run.
    static func add(to response: inout Response, isSecure: Bool) {
        func set(_ name: HTTPField.Name?, _ value: String) {
            if let name, response.headers[name] == nil { response.headers[name] = value }
        }
        set(contentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
        set(contentTypeOptions, "nosniff")
        set(frameOptions, "DENY")
        set(referrerPolicy, "no-referrer")
        set(resourcePolicy, "same-origin")
        set(openerPolicy, "same-origin")
        set(.cacheControl, "no-store")
        if isSecure { set(transportSecurity, "max-age=31536000") }
    }

    /// The policy of charts, which have their style in them, and nothing that runs.
    static var policyOfPictures: HTTPFields {
        guard let contentSecurityPolicy else { return [:] }
        return [contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"]
    }

    /// The policy of the page: its own files only, and pictures from where they are.
    static func policy(picturesFrom origin: String?) -> HTTPFields {
        guard let contentSecurityPolicy else { return [:] }
        let images = ["'self'", origin].compactMap { $0 }.joined(separator: " ")
        return [
            contentSecurityPolicy: "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                + "img-src \(images) blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ]
    }
}

/// Lets pages of other origins use the API, when the operator names the origins (CORS).
enum CrossOrigin {
    /// Adds the headers that a browser asks for, for a known origin only.
    static func allow(_ request: Request, in response: inout Response, origins: [String]) {
        guard !origins.isEmpty else { return }
        response.headers[.vary] = "Origin"
        guard let origin = request.headers[.origin], origins.contains(origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        if request.method == .options {
            response.headers[.accessControlAllowMethods] = response.headers[.allow] ?? "GET, HEAD, POST, PUT, OPTIONS"
            response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, Last-Event-ID"
            response.headers[.accessControlMaxAge] = "600"
        }
    }
}
