#!/usr/bin/env python3
"""Collects the proof vectors of transparency-dev/merkle into one file, unchanged but for their names.

  collect_transparency_vectors.py CHECKOUT COMMIT > Tests/TransparencyLogTests/Vectors/transparency-dev-merkle.json

CHECKOUT is a checkout of that repository at COMMIT. Its testdata folder has a file for each case: what a verifier of RFC
9162's proofs is given, and whether it must refuse it.
"""
import json
import pathlib
import sys

checkout, commit = sys.argv[1:]
collected = {
    "source": "https://github.com/transparency-dev/merkle, folder testdata",
    "commit": commit,
    "license": "Apache-2.0, copyright the authors of transparency-dev/merkle",
}
for kind in ("inclusion", "consistency"):
    root = pathlib.Path(checkout) / "testdata" / kind
    collected[kind] = [
        {"name": str(path.relative_to(root).with_suffix("")), **json.loads(path.read_text())}
        for path in sorted(root.rglob("*.json"))]
print(json.dumps(collected, indent=0))
