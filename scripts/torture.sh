#!/usr/bin/env bash
# Kills the store, cuts its power, fails its system calls, fills its disk and flips its bits (Tests/Torture/README.md).
#   scripts/torture.sh BUILD_FOLDER
# TORTURE_ROUNDS kills (200), TORTURE_POINTS power losses (150), TORTURE_FLIPS bit flips (400), TAMPER_COUNT flips by area of
# the file and as many changes with right checksums (80); TORTURE_SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/.."

build=$(cd "${1:?usage: torture.sh BUILD_FOLDER}" && pwd)
make --no-print-directory -s -C Tests/Torture
shim=$PWD/.build-torture/faultshim.so
parent=/dev/shm
[ -w "$parent" ] || parent=${TMPDIR:-/tmp}
scratch=$(mktemp -d "$parent/torture.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

worker=$build/storeworker
seed=(${TORTURE_SEED:+--seed "$TORTURE_SEED"})
check=(--check "$worker check {dir} {acknowledged}" --scratch "$scratch")

torture() {
    printf '\n-- %s\n' "$*"
    "$build/storetorture" "$@"
}

"$worker" write "$scratch/start" --batches 40 --clients 2 > /dev/null

torture kill --command "$worker write {dir} --clients 16" "${check[@]}" "${seed[@]}" \
    --rounds "${TORTURE_ROUNDS:-200}" --milliseconds 120

cp -r "$scratch/start" "$scratch/traced"
torture trace --shim "$shim" --command "$worker write {dir} --batches 12 --clients 2" \
    --store "$scratch/traced" --trace "$scratch/trace"
torture crash --trace "$scratch/trace" --store "$scratch/start" "${check[@]}" "${seed[@]}" \
    --points "${TORTURE_POINTS:-150}" --exhaustive 3 --samples 3

# One client: what several print cannot be put in the order in which it happened.
torture faults --shim "$shim" --command "$worker write {dir} --batches 60 --clients 1" "${check[@]}" \
    --store "$scratch/start" --points "${TORTURE_FAULTS:-6}"
torture full --shim "$shim" --command "$worker write {dir} --clients 1 --reopen" "${check[@]}" --store "$scratch/start"

torture flips --store "$scratch/start" --verify "$worker verify {dir}" --harmless "$worker digest {dir}" \
    --count "${TORTURE_FLIPS:-400}" "${seed[@]}" --scratch "$scratch"

for tool in flips reseal rewrite; do
    printf '\n-- tamper %s\n' "$tool"
    python3 Tests/Torture/tamper/tamper.py "$tool" "$build" --count "${TAMPER_COUNT:-80}" "${seed[@]}"
done

printf '\nnothing was found\n'
