#!/usr/bin/env bash
# Tests the page in a real browser: needs chromium and chromium-driver of Debian, and selenium of PyPI for PYTHON (python3).
#   scripts/test_page.sh SERVER_BUILD_FOLDER [STORE_BUILD_FOLDER]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
SERVER_BUILD=${1:?usage: test_page.sh SERVER_BUILD_FOLDER [STORE_BUILD_FOLDER]}
store_build=${2:-$SERVER_BUILD}
PAGE_FOLDER=$(mktemp -d)
export SERVER_BUILD PAGE_FOLDER
trap 'rm -rf "$PAGE_FOLDER"' EXIT

"$store_build/samplemaker" "$PAGE_FOLDER/sample"
export STORECTL_STORE=$PAGE_FOLDER/store
"$store_build/storectl" init > /dev/null
"$store_build/storectl" space define v6 --models 6,6.1 --default-model 6.1 --threshold 20 \
    --images "$PAGE_FOLDER/sample/images.jsonl" > /dev/null
"$store_build/storectl" import "$PAGE_FOLDER/sample/2-ada-goes-on.jsonl" > /dev/null
"$SERVER_BUILD/storeserver" keys "$PAGE_FOLDER/keys.json" > /dev/null
"${PYTHON:-python3}" -m unittest discover -s "$root/Server/Tests/Page"
