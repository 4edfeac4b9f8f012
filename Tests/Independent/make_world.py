#!/usr/bin/env python3
"""Makes the stores that are audited, through storectl: make_world.py STORECTL FOLDER.

`every` has every kind of record that storectl can write, `large` more records than the smallest stored tile covers; beside
each are its codes, and a checkpoint that was signed when it was smaller.
"""
import json
import os
import random
import subprocess
import sys

storectl, folder = sys.argv[1:]
generator = random.Random(17)


def run(store, *words, lines=None):
    if lines is not None:
        path = f"{folder}/lines.jsonl"
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(line) + "\n" for line in lines)
        words = [*words, path]
    result = subprocess.run(
        [storectl, *words], capture_output=True, text=True, check=False,
        env=dict(os.environ, STORECTL_STORE=f"{folder}/{store}"))
    if result.returncode:
        sys.exit(f"{' '.join(words)}: {result.stderr}")
    return result.stdout


def images(space, count=40, d=12):
    return [{"kind": "image", "space": space, "id": f"i/{i}", "author": f"person {i % 7}" if i % 3 else None,
             "embedding": [generator.uniform(-1, 1) for _ in range(d)]} for i in range(count)]


def ranks(user, space, count, at=None):
    lines = []
    for number in range(count):
        winner, loser = generator.sample(range(40), 2)
        lines.append({"kind": "rank", "user": user, "space": space, "winner": f"i/{winner}", "loser": f"i/{loser}"})
        if at:
            lines[-1]["at"] = at + number
    return lines


def code(store, user, prompt="x --p"):
    return json.loads(run(store, "resolve", prompt, "--user", user, "--json"))["codes"][0]["code"]


def define(store, *spaces):
    run(store, "init")
    for space, models in spaces:
        path = f"{folder}/{space}.images"
        if not os.path.exists(path):
            with open(path, "w", encoding="utf-8") as out:
                out.writelines(json.dumps(image) + "\n" for image in images(space))
        run(store, "space", "define", space, "--models", models, "--images", path, "--threshold", "5")
    run(store, "space", "assign", "v6", "6.1", "--default")


def keep(store, codes):
    with open(f"{folder}/{store}.codes", "w", encoding="utf-8") as out:
        out.writelines(code + "\n" for code in dict.fromkeys(codes))


def make_every():
    store = "every"
    define(store, ("v6", "6,6.1"), ("v7", "7"))
    run(store, "import", lines=ranks("ada", "v6", 30, at=1_600_000_000_000))
    first = code(store, "ada")
    with open(f"{folder}/{store}.early", "w", encoding="utf-8") as out:
        out.write(run(store, "checkpoint"))
    likes = [{"kind": kind, "user": "person 1", "space": "v6", "image": f"i/{image}"}
             for kind, image in (("like", 1), ("like", 8), ("like", 2), ("unlike", 2), ("like", 3))]
    picks = [{"kind": "pick", "user": "ada", "space": "v6", "chosen": ["i/3", "i/9"], "shown": ["i/9", "i/4", "i/3", "i/5"]},
             {"kind": "skip", "user": "ada", "space": "v6", "shown": ["i/1", "i/2"]}]
    run(store, "import", lines=likes + picks + ranks("person 1", "v6", 25))
    second, third = code(store, "ada"), code(store, "person 1")
    run(store, "label", first, "warm film look")
    run(store, "revoke", first)
    run(store, "restore", first)
    receipt = json.loads(run(store, "rank", "ada", "i/5", "i/6", "--space", "v6", "--json"))
    run(store, "retract", str(receipt["position"]))
    codes = [first, second, third, code(store, "ada")]
    run(store, "import", lines=ranks("ada", "v6", 6))
    codes.append(code(store, "ada"))
    run(store, "revert", "--to", first)
    codes.append(code(store, "ada"))
    run(store, "import", lines=ranks("ada", "v6", 4))
    codes.append(code(store, "ada"))
    run(store, "reset", "ada", "--space", "v6")
    run(store, "import", lines=ranks("ada", "v6", 9) + ranks("Žofie 🦊", "v6", 12))
    codes += [code(store, "ada"), code(store, "Žofie 🦊")]
    run(store, "settings", "ada", "--space", "v6", "--always", "on", "--pin", f"{first}::2")
    run(store, "refold", "ada", "--from", "v6", "--to", "v7", "--adopt")
    run(store, "import", lines=ranks("ada", "v7", 7))
    codes.append(code(store, "ada", "x --v 7 --p"))
    for number in range(24):
        run(store, "import", lines=ranks(f"person {number + 10}", "v6", 22))
    house = json.loads(run(store, "house", "mint", "--space", "v6", "--json"))["code"]
    run(store, "house", "pin", house, "--threshold", "3")
    run(store, "import", lines=ranks("newcomer", "v6", 4) + ranks("person 11", "v6", 5))
    codes += [house, code(store, "newcomer"), code(store, "person 11")]
    run(store, "house", "pin", "--none", "--space", "v6")
    define("other", ("v6", "6,6.1"))
    run("other", "import", lines=ranks("eve", "v6", 12))
    foreign = code("other", "eve")
    run("other", "label", foreign, "from afar")
    run("other", "export-code", foreign, "--output", f"{folder}/bundle")
    run(store, "import-code", f"{folder}/bundle")
    run(store, "take-down", foreign)
    run(store, "put-back", foreign)
    run(store, "alias", "yfbxsj7", first)
    run(store, "alias", "--remove", "yfbxsj7", "--space", "v6")
    keep(store, codes + [foreign])


def make_large():
    store = "large"
    define(store, ("v6", "6,6.1"))
    run(store, "import", lines=ranks("ada", "v6", 60))
    with open(f"{folder}/{store}.early", "w", encoding="utf-8") as out:
        out.write(run(store, "checkpoint"))
    codes = [code(store, "ada")]
    run(store, "import", lines=[line for user in range(40) for line in ranks(f"user {user}", "v6", 1_700)])
    run(store, "rebuild")
    keep(store, codes + [code(store, "user 3")])


make_every()
make_large()
