-- A load for wrk: three rankings to one prompt with --p, of two hundred users.
--   wrk -t2 -c64 -d20s -s mix.lua URL -- IMAGES.jsonl FOLDER TOKEN
-- Writes the position of every acknowledged event to FOLDER, a file for each thread, and prints what was answered.

local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(arguments)
    images = {}
    for line in io.lines(arguments[1]) do
        table.insert(images, line:match('"id" *: *"(.-)"'))
    end
    positions = io.open(arguments[2] .. "/positions-" .. number, "w")
    positions:setvbuf("line")
    headers = { ["Authorization"] = "Bearer " .. arguments[3], ["Content-Type"] = "application/json" }
    math.randomseed(number + 1)
    count, receipts, resolutions, minted, early, errors = 0, 0, 0, 0, 0, 0
end

function request()
    count = count + 1
    local user = "user-" .. math.random(200)
    if count % 4 == 0 then
        return wrk.format("POST", "/v1/resolve", headers, '{"prompt":"a harbour --p","user":"' .. user .. '"}')
    end
    local winner = math.random(#images)
    local loser = (winner + math.random(#images - 1) - 1) % #images + 1
    return wrk.format("POST", "/v1/events", headers, '{"kind":"rank","space":"v6","user":"' .. user .. '","winner":"'
        .. images[winner] .. '","loser":"' .. images[loser] .. '"}')
end

function response(status, headers, body)
    local position = body:match('^%[.*"position":(%d+)')
    if status == 200 and position then
        receipts = receipts + 1
        positions:write(position, "\n")
    elseif status == 200 then
        resolutions = resolutions + 1
        if body:find('"minted":true', 1, true) then minted = minted + 1 end
    elseif body:find('"notEnoughData"', 1, true) then
        early = early + 1
    else
        errors = errors + 1
        if errors == 1 then print("first error: " .. status .. " " .. body) end
    end
end

function done(summary, latency, requests)
    local function sum(name)
        local total = 0
        for _, thread in ipairs(threads) do total = total + thread:get(name) end
        return total
    end
    local socketErrors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    print(string.format("acknowledged events %d, resolutions %d (minted %d), not enough data %d, errors %d, socket errors %d",
        sum("receipts"), sum("resolutions"), sum("minted"), sum("early"), sum("errors"), socketErrors))
    print(string.format("latency in ms: median %.2f, 99%% %.2f, 99.9%% %.2f, largest %.2f", latency:percentile(50) / 1000,
        latency:percentile(99) / 1000, latency:percentile(99.9) / 1000, latency.max / 1000))
end
