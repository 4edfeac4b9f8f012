#!/usr/bin/env bash
# Writes the symbol graphs of the library's modules, what the public API and the documentation are made from.
#   extract_symbols.sh BUILD_FOLDER OUTPUT_FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
output=$2

target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)
# The C modules that the Swift modules were built with: ours, those of packages, and those that the build made.
maps=()
packages=$(cd -P "$build/../.." && pwd)/checkouts
for map in Sources/*/module.modulemap "$build"/*.build/module.modulemap \
    "$packages"/swift-system/Sources/*/include/module.modulemap; do
    if [ -f "$map" ]; then maps+=(-Xcc "-fmodule-map-file=$map"); fi
done
# Where the system's headers are that are not where all are.
for flag in $(pkg-config --cflags libpq lmdb nettle hogweed); do maps+=(-Xcc "$flag"); done
# Every module that has public API, re-exported by PersonalizationStore or a product itself.
for module in ByteCoding CodeRegistry EventLog LMDB PersonalizationCluster PersonalizationService PersonalizationStore \
    PromptLanguage TasteCharts TasteFold TransparencyLog; do
    swift-symbolgraph-extract -module-name "$module" -target "$target" -I "$build/Modules" "${maps[@]}" \
        -minimum-access-level public -skip-synthesized-members -output-dir "$output"
done
