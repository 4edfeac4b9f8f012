-- A load for wrk: one prompt with --p of one user, whose code is there already.
--   wrk -t2 -c64 -d10s -s resolve.lua --latency URL -- TOKEN

function init(arguments)
    wrk.method = "POST"
    wrk.headers["Authorization"] = "Bearer " .. arguments[1]
    wrk.headers["Content-Type"] = "application/json"
    wrk.body = '{"prompt":"a harbour at dawn --p","user":"ada"}'
    wrk.path = "/v1/resolve"
    request_text = wrk.format()
end

function request() return request_text end

function done(summary, latency, requests)
    local errors = summary.errors
    print(string.format("%.0f requests/s, refused %d, socket errors %d", summary.requests / summary.duration * 1e6,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
    print(string.format("latency in ms: median %.2f, 99%% %.2f, largest %.2f", latency:percentile(50) / 1000,
        latency:percentile(99) / 1000, latency.max / 1000))
end
