#!/usr/bin/env bash
# Audits stores and proofs with the second implementation (Tests/Independent), which shares nothing with the first:
# the demonstration's store, one with every kind of record, one large enough for tiles, and one that is broken in eighteen ways.
# PYTHON is a Python 3 with venv; AUDIT_VENV a virtual environment with lmdb, numpy and cryptography that is used instead.
set -euo pipefail
cd "$(dirname "$0")/.."

build=${1:?usage: audit_independently.sh BUILD_FOLDER}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
venv=${AUDIT_VENV:-$folder/venv}
[ -x "$venv/bin/python" ] || {
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check lmdb numpy cryptography
}
audit() { "$venv/bin/python" Tests/Independent/auditor.py "$@"; }

"$venv/bin/python" Tests/Independent/check_vectors.py
"$venv/bin/python" Tests/Independent/make_world.py "$build/storectl" "$folder"

DEMO_FOLDER=$folder/demo scripts/demo.sh "$build" > "$folder/demo.log"
audit store "$folder/demo/store"

for store in every large; do
    export STORECTL_STORE=$folder/$store
    key=$("$build/storectl" key)
    "$build/storectl" checkpoint > "$folder/$store.checkpoint"
    audit store "$folder/$store" --checkpoint "$folder/$store.checkpoint" --key "$key"
    while read -r code; do
        "$build/storectl" prove "$code" > "$folder/proof"
        audit proof "$folder/proof" --key "$key" --code "$code"
    done < "$folder/$store.codes"
    for position in 1 2 30; do
        "$build/storectl" prove --event "$position" > "$folder/proof"
        audit proof "$folder/proof" --key "$key"
        "$build/storectl" check-proof "$folder/proof" --key "$key"
    done
    "$build/storectl" prove --from "$folder/$store.early" > "$folder/proof"
    audit proof "$folder/proof" --key "$key" --from "$folder/$store.early"
done

# A proof of a record that was erased says when it was recorded, and nothing else.
export STORECTL_STORE=$folder/every
key=$("$build/storectl" key)
audit erased "$folder/every" > "$folder/erased"
erased=$(head -n 1 "$folder/erased")
"$build/storectl" prove --event "$erased" > "$folder/proof"
audit proof "$folder/proof" --key "$key" | grep "not shown"

# Erasing people has left every leaf of what the log was before.
audit leaves "$folder/before" > "$folder/leaves.before"
count=$(wc -l < "$folder/leaves.before")
audit leaves "$folder/every" --count "$count" > "$folder/leaves.after"
cmp "$folder/leaves.before" "$folder/leaves.after"
echo "$count leaves are what they were before people were erased"

"$venv/bin/python" Tests/Independent/break_store.py "$folder" "$("$build/storectl" key --store "$folder/large")" \
    "$("$build/storectl" key --store "$folder/every")"
