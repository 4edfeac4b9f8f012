#!/usr/bin/env python3
"""Compares the store with the Python reference of the fold, user by user, on real preference data.

  scripts/compare_with_reference.py --storectl .build/release/storectl --reference PATH/reference_fold.py

For each data set under STORE_DATA_DIR (default ../shared/data) it makes a store, imports items and events, mints every
user through `storectl resolve`, and compares direction, gain, confidence and comparison count of every code with what
the reference folds from the same events. The panel is drawn here again from the ids, as docs/fold.md says. Then it
audits the store with `storectl replay`. A data set that is absent is skipped with a message.
"""
import argparse
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

DATA_SETS = ["visualpairs", "dogs", "sushi"]


def load_reference(path: Path):
    """Imports the reference from wherever it is."""
    spec = importlib.util.spec_from_file_location("reference_fold", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_lines(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def reference_space(reference, name: str, embeddings: dict[str, list[int]]):
    """The space descriptor, drawn from the ids as the specification says."""
    order = sorted(embeddings, key=lambda image: hashlib.sha256(b"panel" + image.encode()).digest())
    count = len(order)
    pairs = [(order[2 * k % count], order[(2 * k + 1 + 2 * k // count) % count]) for k in range(64)]
    mean = reference.mean_embedding([embeddings[image] for image in order])
    return reference.Space(name, mean, [(embeddings[x], embeddings[y]) for x, y in pairs])


class Storectl:
    """Runs storectl on one store."""

    def __init__(self, program: str, store: Path):
        self.command = [program]
        self.environment = dict(os.environ, STORECTL_STORE=str(store))

    def run(self, *arguments: str) -> str:
        result = subprocess.run([*self.command, *arguments], env=self.environment, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"storectl {' '.join(arguments)} exited {result.returncode}: {result.stderr.strip()}")
        return result.stdout

    def json(self, *arguments: str) -> dict:
        return json.loads(self.run(*arguments, "--json"))


def convert(data: Path, folder: Path, space: str) -> tuple[Path, Path]:
    """Writes a data set in the interchange format."""
    images, events = folder / "images.jsonl", folder / "events.jsonl"
    with images.open("w", encoding="utf-8") as output:
        for item in read_lines(data / "items.jsonl"):
            line = {"kind": "image", "space": space, "id": item["id"], "author": item["owner"], "embedding": item["vector"]}
            output.write(json.dumps(line) + "\n")
    with events.open("w", encoding="utf-8") as output:
        for event in read_lines(data / "events.jsonl"):
            line = {"kind": event["kind"], "user": event["user"], "space": space, "at": event["t"]}
            if event["kind"] == "rank":
                line |= {"winner": event["winner"], "loser": event["loser"]}
            else:
                line["image"] = event["item"]
            output.write(json.dumps(line) + "\n")
    return images, events


def compare(data: Path, storectl_program: str, reference, folder: Path) -> tuple[int, list[str]]:
    """Compares every user of one data set; returns how many, and what differs."""
    space_name = data.name
    storectl = Storectl(storectl_program, folder / "store")
    images, events = convert(data, folder, space_name)
    storectl.run("init")
    storectl.run("space", "define", space_name, "--models", "1", "--images", str(images), "--threshold", "1")
    storectl.run("import", str(events))

    items = read_lines(data / "items.jsonl")
    embeddings = {item["id"]: reference.canon_embedding(item["vector"]) for item in items}
    owners = {item["id"]: item["owner"] for item in items}
    space = reference_space(reference, space_name, embeddings)
    by_user: dict[str, list[dict]] = {}
    for event in read_lines(data / "events.jsonl"):
        by_user.setdefault(event["user"], []).append(event)

    differences = []
    for user in sorted(by_user):
        expected = reference.fold(by_user[user], user, owners.get, embeddings.get, space)
        resolution = storectl.json("resolve", "a prompt --v 1 --p", "--user", user)
        first = resolution["codes"][0]
        found = storectl.json("show", first if isinstance(first, str) else first["code"])
        for name, value in [("direction", expected.C), ("gain", expected.beta), ("confidence", expected.conf),
                            ("comparisons", expected.n)]:
            if found[name] != value:
                differences.append(f"{data.name} {user}: {name} is {found[name]}, the reference has {value}")
    audit = subprocess.run([storectl_program, "replay", "--json"], env=storectl.environment, capture_output=True, text=True)
    if audit.returncode != 0:
        differences.append(f"{data.name}: replay exited {audit.returncode}: {audit.stdout} {audit.stderr}")
    print(f"{data.name}: {len(by_user)} users, {len(differences)} differences; replay: {audit.stdout.strip()[:300]}")
    return len(by_user), differences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--storectl", required=True, help="the storectl program")
    parser.add_argument("--reference", required=True, type=Path, help="reference_fold.py")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("STORE_DATA_DIR", "../shared/data")))
    options = parser.parse_args()
    if not options.reference.exists():
        print(f"skipped: there is no reference at {options.reference}")
        return
    reference = load_reference(options.reference)
    total, differences = 0, []
    for name in DATA_SETS:
        if not (options.data / name).is_dir():
            print(f"{name}: skipped, there is no {options.data / name}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            count, found = compare(options.data / name, options.storectl, reference, Path(folder))
        total += count
        differences += found
    for line in differences[:20]:
        print(line)
    print(f"{total} users compared, {len(differences)} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
