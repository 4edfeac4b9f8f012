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
    codes += add_profiles(store)
    erase_people(store, house)
    keep(store, codes + [foreign])


def add_profiles(store):
    """What is said of profiles as a whole, and boards; returns codes."""
    run(store, "profile", "create", "ada", "evenings", "--label", "Warm evenings", "--space", "v6")
    run(store, "import", lines=[dict(line, profile="evenings") for line in ranks("ada", "v6", 8)])
    run(store, "profile", "rename-label", "ada", "evenings", "Cool mornings", "--space", "v6")
    run(store, "profile", "share", "ada", "evenings", "--space", "v6")
    run(store, "profile", "create", "ada", "old", "--space", "v6")
    run(store, "profile", "archive", "ada", "old", "--space", "v6")
    # Person 1 made some of the images that are put here, which counts on a board.
    run(store, "board", "create", "person 1", "harbours", "--images", "i/1", "i/8", "i/5", "--label", "Boats", "--space", "v6")
    run(store, "board", "add", "person 1", "harbours", "i/9", "--space", "v6")
    run(store, "board", "remove", "person 1", "harbours", "i/5", "--space", "v6")
    run(store, "settings", "ada", "--space", "v6", "--unpin", "--use", "default::2", "--use", "evenings::1")
    run(store, "settings", "person 1", "--space", "v6", "--use", "harbours")
    return [code(store, "person 1"), code(store, "ada", f"x --p {reference(store, 'ada', 'evenings')}")]


def reference(store, user, profile):
    listed = json.loads(run(store, "profile", "list", user, "--json"))
    return next(entry["reference"] for entry in listed if entry["profile"] == profile)


def erase_people(store, house):
    """Erases who made images, whose tastes are in a house, who has boards, settings and an imported code; now and later."""
    run(store, "import", lines=ranks("person 2", "v6", 8) + [
        {"kind": "like", "user": "person 2", "space": "v6", "image": "i/3"}])
    own = code(store, "person 2")
    run(store, "label", own, "hers alone")
    run(store, "settings", "person 2", "--space", "v6", "--pin", own)
    run(store, "board", "create", "person 2", "boats", "--images", "i/4", "--space", "v6")
    run(store, "house", "pin", house)
    run(store, "import", lines=ranks("person 2", "v6", 3))
    code(store, "person 2")
    run(store, "house", "pin", "--none", "--space", "v6")
    run(store, "erase", "person 4", "--after", "30d", "--yes")
    run(store, "erase", "person 12", "--after", "30d", "--yes")
    run(store, "erase", "person 12", "--cancel")
    run(store, "backup", f"{folder}/before")
    for person in ("person 2", "person 12"):
        run(store, "erase", person, "--yes")
    # A new person of the same name, and one who is erased twice.
    run(store, "import", lines=ranks("person 2", "v6", 6) + ranks("person 12", "v6", 7))
    code(store, "person 12")
    run(store, "erase", "person 2", "--yes")


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
