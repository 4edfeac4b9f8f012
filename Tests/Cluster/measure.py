#!/usr/bin/env python3
"""Measures a cluster beside one machine, in turns and in one run. Prints Markdown for docs/cluster.md.

    measure.py --worker BUILD/clusterworker [--seconds 2] [--repetitions 3] [--groups 1 100 1000 4000]

A release build on an idle machine. The primary, its standby, all nodes and the single store share the machine and its disk, so
that several nodes cannot be faster than it: what is told is what the protocol costs. Medians of the repetitions.
"""

import argparse
import concurrent.futures
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

from nodes import Node
from pair import Pair

SPACE = {"space": "v6", "images": 64}


class Bench:
    def __init__(self, folder, arguments):
        self.folder, self.arguments = folder, arguments
        self.pair = Pair.start(folder / "database")
        self.nodes = []
        self.users = {}
        self.number = 0

    def node(self):
        number = len(self.nodes) + 1
        command = [self.arguments.worker, "node", self.folder / f"n{number}", "--database", self.pair.connection("node"),
                   "--number", number, "--secret", self.folder / "secret"]
        node = Node(f"n{number}", list(map(str, command)), self.folder / f"n{number}.log")
        node.start()
        self.nodes.append(node)
        return node

    def start(self):
        init = [self.arguments.worker, "init", "--database", self.pair.connection("operator"), "--role", "node", "--secret",
                self.folder / "secret"]
        subprocess.run(list(map(str, init)), check=True)
        for _ in range(4):
            self.node()
        self.nodes[0].ask("define", models=["6"], dimension=512, threshold=40, **SPACE)
        while len(self.users) < 4:
            self.number += 1
            user = f"user{self.number}"
            self.users.setdefault(self.nodes[0].ask("shard", user=user)["shard"], user)
        # Every copy of the shards has the images before anything is measured.
        for user in self.users.values():
            self.append(self.nodes[0], user, 1, 0.1)

    def append(self, node, user, group, seconds, **more):
        return node.ask("measure", user=user, group=group, seconds=seconds, **SPACE, **more)

    def together(self, work):
        """Runs appends of (node, user) at the same time: groups a second of all, and the worst p99."""
        with concurrent.futures.ThreadPoolExecutor(len(work)) as pool:
            found = list(pool.map(lambda each: self.append(*each), work))
        return {"rate": sum(one["rate"] for one in found), "p50": statistics.median(one["p50"] for one in found),
                "p99": max(one["p99"] for one in found)}

    def rates(self):
        users = list(self.users.values())
        seconds = self.arguments.seconds
        single = str(self.folder / "single")
        sides = {
            "one machine": lambda group: self.append(self.nodes[0], users[0], group, seconds, store=single),
            "1 node": lambda group: self.together([(self.nodes[0], users[0], group, seconds)]),
            "2 nodes, one shard": lambda group: self.together([(node, users[0], group, seconds) for node in self.nodes[:2]]),
            "4 nodes, one shard": lambda group: self.together([(node, users[0], group, seconds) for node in self.nodes]),
            "2 nodes, two shards": lambda group: self.together(
                [(node, user, group, seconds) for node, user in zip(self.nodes[:2], users)]),
            "4 nodes, four shards": lambda group: self.together([(node, user, group, seconds) for node, user in zip(self.nodes, users)])}
        print("| groups a second (p50 / p99 ms) | " + " | ".join(f"{group:,}" for group in self.arguments.groups) + " |")
        print("| --- |" + " --- |" * len(self.arguments.groups))
        found = {name: {group: [] for group in self.arguments.groups} for name in sides}
        for _ in range(self.arguments.repetitions):
            for group in self.arguments.groups:
                for name, side in sides.items():
                    found[name][group].append(side(group))
        for name, groups in found.items():
            cells = []
            for runs in groups.values():
                middle = {key: statistics.median(run[key] for run in runs) for key in ("rate", "p50", "p99")}
                cells.append(f"{middle['rate']:,.0f} ({middle['p50']:.2g} / {middle['p99']:.2g})")
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)

    def lag(self):
        print("\n| lag of a follower, ms | p50 | p99 | groups |\n| --- | --- | --- | --- |")
        shard, user = next(iter(self.users.items()))
        for group in (1, 1000):
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                watching = pool.submit(self.nodes[1].ask, "watch", shard=shard, seconds=self.arguments.seconds + 1)
                time.sleep(0.2)
                moments = self.append(self.nodes[0], user, group, self.arguments.seconds, watch=True)["acknowledged"]
                seen = watching.result()["seen"]
            lags, index = [], 0
            for position, moment in moments:
                while index < len(seen) and seen[index][0] < position:
                    index += 1
                if index < len(seen):
                    lags.append((seen[index][1] - moment) / 1e6)
            lags.sort()
            print(f"| groups of {group:,} | {lags[len(lags) // 2]:.2f} | {lags[int(len(lags) * 0.99)]:.2f} | {len(lags):,} |", flush=True)

    def bytes(self):
        print("\n| in the database, by the size of groups | bytes an event | bytes of WAL an event |\n| --- | --- | --- |")
        for group in self.arguments.groups:
            def state():
                self.pair.sql("primary", "checkpoint")
                return (int(self.pair.sql("primary", "select pg_total_relation_size('pstore.log')", database="store")),
                        int(self.pair.sql("primary", "select pg_current_wal_lsn() - '0/0'::pg_lsn").split(".")[0]))
            self.number += 1
            before = state()
            count = self.append(self.nodes[0], f"bytes{self.number}", group, self.arguments.seconds)["count"] * group
            after = state()
            print(f"| {group:,} | {(after[0] - before[0]) / count:.0f} | {(after[1] - before[1]) / count:.0f} |", flush=True)

    def catch_up(self):
        shards = {shard: self.nodes[0].ask("head", shard=shard)["position"] for shard in self.users}
        began = time.monotonic()
        node = self.node()
        opened = time.monotonic() - began
        for shard, position in shards.items():
            node.ask("wait", shard=shard, position=position, seconds=600)
        seconds = time.monotonic() - began
        count = sum(shards.values())
        print(f"\nA new node, with empty copies of all shards, was open after {opened:.1f} s, and had {count:,} events of {len(shards)} shards "
              f"after {seconds:.1f} s: {count / max(seconds - opened, 0.001):,.0f} a second.", flush=True)

    def resolve(self):
        """The same code on a node, and on one machine that was fed the same log."""
        shard, user = list(self.users.items())[-1]
        self.nodes[0].ask("resolve", user=user, space="v6")
        self.nodes[3].close()
        single = str(self.folder / "refolded")
        copy = self.folder / "n4"
        subprocess.run([self.arguments.worker, "refold", str(copy), str(shard), single], check=True)
        found = {"node": [], "one machine": []}
        for _ in range(5):
            for name, more in (("node", {}), ("one machine", {"store": single})):
                found[name].append(self.nodes[0].ask("measure-resolve", user=user, prompt="a harbour --p", seconds=1, **more)["p50"] * 1000)
        one, other = (statistics.median(values) for values in found.values())
        print(f"\nResolving with nothing new: {one:.2f} µs on a node, {other:.2f} µs on one machine with the same log, ratio {one / other:.3f}.")

    def stop(self):
        for node in self.nodes:
            node.kill()
        self.pair.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", required=True)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--groups", type=int, nargs="+", default=[1, 100, 1000, 4000])
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cluster-measure-"))
    folder.chmod(0o755)
    bench = Bench(folder, arguments)
    try:
        bench.start()
        bench.rates()
        bench.lag()
        bench.bytes()
        bench.catch_up()
        bench.resolve()
    finally:
        bench.stop()


if __name__ == "__main__":
    main()
