#!/bin/sh
# Proves the torture tools on the sample store: they find nothing in a sound writer, and find every faulty one.
# Usage: prove.sh STORETORTURE BUILD [MORE], where MORE multiplies the work.
set -eu
[ -x "$1" ] || { echo "usage: prove.sh STORETORTURE BUILD [MORE]" >&2; exit 2; }
driver=$1
build=$(cd "$2" && pwd)
more=${3:-1}
parent=${TMPDIR:-/tmp}
if [ -d /dev/shm ] && [ -w /dev/shm ]; then parent=/dev/shm; fi
scratch=$(mktemp -d "$parent/prove.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
writer="$build/sample_writer"
check="$build/sample_checker {dir} {acknowledged}"
shim="--shim $build/faultshim.so"
wrong=0

# expect STATUS TITLE ARGUMENTS...
expect() {
    wanted=$1
    echo
    echo "== $2"
    shift 2
    status=0
    "$driver" "$@" >"$scratch/log" 2>&1 || status=$?
    grep '^failure' "$scratch/log" | head -n 3 || true
    grep -v '^failure' "$scratch/log"
    if [ "$status" != "$wanted" ]; then
        echo "WRONG: exit status $status, not $wanted"
        wrong=$((wrong + 1))
    fi
}

# crash STATUS TITLE WRITER_OPTIONS [TRACE_OPTIONS...]: traces a writer and cuts its power.
crash() {
    title=$2 verdict=$1 options=$3
    shift 3
    rm -rf "$scratch/work"
    cp -r "$scratch/store" "$scratch/work"
    expect 0 "$title: trace" trace $shim --store "$scratch/work" --trace "$scratch/trace" \
        --command "$writer {dir} $options" "$@"
    expect "$verdict" "$title: power loss" crash --trace "$scratch/trace" --store "$scratch/store" --check "$check" \
        --seed 1 --scratch "$scratch" --points $((60 * more))
}

mkdir "$scratch/store"
"$writer" "$scratch/store" --batches 80 --close >/dev/null
rm "$scratch/store/lock.mdb"

crash 0 "a sound writer" "--batches 100"
crash 0 "a sound writer that reopens after a failed sync" "--batches 60 --reopen" --fail eio-sync=9
crash 0 "a sound writer that reopens after a failed meta write" "--batches 60 --reopen" --fail eio-meta=9
crash 1 "a writer that does not sync" "--batches 30 --no-sync"
crash 1 "a writer that does not sync the meta page" "--batches 30 --no-meta-sync"
crash 1 "a writer that acknowledges before the commit" "--batches 30 --eager"

# retry STATUS TITLE WRITER_OPTIONS: a failed sync, then power loss.
retry() {
    mkdir "$scratch/empty"
    expect 0 "$2: trace" trace $shim --store "$scratch/empty" --trace "$scratch/trace" --fail eio-sync=7 \
        --command "$build/sync_writer {dir} $3"
    expect "$1" "$2: power loss" crash --trace "$scratch/trace" --seed 1 --scratch "$scratch" \
        --check "$build/sync_writer --check {dir} {acknowledged}"
    rm -r "$scratch/empty"
}
retry 0 "a plain file whose writer stops at a failed sync" ""
retry 1 "a plain file whose writer syncs again" "--retry"

expect 0 "kill: a sound writer" kill --command "$writer {dir}" --check "$check" --seed 2 --rounds $((200 * more)) \
    --scratch "$scratch" --milliseconds 60
expect 1 "kill: a writer that acknowledges before the commit" kill --command "$writer {dir} --eager" \
    --check "$check" --seed 2 --rounds 40 --scratch "$scratch" --milliseconds 60

expect 0 "faults: a sound writer" faults $shim --command "$writer {dir}" --check "$check" \
    --store "$scratch/store" --scratch "$scratch" --points $((25 * more))
expect 0 "faults: a sound writer that reopens" faults $shim --command "$writer {dir} --reopen" --check "$check" \
    --store "$scratch/store" --scratch "$scratch" --points $((10 * more))
expect 1 "faults: a writer that goes on after a failure" faults $shim --check "$check" --store "$scratch/store" \
    --command "$writer {dir} --ignore-failures --batches 99" --scratch "$scratch" --points 5 --modes eio-sync

expect 0 "full: a sound writer" full $shim --command "$writer {dir}" --check "$check" \
    --scratch "$scratch"
if grep -q 'no tmpfs' "$scratch/log"; then
    echo "(opening a full disk without a lock file is not shown, since no tmpfs can be mounted)"
else
    expect 1 "full: raw LMDB dies when the lock file finds no room" full $shim --command "$writer {dir}" \
        --check "$check" --scratch "$scratch" --locks remove
fi

expect 1 "flips: a verifier that looks at nothing" flips --store "$scratch/store" --verify "true {dir}" \
    --harmless "$build/sample_checker --digest {dir}" --seed 3 --count 100 --scratch "$scratch"
expect 1 "flips: a verifier without a page audit and without a child" flips --store "$scratch/store" \
    --verify "$build/sample_checker {dir} 0" --harmless "$build/sample_checker --digest {dir}" \
    --seed 4 --count 1000 --scratch "$scratch"
expect 0 "flips: a verifier with a page audit in a child" flips --store "$scratch/store" \
    --verify "$build/sample_checker --verify {dir}" --harmless "$build/sample_checker --digest {dir}" \
    --seed 3 --count $((2000 * more)) --scratch "$scratch"

echo
[ "$wrong" = 0 ] && echo "all as expected" || { echo "$wrong runs were not as expected"; exit 1; }
