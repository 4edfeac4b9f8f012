#!/usr/bin/env bash
# Loads the example on loopback with wrk while storectl reads and audits the same store from other processes, stops it in
# the middle of requests, and counts errors and lost events. Needs wrk and python3.
#   Load/run.sh SERVER_BUILD_FOLDER STORE_BUILD_FOLDER [SECONDS] [CONNECTIONS]
set -euo pipefail

server_build=${1:?usage: run.sh SERVER_BUILD_FOLDER STORE_BUILD_FOLDER [SECONDS] [CONNECTIONS]}
store_build=${2:?usage: run.sh SERVER_BUILD_FOLDER STORE_BUILD_FOLDER [SECONDS] [CONNECTIONS]}
seconds=${3:-20}
connections=${4:-32}
load=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT
export STORE_PATH=$folder/store STORECTL_STORE=$folder/store HTTP_PORT=${HTTP_PORT:-18080}

"$store_build/samplemaker" "$folder/sample" > /dev/null
"$store_build/storectl" init > /dev/null
"$store_build/storectl" space define v6 --models 6,6.1 --default-model 6.1 --images "$folder/sample/images.jsonl"
"$server_build/PersonalizationServer" > "$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    curl --silent --fail "http://127.0.0.1:$HTTP_PORT/health" > /dev/null && break
    sleep 0.1
done

wrk -t2 "-c$connections" "-d${seconds}s" -s "$load/mix.lua" "http://127.0.0.1:$HTTP_PORT" -- \
    "$folder/sample/images.jsonl" "$folder" > "$folder/wrk.log" 2>&1 &
wrk=$!
reads=0
failed_reads=0
replays=0
failed_replays=0
end=$((SECONDS + seconds - 1))
while [ "$SECONDS" -lt "$end" ]; do
    reads=$((reads + 1))
    "$store_build/storectl" codes "user-$((reads % 200 + 1))" --json > /dev/null || failed_reads=$((failed_reads + 1))
    "$store_build/storectl" stats --json > /dev/null || failed_reads=$((failed_reads + 1))
    # An audit of everything so far, beside the writer; 1 would mean that a version did not come out again.
    if [ $((reads % 20)) -eq 0 ]; then
        replays=$((replays + 1))
        "$store_build/storectl" replay --json > "$folder/replay.json" || failed_replays=$((failed_replays + 1))
    fi
    sleep 0.1
done
# A second before the load ends: a shutdown with requests in flight.
kill -TERM "$server"
wait "$server"
server=
wait "$wrk" || true
cat "$folder/wrk.log"
echo "reads by storectl meanwhile: $((2 * reads)), failed: $failed_reads; audits: $replays, failed: $failed_replays"
[ ! -e "$folder/replay.json" ] || cat "$folder/replay.json"

"$store_build/storectl" verify
"$store_build/storectl" export > "$folder/log.jsonl"
python3 - "$folder" << 'PYTHON'
import json, pathlib, sys

folder = pathlib.Path(sys.argv[1])
stored = {event["position"] for event in map(json.loads, open(folder / "log.jsonl")) if event["kind"] == "rank"}
acknowledged = [int(line) for file in folder.glob("positions-*") for line in open(file)]
lost = set(acknowledged) - stored
print(f"acknowledged {len(acknowledged)}, stored {len(stored)}, lost {len(lost)}, "
      f"acknowledged twice {len(acknowledged) - len(set(acknowledged))}")
sys.exit(1 if lost or len(acknowledged) != len(set(acknowledged)) else 0)
PYTHON
