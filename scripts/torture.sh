#!/usr/bin/env bash
# Kills the store, cuts its power, fails its system calls, fills its disk and flips its bits (Tests/Torture/README.md).
#   scripts/torture.sh BUILD_FOLDER
# TORTURE_ROUNDS kills (200), TORTURE_POINTS power losses (150) with TORTURE_IMAGES states of the disk each (34),
# TORTURE_FLIPS bit flips (400), TAMPER_COUNT flips by area of the file and as many changes with right checksums (80);
# TORTURE_SEED repeats a run.
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
two="sh -c \"$worker write {dir} --clients 4 & $worker write {dir} --clients 4 & wait\""
torture kill --command "$two" "${check[@]}" "${seed[@]}" --store "$scratch/start" \
    --rounds "$((${TORTURE_ROUNDS:-200} / 2))" --milliseconds 160

# power TITLE STATUS POINTS COMMAND: traces a writer that begins at the store, and cuts its power.
power() {
    rm -rf "$scratch/traced" "$scratch/trace"
    cp -r "$scratch/start" "$scratch/traced"
    torture trace --shim "$shim" --command "$4" --store "$scratch/traced" --trace "$scratch/trace"
    status=0
    torture crash --trace "$scratch/trace" --store "$scratch/start" "${check[@]}" "${seed[@]}" \
        --points "$3" --images "${TORTURE_IMAGES:-34}" --exhaustive 3 --samples 12 || status=$?
    [ "$status" = "$2" ] || { echo "WRONG: $1: exit status $status, not $2"; exit 1; }
}
points=${TORTURE_POINTS:-150}
power "one process" 0 "$points" "$worker write {dir} --batches 40 --clients 2"
power "checkpoints while appends go on" 0 "$((points / 2))" "$worker write {dir} --batches 300 --clients 2 --checkpoint-often"
power "two processes in turns" 0 "$((points / 2))" \
    "sh -c \"$worker write {dir} --batches 12 --clients 2 & $worker write {dir} --batches 12 --clients 2 & wait\""
# Erasing: what is acknowledged after it says that all of the person is gone, from every file.
plain=("${check[@]}")
check=(--check "$worker check-erased {dir} {acknowledged}" --scratch "$scratch")
power "an erasure" 0 "$((points / 3))" "$worker erase {dir}"
check=("${plain[@]}")
# What shows that the simulation would find something: nothing keeps the checkpoint's pages.
power "without the pin" 1 20 "$worker write {dir} --batches 300 --clients 2 --checkpoint-often --unpinned"

# One client: what several print cannot be put in the order in which it happened.
torture faults --shim "$shim" --command "$worker write {dir} --batches 60 --clients 1" "${check[@]}" \
    --store "$scratch/start" --points "${TORTURE_FAULTS:-6}"
torture full --shim "$shim" --command "$worker write {dir} --clients 1 --reopen" "${check[@]}" --store "$scratch/start"

# A closed store, whose data file is all of it: what was not closed is made whole by the journal.
"$worker" write "$scratch/closed" --batches 40 --clients 2 --close > /dev/null
torture flips --store "$scratch/closed" --verify "$worker verify {dir}" --harmless "$worker digest {dir}" \
    --count "${TORTURE_FLIPS:-400}" "${seed[@]}" --scratch "$scratch"

for tool in flips reseal rewrite; do
    printf '\n-- tamper %s\n' "$tool"
    python3 Tests/Torture/tamper/tamper.py "$tool" "$build" --count "${TAMPER_COUNT:-80}" "${seed[@]}"
done

printf '\nnothing was found\n'
