#!/usr/bin/env bash
# Loads storeserver on loopback: one prompt again and again, a mix of rankings and prompts until the server is killed, and
# what connections can do to it. Needs wrk and python3; figures mean something on a quiet machine only.
#   scripts/load_server.sh BUILD_FOLDER [SECONDS] [CONNECTIONS] [IDLE_CONNECTIONS]
set -euo pipefail
build=${1:?usage: load_server.sh BUILD_FOLDER [SECONDS] [CONNECTIONS] [IDLE_CONNECTIONS]}
seconds=${2:-10}
connections=${3:-64}
idle=${4:-10000}
load=$(cd "$(dirname "$0")/load" && pwd)
folder=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill -KILL "$server" 2> /dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT
ulimit -n "$(ulimit -Hn)"

"$build/samplemaker" "$folder/sample" > /dev/null
export STORECTL_STORE=$folder/store
"$build/storectl" init > /dev/null
"$build/storectl" space define v6 --models 6,6.1 --default-model 6.1 --threshold 20 --images "$folder/sample/images.jsonl" > /dev/null
"$build/storectl" import "$folder/sample/2-ada-goes-on.jsonl" > /dev/null
"$build/storectl" resolve "x --p" --user ada > /dev/null
token=$("$build/storeserver" keys "$folder/keys.json")

start() {
    : > "$folder/log"
    "$build/storeserver" --store-path "$folder/store" --keys-file "$folder/keys.json" --http-port "${1:-0}" \
        --limits-idle-seconds 600 --limits-requests 100000 2> "$folder/log" &
    server=$!
    port=
    for _ in $(seq 300); do
        port=$(sed -n 's/^storeserver: listening on .*:\([0-9]*\)$/\1/p' "$folder/log")
        [ -z "$port" ] || break
        kill -0 "$server" 2> /dev/null || { cat "$folder/log" >&2; exit 1; }
        sleep 0.1
    done
    url=http://127.0.0.1:$port
}

echo "one prompt, $connections connections, $seconds s"
start
wrk -t2 "-c$connections" "-d${seconds}s" --latency -s "$load/resolve.lua" "$url" -- "$token" | tail -n 2
[ -z "${PERF:-}" ] || {
    wrk -t2 "-c$connections" -d8s -s "$load/resolve.lua" "$url" -- "$token" > /dev/null &
    sleep 1
    perf record -q -F 499 -g -o "$PERF" -p "$server" -- sleep 5
    wait $!
}
echo "slow, broken and many connections"
python3 "$load/connections.py" "$url" "$token" "$server" "$idle"

echo "a mix of rankings and prompts, killed in the middle"
wrk -t2 "-c$connections" "-d${seconds}s" --latency -s "$load/mix.lua" "$url" -- "$folder/sample/images.jsonl" "$folder" "$token" \
    > "$folder/wrk.log" 2>&1 &
wrk=$!
sleep "$((seconds - 1))"
kill -KILL "$server"
wait "$server" 2> /dev/null || true
server=
wait "$wrk" || true
tail -n 2 "$folder/wrk.log"
"$build/storectl" verify > /dev/null
"$build/storectl" export > "$folder/log.jsonl"
python3 - "$folder" << 'PYTHON'
import json, pathlib, sys

folder = pathlib.Path(sys.argv[1])
stored = {event["position"] for event in map(json.loads, open(folder / "log.jsonl")) if event["kind"] == "rank"}
acknowledged = [int(line) for file in folder.glob("positions-*") for line in open(file)]
lost = set(acknowledged) - stored
print(f"acknowledged {len(acknowledged)}, stored {len(stored)}, lost {len(lost)}, "
      f"acknowledged twice {len(acknowledged) - len(set(acknowledged))}")
sys.exit(1 if lost or not acknowledged or len(acknowledged) != len(set(acknowledged)) else 0)
PYTHON
