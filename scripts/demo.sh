#!/usr/bin/env bash
# Shows what the store is for, on a sample that it makes itself: run it with `make demo`. With DEMO_FOLDER, a new folder, the
# store and the sample stay there.
set -euo pipefail

build=${1:?usage: demo.sh BUILD_FOLDER}
if [ -n "${DEMO_FOLDER:-}" ]; then
    folder=$DEMO_FOLDER
    mkdir "$folder"
else
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
export STORECTL_STORE=$folder/store
sample=$folder/sample
storectl=$build/storectl

bold=$(tput bold 2>/dev/null || true)
plain=$(tput sgr0 2>/dev/null || true)
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
# Prints a command as one would type it: words with spaces in quotes, the temporary folder left out.
typed() {
    printf '$ storectl'
    for word in "$@"; do
        case $word in *' '*) printf ' "%s"' "$word" ;; *) printf ' %s' "${word#"$folder/"}" ;; esac
    done
    printf '\n'
}
run() { typed "$@"; "$storectl" "$@" | sed "s|$folder/||g"; }
refused() {
    typed "$@"
    local status=0
    "$storectl" "$@" 2>&1 || status=$?
    [ "$status" -eq 1 ] || { echo "demo: expected exit status 1, got $status" >&2; exit 1; }
    echo "(exit status 1: the answer is no)"
}
json() { "$storectl" "$@" --json; }
field() { sed -n "s/.*\"$1\" *: *\"\\([^\"]*\\)\".*/\\1/p" | head -n 1; }
equal() { [ "$1" = "$2" ] || { echo "demo: '$1' and '$2' should be equal" >&2; exit 1; }; }
differ() { [ "$1" != "$2" ] || { echo "demo: '$1' should have changed" >&2; exit 1; }; }
# A code with two neighbouring symbols swapped: the first two that differ.
mistyped() {
    local code=$1 index=0
    while [ "${code:index:1}" = "${code:index+1:1}" ]; do index=$((index + 1)); done
    echo "${code:0:index}${code:index+1:1}${code:index:1}${code:index+2}"
}

say "A sample: 300 procedural pictures with embeddings, and people with known tastes."
"$build/samplemaker" "$sample"
ls "$sample"

say "1. A store, and the spaces in which tastes live. Models 6 and 6.1 share one; niji 6 has its own."
run init
run space define v6 --models 6,6.1 --default-model 6.1 --images "$sample/images.jsonl"
run space define niji6 --models "niji 6" --images "$sample/images.jsonl"

say "2. Ada ranks a few pairs. That is too little for --p, and the store says what to do."
run import "$sample/1-ada-begins.jsonl"
refused resolve "a harbour at dawn --p" --user ada

say "3. She ranks more, and likes some (a like of her own picture would not count). Now --p has a code."
run import "$sample/2-ada-goes-on.jsonl"
run resolve "a harbour at dawn --p" --user ada
first=$(json resolve "a harbour at dawn --p" --user ada | field code)
before=$(json show "$first" | sha256sum)

say "4. Her taste changes, from warm to cold. She starts over, so that her newest code is no average of the two ..."
run reset ada --space v6
run import "$sample/3-ada-changes.jsonl"
run resolve "a harbour at dawn --p" --user ada
second=$(json resolve "a harbour at dawn --p" --user ada | field code)
differ "$first" "$second"

say "... and the old code still brings back the old taste, to the last byte."
run resolve "a harbour at dawn --p $first" --user ada
equal "$before" "$(json show "$first" | sha256sum)"
run show "$first"

say "5. A code works for anyone. Ben blends his own taste with Ada's old one, two to one, and turns it up."
run import "$sample/4-others.jsonl"
run resolve "a harbour at dawn --p" --user ben
ben=$(json resolve "a harbour at dawn --p" --user ben | field code)
run resolve "a harbour at dawn --p $ben::2 $first --s 400" --user ben

say "6. niji 6 is a space of its own: ranking there leaves Ada's taste in v6 alone."
run import "$sample/5-ada-in-niji6.jsonl"
run resolve "a harbour at dawn --niji 6 --p" --user ada
equal "$second" "$(json resolve "a harbour at dawn --p" --user ada | field code)"

say "7. Codes are listed newest first."
run codes ada --space v6

say "8. A mistyped code is noticed, not misunderstood."
refused resolve "a harbour at dawn --p $(mistyped "$first")" --user ada

say "9. An audit folds every minted version again, from the log alone."
run replay

say "Done. The store was in a temporary folder and is gone; the README shows how to make one of your own."
