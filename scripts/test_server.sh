#!/usr/bin/env bash
# Runs what speaks to storeserver from outside against a server with the sample: the tour of docs/http.md, the tests of the
# Python client, and schemathesis with both kinds of tokens, which is installed into .build-schemathesis. More examples of
# that: SCHEMATHESIS_EXAMPLES (5).
#   scripts/test_server.sh SERVER_BUILD_FOLDER [STORE_BUILD_FOLDER]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${1:?usage: test_server.sh SERVER_BUILD_FOLDER [STORE_BUILD_FOLDER]}
store_build=${2:-$build}
folder=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT

"$store_build/samplemaker" "$folder/sample"
export STORECTL_STORE=$folder/store
"$store_build/storectl" init > /dev/null
"$store_build/storectl" space define v6 --models 6,6.1 --default-model 6.1 --threshold 20 \
    --images "$folder/sample/images.jsonl" > /dev/null
"$store_build/storectl" import "$folder/sample/2-ada-goes-on.jsonl" > /dev/null
STORE_TOKEN=$("$build/storeserver" keys "$folder/keys.json")
"$build/storeserver" --store-path "$folder/store" --keys-file "$folder/keys.json" --http-port 0 \
    --limits-rate-user 0 --pictures "$folder/sample/pictures" 2> "$folder/log" &
server=$!
for _ in $(seq 300); do
    port=$(sed -n 's/^storeserver: listening on .*:\([0-9]*\)$/\1/p' "$folder/log")
    [ -z "$port" ] || break
    kill -0 "$server" 2> /dev/null || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done
export STORE_TOKEN STORE_URL=http://127.0.0.1:$port
STORE_SECRET=$(sed 's/.*"secret":"\([^"]*\)".*/\1/' "$folder/keys.json")
export STORE_SECRET STORE_KEY_ID=1

"$root/scripts/install-dependencies.sh" python3-venv
echo "the tour of docs/http.md"
sed -n '/^```sh$/,/^```$/{/^```/!p}' "$root/docs/http.md" > "$folder/tour.sh"
(cd "$folder" && URL=$STORE_URL TOKEN=$STORE_TOKEN bash -euo pipefail tour.sh) > "$folder/tour.log" 2>&1 ||
    { cat "$folder/tour.log" >&2; exit 1; }
grep -q '"prompt":"a harbour at dawn --p' "$folder/tour.log" || { cat "$folder/tour.log" >&2; exit 1; }

echo "the Python client"
(cd "$root/clients/python" && python3 -m unittest discover -s tests)

echo "schemathesis on the served document"
schemathesis=$(dirname "$("$root/scripts/python_environment.sh" .build-schemathesis schemathesis==4.32.5)")/schemathesis
# Whether what the document allows is accepted depends on what is in the store; all other checks are made. The streams have
# no end to wait for.
for token in "$STORE_TOKEN" "$("$build/storeserver" token --keys-file "$folder/keys.json" --user ada)"; do
    (cd "$folder" && "$schemathesis" run "$STORE_URL/v1/openapi.json" -H "Authorization: Bearer $token" \
        --exclude-path /v1/follow --exclude-path /v1/events/lines --exclude-checks positive_data_acceptance \
        --max-examples "${SCHEMATHESIS_EXAMPLES:-5}") > "$folder/schemathesis.log" 2>&1 ||
        { cat "$folder/schemathesis.log" >&2; exit 1; }
    grep -A 1 'Test cases:' "$folder/schemathesis.log"
done

# A graceful end: the server's status is 0, nothing of the log names a user, and the store is whole.
kill -TERM "$server"
status=0
wait "$server" || status=$?
server=
[ "$status" -eq 0 ] || { echo "the server ended with status $status" >&2; cat "$folder/log" >&2; exit 1; }
if grep -qE "dora|python-|$STORE_TOKEN" "$folder/log"; then
    echo "the log has a user's name or a token in it:" >&2
    cat "$folder/log" >&2
    exit 1
fi
"$store_build/storectl" verify > /dev/null
