internal import HTTPTypes
internal import Hummingbird
internal import Tracing

/// A span for each request, below the span of whoever asked; the store's own spans are below it.
///
/// It names the route's pattern and not the path, which has a user's name in it.
enum RequestTracing {
    /// The context that the request's headers name, such as `traceparent`, as the process's tracer reads them.
    static func context(of request: Request) -> InstrumentationContext {
        var context = InstrumentationContext.current ?? .topLevel
        InstrumentationSystem.instrument.extract(request.headers, into: &context, using: HeaderReader())
        return context
    }

    /// Says what was asked and what became of it, in OpenTelemetry's words.
    static func describe(_ span: any Span, _ method: HTTPRequest.Method, _ route: Route?, _ response: Response) {
        guard span.isRecording else { return }
        span.operationName = "\(method.asLabel) \(route?.path ?? "no route")"
        span.updateAttributes { attributes in
            attributes["http.request.method"] = method.asLabel
            attributes["http.route"] = route?.path
            attributes["http.response.status_code"] = response.status.code
        }
        if response.status.kind == .serverError { span.setStatus(SpanStatus(code: .error)) }
    }

    private struct HeaderReader: Extractor {
        func extract(key: String, from headers: HTTPFields) -> String? {
            HTTPField.Name(key).flatMap { headers[$0] }
        }
    }
}
