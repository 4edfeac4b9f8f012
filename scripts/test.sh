#!/usr/bin/env bash
# Everything that CI runs: one optimised build with warnings as errors, the tests, and the demonstration.
# TORTURE_ROUNDS (200), FUZZ_SECONDS (5) and the variables named in CONTRIBUTING.md ask for longer runs.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s (%s s)\n' "$*" "$SECONDS"; }
flags=(-c release -Xswiftc -warnings-as-errors)

step "build"
# What a target imports it declares, in the manifest.
swift build "${flags[@]}" --build-tests --explicit-target-dependency-import-check error
build=$(swift build "${flags[@]}" --show-bin-path)

step "format, public API, documentation"
swift format lint --strict --recursive --parallel Package.swift Sources Tests Examples Server
scripts/list_public_api.sh --check "$build"
scripts/check_documentation.sh "$build"

step "unit, model and property tests"
# Each store maps 1 TiB: more than a hundred of them at once exceed a process's address space.
swift test "${flags[@]}" --skip-build --parallel --experimental-maximum-parallelization-width 16

step "kills, power losses, failing system calls, full disks, flipped bits"
scripts/torture.sh "$build"

step "reading on a read-only medium and beside a stopped writer"
timeout 300 scripts/read_only.sh "$build"

step "audits by a second implementation"
scripts/audit_independently.sh "$build"

step "what the cluster's tests stand on: the checker, the simulation, PostgreSQL with faults on demand"
Tests/Cluster/test_linearizable.py
scripts/simulate_cluster.py --users 200000 --check > /dev/null
Tests/Cluster/test_postgres_pair.py

step "three nodes of a cluster, and every fault"
Tests/Cluster/faults.py --worker "$build/clusterworker" --shards 8 --rounds "${CLUSTER_ROUNDS:-1}"

step "the cluster's demonstration"
scripts/demo_cluster.py "$build" > /dev/null

step "the demonstration"
scripts/demo.sh "$build" > /dev/null

# With the same flags and folder, what was built for the library is not built again.
step "a package of a stranger, and the code in the documentation"
SCRATCH_PATH=$PWD/.build Tests/Consumer/run.sh -Xswiftc -warnings-as-errors
scripts/check_docs.py --scratch-path "$PWD/.build"

step "the example"
swift test --package-path Examples --scratch-path "$PWD/.build" "${flags[@]}"

step "the server, its tour and its client"
# With the tests, as the library was built: otherwise everything below it would be built once more for the program.
swift build --package-path Server --scratch-path "$PWD/.build" "${flags[@]}" --build-tests
swift test --package-path Server --scratch-path "$PWD/.build" "${flags[@]}" --skip-build
scripts/test_server.sh "$build"

step "the page in a browser"
scripts/test_page.sh "$build"

step "coverage-guided fuzzing of every decoder"
Tests/Fuzz/run.sh "${FUZZ_SECONDS:-5}"

printf '\nall tests passed (%s s)\n' "$SECONDS"
