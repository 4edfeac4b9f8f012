#!/usr/bin/env bash
# Builds and runs a package that only depends on the library, as an embedder's does, and checks what it prints.
#   run.sh [FLAGS OF SWIFT BUILD...]
# SCRATCH_PATH names another build folder than .build-consumer. It may be the library's own: given the same flags, what
# was built there is not built again.
set -euo pipefail
cd "$(dirname "$0")"
flags=(-c release --scratch-path "${SCRATCH_PATH:-$PWD/../../.build-consumer}" "$@")

swift build "${flags[@]}" --quiet
consumer=$(swift build "${flags[@]}" --show-bin-path)/Consumer
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
output=$("$consumer" "$folder/store")
# Seven receipts, a prompt with a code of 13 characters, one code in the list.
if ! [[ $output =~ ^7\ a\ harbour\ --p\ [0-9a-hjkmnp-tv-z]{13}\ 1$ ]]; then
    echo "consumer: unexpected output: $output" >&2
    exit 1
fi
echo "consumer: $output"
