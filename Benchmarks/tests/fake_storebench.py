#!/usr/bin/env python3
"""Follows the contract of Benchmarks/README.md without measuring anything: the runner's tests drive it."""

import json
import os
import sys

UNITS = {
    "fold": "ms", "open": "ms", "disk": "bytes/event", "resolve": "resolves/s", "score": "images/s", "get": "reads/s",
    "audit": "versions/s",
}  # fmt: skip
VALUES = {"open": 0.4, "disk": 110.0, "append": 800_000.0, "resolve": 250_000.0, "rebuild": 2_000_000.0}

workload = sys.argv[1]
given = dict(zip(sys.argv[3::2], sys.argv[4::2]))
if given.get("--mode") == "unknown":
    print("no such mode: unknown", file=sys.stderr)
    sys.exit(3)
if workload == "rebuild":
    print("the store is damaged", file=sys.stderr)
    sys.exit(1)
value = VALUES.get(workload, 6_000_000.0)
if workload == "fold":
    value = {"vector": 0.1, "plain": 0.55}[given["--loop"]]
line = {"side": "store", "workload": workload, "unit": UNITS.get(workload, "events/s"), "values": [value]}
if workload == "prepare":
    os.makedirs(given["--store"], exist_ok=True)
    line["recordBytes"] = 68.4
if workload == "disk":
    line["logBytesPerEvent"] = 79.0
if workload in ("append", "resolve", "stream"):
    line["latency"] = {"unit": "us", "count": 3, "p50": 4, "p99": 9, "p999": 9, "max": 9, "histogram": [[4000, 3]]}
if workload == "resolve" and given["--mode"] == "new":
    line |= {"commitsPerResolve": 0.05, "foldMicroseconds": 100}
print(json.dumps(line))
