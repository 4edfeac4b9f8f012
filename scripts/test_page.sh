#!/usr/bin/env bash
# Tests the page in a real browser: chromium and chromium-driver of Debian, selenium and axe-core of PyPI. Installs what is
# missing, the Python packages into .build-page.
#   scripts/test_page.sh SERVER_BUILD_FOLDER [STORE_BUILD_FOLDER]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
SERVER_BUILD=${1:?usage: test_page.sh SERVER_BUILD_FOLDER [STORE_BUILD_FOLDER]}
store_build=${2:-$SERVER_BUILD}
PAGE_FOLDER=$(mktemp -d)
export SERVER_BUILD PAGE_FOLDER
trap 'rm -rf "$PAGE_FOLDER"' EXIT

"$root/scripts/install-dependencies.sh" chromium chromium-driver python3-venv
python=$("$root/scripts/python_environment.sh" .build-page selenium==4.51.0)
# Only axe-core is wanted of this package, not the other browser driver that it is made for.
"$python" -m pip install -q --disable-pip-version-check --no-deps axe-playwright-python==0.1.8
AXE=$("$python" -c 'import importlib.util as u; print(u.find_spec("axe_playwright_python").submodule_search_locations[0])')/axe.min.js
export AXE

"$store_build/samplemaker" "$PAGE_FOLDER/sample" > /dev/null
export STORECTL_STORE=$PAGE_FOLDER/store
"$store_build/storectl" init > /dev/null
"$store_build/storectl" space define v6 --models 6,6.1 --default-model 6.1 --threshold 20 \
    --images "$PAGE_FOLDER/sample/images.jsonl" > /dev/null
"$store_build/storectl" import "$PAGE_FOLDER/sample/2-ada-goes-on.jsonl" > /dev/null
"$SERVER_BUILD/storeserver" keys "$PAGE_FOLDER/keys.json" > /dev/null
"$python" -m unittest discover -s "$root/Server/Tests/Page" ${PAGE_TESTS:+-k "$PAGE_TESTS"}
"$store_build/storectl" verify > /dev/null
