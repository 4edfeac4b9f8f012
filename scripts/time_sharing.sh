#!/usr/bin/env bash
# How long the server takes for a reference that is not shared, beside one that nobody has, in turns: nobody may tell the
# two apart by waiting. Prints medians, their ratio, and the ratio of one half of the unknown ones to the other, which is noise.
#   scripts/time_sharing.sh BUILD_FOLDER [REQUESTS]
set -euo pipefail
build=$(cd "${1:?usage: time_sharing.sh BUILD_FOLDER [REQUESTS]}" && pwd)
requests=${2:-4000}
folder=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT

"$build/samplemaker" "$folder/sample"
# The second store has another secret, so its references are right, and unknown to the first.
for store in store other; do
    export STORECTL_STORE=$folder/$store
    "$build/storectl" init > /dev/null
    "$build/storectl" space define v6 --models 6,6.1 --default-model 6.1 --threshold 20 \
        --images "$folder/sample/images.jsonl" > /dev/null
    "$build/storectl" import "$folder/sample/2-ada-goes-on.jsonl" > /dev/null
    "$build/storectl" codes ada --space v6 > /dev/null
    "$build/storectl" profile list ada --json > "$folder/$store.json"
done
"$build/storeserver" keys "$folder/keys.json" > /dev/null
"$build/storeserver" --store-path "$folder/store" --keys-file "$folder/keys.json" --http-port 0 \
    --limits-rate-user 0 2> "$folder/log" &
server=$!
for _ in $(seq 300); do
    port=$(sed -n 's/^storeserver: listening on .*:\([0-9]*\)$/\1/p' "$folder/log")
    [ -z "$port" ] || break
    kill -0 "$server" 2> /dev/null || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done
token=$("$build/storeserver" token --keys-file "$folder/keys.json" --user ben)

python3 - "$folder" "$port" "$token" "$requests" << 'PYTHON'
import http.client, json, re, statistics, sys, time

folder, port, token, requests = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
unshared, unknown = (re.search(r'"reference"\s*:\s*"(u\w{13})"', open(f"{folder}/{name}.json").read()).group(1)
                     for name in ("store", "other"))
connection = http.client.HTTPConnection("127.0.0.1", port)


def ask(reference):
    body = json.dumps({"prompt": f"x --p {reference}", "user": "ben"})
    start = time.perf_counter_ns()
    connection.request("POST", "/v1/resolve", body,
                       {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read().decode()
    return time.perf_counter_ns() - start, (response.status, text.replace(reference, "REFERENCE"))


times = {"unshared": [], "unknown": []}
answers = {name: set() for name in times}
for number in range(requests):
    # In turns, and each as often first.
    order = [("unshared", unshared), ("unknown", unknown)]
    for name, reference in order if number % 2 else reversed(order):
        duration, answer = ask(reference)
        answers[name].add(answer)
        if number >= requests // 10:
            times[name].append(duration)
if answers["unshared"] != answers["unknown"] or len(answers["unknown"]) != 1:
    sys.exit(f"time_sharing: the answers differ: {answers}")
medians = {name: statistics.median(values) for name, values in times.items()}
noise = statistics.median(times["unknown"][::2]) / statistics.median(times["unknown"][1::2])
print(f"the same answer, {answers['unknown'].pop()[0]}; medians of {len(times['unknown'])}: "
      f"unshared {medians['unshared'] / 1000:.1f} µs, unknown {medians['unknown'] / 1000:.1f} µs, "
      f"ratio {medians['unshared'] / medians['unknown']:.3f}; half of the unknown to the other half {noise:.3f}")
PYTHON
