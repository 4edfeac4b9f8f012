#!/usr/bin/env python3
"""Checks the second implementation itself against the vectors that the Swift tests check the first one with."""
import base64
import json
import os
import re
import struct

import codes
import folds
import records
import tree

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
unhex = bytes.fromhex


def load(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def numbers(text):
    data = unhex(text)
    return list(struct.unpack(f"<{len(data) // 2}h", data))


def check_tree():
    vectors = json.loads(load("Tests/TransparencyLogTests/Vectors/merkle.json"))
    whole = tree.Tree([tree.leaf(unhex(entry)) for entry in vectors["leaves"]])
    assert all(whole.root(0, n).hex() == root for n, root in enumerate(vectors["roots"]))
    for case in vectors["inclusion"]:
        try:
            root = tree.root_from_inclusion(
                unhex(case["leaf"]), case["index"], case["size"], [unhex(hash) for hash in case["proof"]])
        except ValueError:
            root = None
        assert (root == unhex(case["root"])) == case["valid"], case["name"]
    for case in vectors["consistency"]:
        # A tree of nothing is extended by every other: only its root has to be right here.
        if case["first"]:
            verdict = tree.is_consistent(
                case["first"], unhex(case["firstRoot"]), case["second"], unhex(case["secondRoot"]),
                [unhex(hash) for hash in case["proof"]])
            assert verdict == case["valid"], case["name"]
    return len(vectors["inclusion"]) + len(vectors["consistency"])


def check_foreign_proofs():
    """The 98 inclusion and 98 consistency proofs of transparency-dev/merkle."""
    vectors = json.loads(load("Tests/TransparencyLogTests/Vectors/transparency-dev-merkle.json"))
    unbase64 = base64.b64decode
    for case in vectors["inclusion"]:
        try:
            leaf = unbase64(case["leafHash"])
            root = len(leaf) == 32 and tree.root_from_inclusion(
                leaf, case["leafIdx"], case["treeSize"], [unbase64(hash) for hash in case["proof"] or []])
        except ValueError:
            root = None
        assert (root == unbase64(case["root"])) != case["wantErr"], case["name"]
    for case in vectors["consistency"]:
        # Between two trees of one size, both of which may be of nothing here, only the roots have to be the same.
        if case["size1"]:
            verdict = tree.is_consistent(
                case["size1"], unbase64(case["root1"]), case["size2"], unbase64(case["root2"]),
                [unbase64(hash) for hash in case["proof"] or []])
            assert verdict != case["wantErr"], case["name"]
    return len(vectors["inclusion"]) + len(vectors["consistency"])


def check_codes():
    rows = re.findall(r"^\| `([0-9a-f]{64})` \| (\d+) \| `(\w+)` \|$", load("docs/format-codes.md"), re.M)
    for digest, count, code in rows:
        assert codes.code(unhex(digest), int(count)) == code
    assert rows
    return len(rows)


def check_references():
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \| `(u\w{13})` \|$", load("docs/format-codes.md"), re.M)
    secret = bytes(range(32))
    for *names, reference in rows:
        assert codes.reference(codes.profile_digest(secret, *(name.strip("`") for name in names))) == reference
    assert rows
    return len(rows)


def check_records():
    vectors = json.loads(load("Tests/EventLogTests/Vectors/records.json"))
    for case in vectors:
        for form in ("bytes", "erased"):
            if case[form]:
                record = records.Record(unhex(case[form]), case["position"])
                entry = record.entry(unhex(case["salt"]) if case["salt"] else None)
                assert entry.hex() == case["entry"] and tree.leaf(entry).hex() == case["leaf"], case["name"]
    return len(vectors)


def check_folds(limit=40):
    count = 0
    for name in ("fold-cases", "house-cases"):
        lines = load(f"Tests/TasteFoldTests/Resources/{name}.jsonl").splitlines()
        for case in map(json.loads, lines):
            if case["op"] not in ("fold", "house") or len(case.get("pairs", [])) > 400:
                continue
            items = [numbers(item) for item in case["items"]]
            panel = [numbers(item) for item in case.get("panelItems", case["items"])]
            space = folds.Space(numbers(case["mean"]), [(panel[a], panel[b]) for a, b in case["panel"]])
            payload, house, tag = unhex(case["payload"]), None, b""
            if case["op"] == "house":
                tastes = [folds.Taste(numbers(c), gain, 500, n) for gain, n, c in case["tastes"]]
                taste = folds.house(space, tastes)
            else:
                if payload[:4] == b"HP1\0":
                    gain, direction = struct.unpack_from("<I", unhex(case["house"]), 42)[0], numbers(case["house"][96:])
                    house, tag = folds.Taste(direction, gain, 500, 0), unhex(case["houseHash"])
                differences = [
                    [a - b for a, b in zip(items[winner], space.mean.tolist() if loser < 0 else items[loser])]
                    for winner, loser in case["pairs"]]
                taste = folds.fold(space, [z for z in differences if any(z)], house)
            assert taste.payload(payload[:4], payload[4:36], tag) == payload, f"{name}, case {count}"
            count += 1
            if count % limit == 0:
                break
    return count


if __name__ == "__main__":
    print(f"{check_tree() + check_foreign_proofs()} proofs, {check_codes()} codes, {check_references()} references, {check_records()} records, {check_folds()} folds are right")
