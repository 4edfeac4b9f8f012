#!/usr/bin/env python3
"""Shows a cluster: a primary, a synchronous standby and three nodes in a temporary folder. Run it with `make demo-cluster`.

    demo_cluster.py BUILD_FOLDER
"""

import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Cluster"))

from nodes import Node, NodeError, NodeGone  # noqa: E402
from pair import Pair  # noqa: E402

BOLD, PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
SHARDS, USERS = 16, [f"user{number}" for number in range(24)]


def say(text):
    print(f"\n{BOLD}{text}{PLAIN}", flush=True)


def rankings(user, count, generator):
    events = []
    for _ in range(count):
        winner, loser = generator.sample(range(40), 2)
        events.append({"event": str(uuid.UUID(int=generator.getrandbits(128), version=4)), "user": user, "space": "v6",
                       "winner": f"image{winner}", "loser": f"image{loser}"})
    return events


class Caller(threading.Thread):
    """Appends one user's rankings, each through another node, again and again until it is acknowledged."""

    def __init__(self, nodes, users, stopping, seed):
        super().__init__(daemon=True)
        self.nodes, self.users, self.stopping, self.random = nodes, users, stopping, random.Random(f"caller {seed}")
        self.acknowledged, self.retries, self.longest = {}, 0, 0

    def run(self):
        while not self.stopping.is_set():
            events, began = rankings(self.random.choice(self.users), 1, self.random), time.monotonic()
            while True:
                try:
                    answer = self.random.choice(self.nodes).ask("append", events=events)
                    break
                except (NodeError, NodeGone):
                    self.retries += 1
                    time.sleep(0.02)
            self.longest = max(self.longest, time.monotonic() - began)
            self.acknowledged[events[0]["event"]] = (answer["shard"], answer["positions"][0])


def tool(build, pair, *arguments):
    print(f"$ storectl cluster {arguments[0]}", flush=True)
    done = subprocess.run([build / "storectl", "cluster", *arguments, "--server", pair.connection("operator")],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1) or done.stderr:
        sys.exit(f"demo: {done.stdout}{done.stderr}")
    print(done.stdout.rstrip())
    return done


def lines_of(node, shard):
    events, head = [], node.ask("read", shard=shard, **{"from": 1, "limit": 1})["head"]
    while len(events) < head:
        events += node.ask("read", shard=shard, **{"from": len(events) + 1, "limit": 1000})["events"]
    return events


def show(build, folder, pair):
    generator = random.Random(1)
    secret = folder / "secret"
    say("A cluster of 16 shards in a database that a synchronous standby confirms")
    tool(build, pair, "init", "--shards", str(SHARDS), "--secret-file", str(secret), "--role", "node")
    nodes = []
    for number in (1, 2, 3):
        command = [build / "clusterworker", "node", folder / f"n{number}", "--database", pair.connection("node"),
                   "--number", number, "--secret", secret]
        nodes.append(Node(f"n{number}", list(map(str, command)), folder / f"n{number}.log"))
    try:
        for node in nodes:
            node.start()
        first, second, third = nodes
        first.ask("define", space="v6", models=["6"], dimension=16, threshold=5, images=40)

        say("ada ranks on node 1; the code of her taste is used on node 2, and the same bytes on node 3")
        answer = first.ask("append", events=rankings("ada", 30, generator))
        print(f"node 1: 30 rankings, at positions {answer['positions'][0]} to {answer['positions'][-1]} of shard {answer['shard']}")
        code = first.ask("resolve", user="ada", space="v6")["code"]
        print(f"node 1: a harbour at dawn --p {code}")
        versions = {node.name: node.ask("version", code=code)["version"] for node in nodes}
        print(f"node 2: {code} is the version {versions['n2'][:16]}…")
        print(f"node 3: {code} is the version {versions['n3'][:16]}…")
        if len(set(versions.values())) != 1:
            sys.exit("demo: the nodes do not agree")

        say("Callers append on all three nodes; the primary is killed, and the standby promoted")
        stopping = threading.Event()
        callers = [Caller(nodes, USERS, stopping, seed) for seed in range(6)]
        for caller in callers:
            caller.start()
        time.sleep(3)
        pair.named("primary").kill()
        print("killed the primary (kill -9)", flush=True)
        time.sleep(1)
        pair.promote()
        pair.reclone()
        print("promoted the standby, and cloned the other server anew as its standby", flush=True)
        time.sleep(3)
        stopping.set()
        for caller in callers:
            caller.join(60)
        acknowledged = {}
        for caller in callers:
            acknowledged.update(caller.acknowledged)
        print(f"{len(acknowledged)} acknowledged, {sum(caller.retries for caller in callers)} retries; the longest that a caller "
              f"waited: {max(caller.longest for caller in callers):.1f} s")

        say("Nothing that was acknowledged is lost, doubled or out of place; all copies are the same bytes")
        places, copies = {}, 0
        for shard in range(SHARDS + 1):
            head = max(node.ask("read", shard=shard, **{"from": 1, "limit": 1})["head"] for node in nodes)
            if head == 0:
                continue
            digests = set()
            for node in nodes:
                node.ask("wait", shard=shard, position=head, seconds=30)
                digests.add(node.ask("digest", shard=shard)["records"])
                copies += 1
            if len(digests) != 1:
                sys.exit(f"demo: the copies of shard {shard} differ")
            for position, event in lines_of(first, shard):
                places.setdefault(event, []).append((shard, position))
        wrong = [event for event, place in acknowledged.items() if places.get(event) != [place]]
        if wrong:
            sys.exit(f"demo: {len(wrong)} events are not where they were acknowledged, or not once")
        print(f"{len(acknowledged)} of {len(acknowledged)} events are there, once, where they were acknowledged; "
              f"{copies} copies compared")
        tool(build, pair, "check", str(folder / "n2"))
        tool(build, pair, "status")
        if nodes[2].ask("version", code=code)["version"] != versions["n1"]:
            sys.exit("demo: the code means something else")
        print(f"\nand {code} is what it was")
        for node in nodes:
            node.close()
    finally:
        for node in nodes:
            node.kill()


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="demo-cluster-"))
    folder.chmod(0o755)
    began = time.monotonic()
    say("Starting PostgreSQL: a primary and a synchronous standby in a temporary folder")
    pair = Pair.start(folder / "database")
    try:
        show(build, folder, pair)
    finally:
        pair.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\nstopped and removed everything; it took {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
