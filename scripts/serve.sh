#!/usr/bin/env bash
# Serves the sample on loopback, and prints sign-in links for two people: run it with `make serve`.
# What people rank is kept in SERVE_FOLDER (.build-serve) from one run to the next; SERVE_PORT (8080) is where it listens.
set -euo pipefail

build=${1:?usage: serve.sh BUILD_FOLDER}
folder=${SERVE_FOLDER:-.build-serve}
port=${SERVE_PORT:-8080}

if [ ! -e "$folder/ready" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    "$build/samplemaker" "$folder/sample" > /dev/null
    "$build/storectl" init --store "$folder/store" > /dev/null
    "$build/storectl" space define v6 --store "$folder/store" --models 6,6.1 --default-model 6.1 --threshold 20 \
        --images "$folder/sample/images.jsonl"
    "$build/storectl" import "$folder/sample/1-ada-begins.jsonl" --store "$folder/store"
    "$build/storectl" import "$folder/sample/2-ada-goes-on.jsonl" --store "$folder/store"
    "$build/storeserver" keys "$folder/keys.json" > "$folder/service-token"
    chmod 600 "$folder/service-token"
    touch "$folder/ready"
fi

"$build/storeserver" --store-path "$folder/store" --keys-file "$folder/keys.json" --http-port "$port" \
    --pictures "$folder/sample/pictures" &
server=$!
trap 'kill "$server" 2> /dev/null || true; wait "$server" || true' EXIT INT TERM
for _ in $(seq 100); do
    curl --silent --fail "http://127.0.0.1:$port/v1/health" > /dev/null && break
    kill -0 "$server" 2> /dev/null || exit 1
    sleep 0.1
done

link() { echo "http://127.0.0.1:$port/#token=$("$build/storeserver" token --keys-file "$folder/keys.json" --user "$1" --seconds 43200)"; }
cat << TEXT

The page:      http://127.0.0.1:$port/        the API: http://127.0.0.1:$port/v1/docs
Sign in as ada, who has ranked a hundred pairs (good for 12 hours):
  $(link ada)
Sign in as ben, who is new:
  $(link ben)
A backend's token is in $folder/service-token. Stop with Control-C; what was ranked is kept in $folder.
TEXT
wait "$server"
