#!/usr/bin/env bash
# Fuzzes every decoder with libFuzzer: run.sh [SECONDS for each, 5 if not given] [FUZZER...]
# Corpus/ is read and not changed, unless FUZZ_MERGE=1 asks to add what was found and to minimise it (README.md).
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:-${FUZZ_SECONDS:-5}}
shift || true
fuzzers=("$@")
[ ${#fuzzers[@]} -gt 0 ] || fuzzers=(FuzzRecord FuzzJournal FuzzVersion FuzzCode FuzzProof FuzzLine FuzzPrompt)
scratch=$(cd ../.. && pwd)/.build-fuzz
# Swift's own crash handler would start threads in a dying process, and report itself instead of the crash.
export SWIFT_BACKTRACE=enable=no
# Leaks are not looked for: that needs ptrace, which containers often forbid.
options=(-max_len=4096 -timeout=10 -detect_leaks=0)

mkdir -p "$scratch"
if ! swift build -c release --scratch-path "$scratch" > "$scratch/build.log" 2>&1; then
    grep -v 'Cannot export local symbol' "$scratch/build.log" | tail -n 40
    exit 1
fi
build=$(swift build -c release --scratch-path "$scratch" --show-bin-path)

# Replaces a fuzzer's corpus by the fewest inputs, of it and of what was found, that reach everything reached so far.
minimise() {
    local merged=$scratch/merged/$1
    rm -rf "$merged" && mkdir -p "$merged"
    "$build/$1" "${options[@]}" -set_cover_merge=1 -use_counters=0 \
        "$merged" "Corpus/$1" "$scratch/inputs/$1" > "$scratch/$1.merge.log" 2>&1
    rm -rf "Corpus/$1" && mv "$merged" "Corpus/$1"
}

failed=0
for fuzzer in "${fuzzers[@]}"; do
    mkdir -p "$scratch/inputs/$fuzzer" "$scratch/found/$fuzzer" "Corpus/$fuzzer"
    log=$scratch/$fuzzer.log
    if ! "$build/$fuzzer" "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 \
        -artifact_prefix="$scratch/found/$fuzzer/" "$scratch/inputs/$fuzzer" "Corpus/$fuzzer" > "$log" 2>&1; then
        grep -v '^#[0-9]' "$log" | tail -n 40
        echo "fuzz: $fuzzer found something; the input is in $scratch/found/$fuzzer" >&2
        failed=1
        continue
    fi
    [ -z "${FUZZ_MERGE:-}" ] || minimise "$fuzzer"
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "$fuzzer: $executions inputs, $(grep -o 'cov: [0-9]*' "$log" | tail -n 1), nothing found"
done
exit "$failed"
