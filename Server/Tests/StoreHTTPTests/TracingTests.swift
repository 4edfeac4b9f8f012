import Foundation
import HTTPTypes
import Hummingbird
import InMemoryTracing
import StoreHTTP
import Testing
import Tracing

@Suite struct TracingTests {
    /// The process's tracer can be set once; the trace that this test begins tells its spans from others'.
    @Test func `a request is a span below its caller's, and the store's spans are below it`() async throws {
        let tracer = InMemoryTracer()
        InstrumentationSystem.bootstrap(tracer)
        let trace = "trace-of-the-test"
        try await TestServer.run { server in
            let headers: HTTPFields = [
                try #require(HTTPField.Name("in-memory-trace-id")): trace,
                try #require(HTTPField.Name("in-memory-span-id")): "span-of-the-caller",
            ]
            #expect(try await server.ask(.post, "/v1/events", rank(1, by: "ada"), headers: headers).status == 200)
            try await server.ask(.get, "/v1/users/ada/spaces/v6/progress", as: "ada", headers: headers)
            try await server.ask(.get, "/v1/users/ada/spaces/none/progress", as: "ada", headers: headers)
        }
        let spans = tracer.finishedSpans.filter { $0.traceID == trace }
        let request = try #require(spans.first { $0.operationName == "POST /v1/events" })
        #expect(request.parentSpanID == "span-of-the-caller")
        #expect(request.kind == .server)
        let append = try #require(spans.first { $0.operationName == "personalization-store.append" })
        #expect(append.parentSpanID == request.spanID)
        let progress = spans.filter { $0.operationName == "GET /v1/users/{user}/spaces/{space}/progress" }
        #expect(progress.count == 2)
        let statuses = progress.map { $0.attributes["http.response.status_code"]?.toSpanAttribute() }
        #expect("\(statuses)".contains("200") && "\(statuses)".contains("404"))
        #expect(!"\(spans)".contains("ada"))
    }
}
