#!/usr/bin/env bash
# Everything that CI runs: builds with warnings as errors, the unit and model tests, and the demonstration.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step "unit, model and property tests"
swift build --build-tests -Xswiftc -warnings-as-errors
swift test --skip-build -Xswiftc -warnings-as-errors --parallel

step "the demonstration"
swift build -c release --product storectl
swift build -c release --product samplemaker
scripts/demo.sh "$(swift build -c release --show-bin-path)" > /dev/null

echo "all tests passed"
