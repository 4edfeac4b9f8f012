#!/usr/bin/env bash
# Commands that only read give the same answers on a read-only medium and beside a writer that is stopped while it holds
# the lock, and change no byte of the store. Commands that write say whom they wait for, and give up when told.
#   scripts/read_only.sh BUILD_FOLDER
set -euo pipefail

build=$(cd "${1:?usage: read_only.sh BUILD_FOLDER}" && pwd)
scratch=$(mktemp -d)
holder=
mounted=
finish() {
    if [ -n "$holder" ]; then kill -KILL "$holder" 2>/dev/null || true; fi
    if [ -n "$mounted" ]; then umount "$mounted"; fi
    rm -rf "$scratch"
}
trap finish EXIT
fail() { echo "read_only: $*" >&2; exit 1; }
storectl() { timeout 60 "$build/storectl" "$@"; }

store=$scratch/store
# At rest, but not closed at its end, so the newest events are in no derived table.
"$build/storeworker" write "$store" --batches 60 --clients 2 --rest > /dev/null
code=$(storectl codes user0 --space v6 --store "$store" --json | grep -o '"code":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
other=$(storectl codes user1 --space v6 --store "$store" --json | grep -o '"code":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
[ -n "$code" ] && [ -n "$other" ] || fail "the sample has too few codes"
# The worker says things at random, and may just have taken everything back.
for number in 1 2 3 4 5 6; do
    storectl rank user1 "image$number" "image$((number + 10))" --space v6 --store "$store" > /dev/null
done
storectl resolve "a harbour --p" --user user1 --store "$store" > /dev/null
# What a writer that was killed while it had nothing to do leaves in memory only.
"$build/storeworker" write "$store" --batches 3 --clients 1 --rest > /dev/null

# Every command that only reads; FOLDER is where a picture may go.
commands() {
    cat <<END
show $code
codes user0 --space v6
log
log --user user1 --space v6
stats
export
replay
verify
as-of user0 --position 900 --space v6
explain $code
diff $code $other
score --code $code image1 image2 image3
timeline user0 --space v6
timeline user0 --svg FOLDER/timeline.svg --space v6
map --codes $code,$other --svg FOLDER/map.svg
progress user0 --space v6
resolve harbour_--p_$code --user user1
resolve harbour_--p --user user1
settings user0 --space v6
space list
export-code $code
END
}

# Runs them all on a store; their answers go to a file, without durations and the folder's name.
answers() {
    local folder=$1 to=$2 line words status
    mkdir -p "$to"
    while read -r line; do
        read -r -a words <<< "${line//FOLDER/$to}"
        [ "${words[0]}" = resolve ] && words[1]=${words[1]//_/ }
        for json in "" --json; do
            status=0
            # A picture is written to a new file only.
            case $line in *--svg*) rm -f "$to"/"${words[0]}.svg" ;; esac
            storectl "${words[@]}" --store "$folder" $json > "$to/out" 2> "$to/err" < /dev/null || status=$?
            {
                echo "== $line $json: status $status"
                cat "$to/out" "$to/err"
                echo
            } | sed -e "s|$folder|STORE|g; s|$to|FOLDER|g" \
                -e 's/^[0-9.]* s: .*events.s.*//; s/ in [0-9.]* s\b//; s/"seconds":[0-9.e-]*/"seconds":0/; s/"eventsPerSecond":[0-9.e-]*//' \
                >> "$to/answers"
        done
    done < <(commands)
    rm -f "$to/out" "$to/err"
}

# What must not change: names, content, size, inode, times of content.
state() { (cd "$1" && ls -a && sha256sum -- *.mdb && stat -c '%n %s %i %Y %y' -- *.mdb); }

same() {
    diff -r "$scratch/normal" "$1" > "$scratch/difference" || {
        head -n 40 "$scratch/difference" >&2
        fail "the answers $2 differ from the normal ones"
    }
    [ "$(state "$store")" = "$before" ] || fail "reading $2 changed the store: $(state "$store")"
    echo "read_only: $(grep -c '^==' "$1/answers") answers $2 are the normal ones, and no byte changed"
}

# The normal answers come from a copy on which a writing command has just caught up and flushed everything.
cp -r "$store" "$scratch/copy"
storectl space assign v6 6 --store "$scratch/copy" > /dev/null
answers "$scratch/copy" "$scratch/normal"
# What the flush changed is no answer.
mask() { sed -i -e 's/^\(disk\|map\|checkpoint\|journal\|readers\) .*//; s/"journal":{[^}]*}//; s/"\(bytesPerEvent\|checkpointLag\|freeBytes\|usedBytes\)":[0-9.]*//g' "$1/answers"; }
mask "$scratch/normal"
grep -q 'status 0' "$scratch/normal/answers" || fail "no command succeeds"
if grep '^==.*status [^0]' "$scratch/normal/answers"; then fail "a reading command fails"; fi

before=$(state "$store")
answers "$store" "$scratch/beside-nobody"
mask "$scratch/beside-nobody"
same "$scratch/beside-nobody" "of a store that nobody uses"

mkdir "$scratch/medium"
if mount --bind "$store" "$scratch/medium" 2> /dev/null; then
    mounted=$scratch/medium
    mount -o remount,bind,ro "$mounted"
    if touch "$mounted/probe" 2> /dev/null; then fail "the bind mount can be written to"; fi
    answers "$mounted" "$scratch/on-medium"
    mask "$scratch/on-medium"
    same "$scratch/on-medium" "of a read-only medium"
    umount "$mounted"
    mounted=
else
    echo "read_only: mounting is not permitted here, so the read-only medium is left out"
fi

"$build/storeworker" hold "$store" > "$scratch/holder" &
holder=$!
for _ in $(seq 500); do
    grep -q holding "$scratch/holder" && grep -q '^State:.T' "/proc/$holder/status" && break
    sleep 0.02
done
grep -q '^State:.T' "/proc/$holder/status" || fail "the writer did not stop"
# It owns the checkpoint, with the writer's lock.
storectl stats --store "$store" --json | grep -q "\"ownerProcessID\":$holder" || fail "the stopped writer is not the owner"
before=$(state "$store")
answers "$store" "$scratch/beside-stopped"
mask "$scratch/beside-stopped"
same "$scratch/beside-stopped" "beside a stopped writer"

status=0
storectl label "$code" warm --timeout 2 --store "$store" > "$scratch/out" 2> "$scratch/err" || status=$?
[ "$status" = 3 ] || fail "a label without the lock ended with status $status: $(cat "$scratch/err")"
grep -q "waiting for process $holder (storeworker, stopped)" "$scratch/err" \
    || fail "nobody said whom the command waits for: $(cat "$scratch/err")"
grep -q "nothing of what waited was written" "$scratch/err" || fail "the end of the wait was not told: $(cat "$scratch/err")"
[ "$(state "$store" | grep -v lock.mdb)" = "$(echo "$before" | grep -v lock.mdb)" ] || fail "a command that gave up wrote something"

kill -CONT "$holder"
wait "$holder" || true
holder=
storectl label "$code" warm --timeout 2 --store "$store" > /dev/null

# A store that was killed at work is not read, since its data file may be torn; recovering it is a command.
"$build/storeworker" write "$store" --batches 3 --clients 1 > /dev/null
before=$(state "$store")
status=0
storectl log --store "$store" > "$scratch/out" 2> "$scratch/err" || status=$?
[ "$status" = 3 ] && [ ! -s "$scratch/out" ] || fail "a store that was not closed was read: status $status"
grep -q "storectl recover" "$scratch/err" || fail "the remedy is not named: $(cat "$scratch/err")"
[ "$(state "$store")" = "$before" ] || fail "refusing to read changed the store"
storectl recover --store "$store" > /dev/null
storectl verify --store "$store" > /dev/null
echo "read_only: a command that needs the lock names its holder, gives up in time, and goes on when the lock is free"
