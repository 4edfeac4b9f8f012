#!/usr/bin/env bash
# Prints the public API of the library's products: of each module, each symbol's path and declaration, sorted.
#   list_public_api.sh [BUILD_FOLDER]            prints it
#   list_public_api.sh --check [BUILD_FOLDER]    compares it with Tests/Consumer/public-api.txt
#   list_public_api.sh --update [BUILD_FOLDER]   writes that file
# BUILD_FOLDER is where an optimised build was made; without it, the library is built now.
set -euo pipefail
cd "$(dirname "$0")/.."

committed=Tests/Consumer/public-api.txt
mode=--print
case ${1:-} in --check | --update) mode=$1; shift ;; esac
build=${1:-}
if [ -z "$build" ]; then
    swift build -c release --product PersonalizationService --quiet
    build=$(swift build -c release --show-bin-path)
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
scripts/extract_symbols.sh "$build" "$folder"

python3 - "$folder" > "$folder/api.txt" << 'PYTHON'
import json, pathlib, sys

print("# The public API, as scripts/list_public_api.sh prints it. After an intended change: "
      "scripts/list_public_api.sh --update")
modules = {}
# What almost every type conforms to without saying so.
assumed = {f"Swift.{name}" for name in ("Copyable", "Escapable", "SendableMetatype", "BitwiseCopyable")}
for file in pathlib.Path(sys.argv[1]).glob("*.symbols.json"):
    # Extensions of another module's types have a file of their own, "Module@Other".
    lines = modules.setdefault(file.name.split(".")[0].split("@")[0], set())
    graph = json.loads(file.read_text())
    paths = {}
    for symbol in graph["symbols"]:
        if "::SYNTHESIZED::" in symbol["identifier"]["precise"]:
            continue
        path = paths[symbol["identifier"]["precise"]] = ".".join(symbol["pathComponents"])
        declaration = "".join(part["spelling"] for part in symbol.get("declarationFragments", []))
        lines.add(f"{path}: {' '.join(declaration.split())}")
    for relation in graph["relationships"]:
        protocol = relation.get("targetFallback", paths.get(relation["target"]))
        if relation["kind"] == "conformsTo" and relation["source"] in paths and protocol not in assumed:
            lines.add(f"{paths[relation['source']]}: conforms to {protocol}")
for module in sorted(modules):
    print(f"\n## {module}\n")
    print("\n".join(sorted(modules[module])))
PYTHON

case $mode in
--print) cat "$folder/api.txt" ;;
--update) cp "$folder/api.txt" "$committed" ;;
--check)
    if ! diff -u "$committed" "$folder/api.txt"; then
        echo "list_public_api: the public API has changed; if that is meant, run scripts/list_public_api.sh --update" \
            "and say so in CHANGELOG.md" >&2
        exit 1
    fi
    ;;
esac
