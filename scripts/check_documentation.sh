#!/usr/bin/env bash
# Compiles the DocC catalogue against an optimised build and looks for public symbols without documentation; a warning,
# such as a link to nowhere or an undocumented parameter, is an error. `make docs` makes the documentation for reading.
#   check_documentation.sh BUILD_FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/all" "$folder/store"
scripts/extract_symbols.sh "$1" "$folder/all"
cp "$folder"/all/PersonalizationStore*.symbols.json "$folder/store"
docc convert Sources/PersonalizationStore/Documentation.docc --additional-symbol-graph-dir "$folder/store" \
    --fallback-display-name PersonalizationStore --fallback-bundle-identifier PersonalizationStore \
    --warnings-as-errors --output-dir "$folder/PersonalizationStore.doccarchive"

python3 - "$folder/all" << 'PYTHON'
import json, pathlib, sys

bare = []
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.symbols.json")):
    for symbol in json.loads(file.read_text())["symbols"]:
        if "docComment" not in symbol and "::SYNTHESIZED::" not in symbol["identifier"]["precise"]:
            bare.append(f"{file.name.split('.')[0]}.{'.'.join(symbol['pathComponents'])}")
if bare:
    sys.exit("check_documentation: public symbols without documentation: " + ", ".join(bare))
PYTHON
