#!/usr/bin/env bash
# Makes a store with every kind of event, to be kept for ever: later releases must read it (FixtureTests).
#   Tests/Fixtures/make.sh STORECTL FOLDER
# Run once for each new store format; never make an old one again.
set -euo pipefail

storectl=${1:?usage: make.sh STORECTL FOLDER}
folder=${2:?usage: make.sh STORECTL FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export STORECTL_STORE=$work/store

python3 - "$work" <<'PYTHON'
import json, sys
images = [{"kind": "image", "id": f"bild/{i}-ü" if i % 7 == 0 else f"image/{i}",
           "author": None if i % 3 == 0 else f"author{i % 5}",
           "embedding": [((i * 37 + k * 101 + i * i * (k + 1)) % 199) - 99 for k in range(8)]} for i in range(24)]
ids = [image["id"] for image in images]
def ranks(user, trait, count, space, start=0, profile=None):
    for n in range(start, start + count):
        a, b = n % 24, (n * 5 + 1 + n // 24) % 24
        if a == b: b = (b + 1) % 24
        w, l = (a, b) if images[a]["embedding"][trait] >= images[b]["embedding"][trait] else (b, a)
        line = {"kind": "rank", "user": user, "space": space, "winner": ids[w], "loser": ids[l]}
        if profile: line["profile"] = profile
        if n % 4 == 0: line["at"] = f"2024-05-01T12:{n % 60:02}:00Z"
        if n % 5 == 0: line["eventID"] = f"00000000-0000-4000-8000-{trait:04}{n:08}"
        yield line
def write(name, lines):
    with open(f"{sys.argv[1]}/{name}.jsonl", "w") as out:
        for line in lines: out.write(json.dumps(line, ensure_ascii=False) + "\n")
write("images", images)
write("one", ranks("ada", 0, 16, "v6"))
write("two", [*ranks("ada", 3, 16, "v6", 16), {"kind": "like", "user": "ada", "space": "v6", "image": ids[1]},
              {"kind": "like", "user": "ada", "space": "v6", "image": ids[2]},
              {"kind": "unlike", "user": "ada", "space": "v6", "image": ids[1]}])
write("three", [*ranks("ben", 1, 16, "v6"), *ranks("ada", 2, 16, "niji6"), *ranks("ada", 5, 16, "v6", 0, "evenings")])
PYTHON

run() { "$storectl" "$@" > /dev/null; }
code() { "$storectl" resolve "$@" --json | sed 's/.*"code":"\([^"]*\)".*/\1/'; }

printf '%064d\n' 7 > "$work/secret"
run init --secret-file "$work/secret"
run space define v6 --models 6,6.1 --default-model 6.1 --images "$work/images.jsonl" --threshold 10
run space define niji6 --models "niji 6" --images "$work/images.jsonl" --threshold 10
run import "$work/one.jsonl"
first=$(code "x --p" --user ada)
run import "$work/two.jsonl"
second=$(code "x --p" --user ada)
run import "$work/three.jsonl"
code "x --p" --user ben > /dev/null
code "x --niji 6 --p" --user ada > /dev/null
run label "$first" "warm film look"
run revoke "$second"
run restore "$second"
run revoke "$second"
run revert --to "$first"
code "x --p" --user ada > /dev/null
run retract 60
run settings ada --space v6 --always on --pin "$first::2"
run settings ben --space v6 --use evenings
STORECTL_STORE=$work/other run init
STORECTL_STORE=$work/other run space define v6 --images "$work/images.jsonl" --threshold 10
STORECTL_STORE=$work/other run import "$work/one.jsonl"
STORECTL_STORE=$work/other run space assign v6 6
foreign=$(STORECTL_STORE=$work/other code "x --v 6 --p" --user ada)
STORECTL_STORE=$work/other run export-code "$foreign" --output "$work/bundle"
run import-code "$work/bundle"

mkdir -p "$folder"
run backup "$work/copy"
cp "$work/copy/data.mdb" "$folder/data.mdb"
"$storectl" export > "$folder/export.jsonl"
"$storectl" codes ada --space v6 --json > "$folder/codes.json"
"$storectl" show "$first" --json > "$folder/first.json"
"$storectl" show "$foreign" --json > "$folder/foreign.json"
echo "made $folder"
