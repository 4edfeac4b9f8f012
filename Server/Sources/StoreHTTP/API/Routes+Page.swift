internal import Hummingbird

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension Routes {
    /// The document of the API, and the page that renders it.
    static func documents(_ document: OpenAPIDocument) -> [Route] {
        let bytes = document.bytes
        return [
            Route(method: .get, path: "/v1/openapi.json", rule: .open, summary: "The document of the API.") { _ in
                Answer.text(bytes, "application/json")
            },
            asset("/v1/docs", PackageResources.docs_html, "text/html; charset=utf-8", picturesFrom: nil),
            asset("/docs.js", PackageResources.docs_js, "text/javascript; charset=utf-8", picturesFrom: nil),
        ]
    }

    /// The page for people, and its pictures.
    static func page(_ configuration: ServerConfiguration) -> [Route] {
        let pictures = Pictures(configuration.pictures)
        let script = "text/javascript; charset=utf-8"
        let origin = pictures.origin
        var routes = [
            asset("/", PackageResources.index_html, "text/html; charset=utf-8", picturesFrom: origin),
            asset("/style.css", PackageResources.style_css, "text/css; charset=utf-8", picturesFrom: origin),
            Route(method: .get, path: "/page.json", rule: .open, summary: "What the page needs to know.") { _ in
                Answer.json(["pictures": pictures.template.map { .string($0) } ?? .null] as JSONValue)
            },
        ]
        routes += scripts.map { asset("/\($0)", $1, script, picturesFrom: origin) }
        if pictures.folder != nil {
            routes.append(
                Route(
                    method: .get, path: "/pictures/{id}", rule: .open, summary: "An image of the folder.",
                    pathParameters: [Route.Parameter(name: "id", schema: .name, about: "The image's id.")]
                ) { call in try pictures.response(call.path("id")) })
        }
        return routes
    }

    private static let scripts: [(String, [UInt8])] = [
        ("api.js", PackageResources.api_js),
        ("app.js", PackageResources.app_js),
        ("card.js", PackageResources.card_js),
        ("charts.js", PackageResources.charts_js),
        ("codes.js", PackageResources.codes_js),
        ("compare.js", PackageResources.compare_js),
        ("elements.js", PackageResources.elements_js),
        ("erasure.js", PackageResources.erasure_js),
        ("gallery.js", PackageResources.gallery_js),
        ("outbox.js", PackageResources.outbox_js),
        ("profile.js", PackageResources.profile_js),
        ("profiles.js", PackageResources.profiles_js),
        ("questions.js", PackageResources.questions_js),
        ("rank.js", PackageResources.rank_js),
        ("settings.js", PackageResources.settings_js),
        ("steering.js", PackageResources.steering_js),
        ("try.js", PackageResources.try_js),
    ]

    private static func asset(
        _ path: String, _ bytes: [UInt8], _ type: String, picturesFrom origin: String?
    ) -> Route {
        Route(
            method: .get, path: path, rule: .open, returns: Documents.settings, summary: "A file of the page.",
            answers: type
        ) { _ in
            var response = Answer.text(bytes, type)
            for field in SecurityHeaders.policy(picturesFrom: origin) { response.headers[field.name] = field.value }
            // A new server has a new page: browsers ask each time.
            response.headers[.cacheControl] = "no-cache"
            return response
        }
    }
}

/// Where the page finds the images: in a folder that the server serves, or at a URL with `{id}` in it.
struct Pictures: Sendable {
    let folder: String?
    /// A URL with `{id}`, for the page.
    let template: String?
    /// The origin of the URL, which the page's policy lets in.
    let origin: String?

    init(_ setting: String?) {
        guard let setting else {
            (folder, template, origin) = (nil, nil, nil)
            return
        }
        if setting.contains("{id}"), setting.hasPrefix("http://") || setting.hasPrefix("https://") {
            (folder, template) = (nil, setting)
            origin = setting.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
        } else {
            (folder, template, origin) = (setting, "/pictures/{id}", nil)
        }
    }

    private static let types = [
        ("png", "image/png"), ("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("webp", "image/webp"),
        ("avif", "image/avif"), ("gif", "image/gif"), ("bmp", "image/bmp"),
    ]

    /// The image of an id, a file of the folder with that name and an extension.
    func response(_ id: String) throws -> Response {
        // An id is a path below the folder, and must not lead out of it.
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        guard let folder, !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." || $0.utf8.contains(0) })
        else { throw Self.missing }
        for (ending, type) in Self.types {
            if let data = FileManager.default.contents(atPath: "\(folder)/\(id).\(ending)") {
                var response = Answer.text(data, type)
                response.headers[.cacheControl] = "public, max-age=86400"
                return response
            }
        }
        throw Self.missing
    }

    private static let missing = Problem(.notFound, "unknownImage", "there is no picture of this image in the folder")
}
