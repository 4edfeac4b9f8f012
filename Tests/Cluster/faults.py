#!/usr/bin/env python3
"""Three nodes under load, faults, and then a look at everything that was ever acknowledged.

    faults.py --worker BUILD/clusterworker [--scenarios NAME...] [--rounds N] [--seed N] [--keep FOLDER]

Each round runs every scenario (scenarios.py) once, in random order, or --rounds times the named ones. Afterwards:

  * the history is linearizable, shard by shard: acknowledged events are in the log once, where the acknowledgement said
    (linearizable.py);
  * every node's copy of every shard is the same, byte for byte;
  * a single-machine store that is fed a shard's log has the same bytes, codes and versions in all tables;
  * every code that was returned is the same version on every node.

Prints a JSON object with what was done and how long things took; exit code 1 when something is wrong.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import linearizable
import scenarios
from load import History, Load
from nodes import Node, NodeError, NodeGone
from pair import Pair
from servers import Failure


class Cluster:
    """The servers, the nodes, and what was measured."""

    def __init__(self, folder, arguments):
        self.folder, self.arguments = folder, arguments
        self.pair = Pair.start(folder / "database")
        self.figures = {}
        self.nodes = []

    def make(self):
        here = pathlib.Path(__file__).resolve().parent
        worker = self.arguments.worker
        node_command = [worker, "node"] if worker else [sys.executable, here / "model_node.py", "node"]
        init = [worker, "init"] if worker else [sys.executable, here / "model_node.py", "init"]
        for number in range(1, self.arguments.nodes + 1):
            conninfo = self.pair.link(f"n{number}")
            command = [*node_command, *([self.folder / f"n{number}", "--database"] if worker else []), conninfo, "--number", number]
            if self.arguments.mistake:
                command += ["--mistake", self.arguments.mistake]
            self.nodes.append(Node(f"n{number}", list(map(str, command)), self.folder / f"n{number}.log"))
        options = ["--shards", self.arguments.shards, "--role", "node", "--secret", self.folder / "secret", "--database"] if worker else []
        finished = subprocess.run(
            list(map(str, [*init, *options, self.pair.connection("operator")])), capture_output=True, text=True)
        if finished.returncode != 0:
            raise Failure(f"init: {finished.stdout}{finished.stderr}")
        for node in self.nodes:
            if worker:
                node.command += ["--secret", str(self.folder / "secret")]
            node.start()
        if worker:
            self.nodes[0].ask("define", space="v6", models=["6"], dimension=16, threshold=5, images=40)

    def forks(self):
        """What nodes say that they had to undo."""
        schema = "pstore" if self.arguments.worker else "model"
        lines = self.pair.sql("primary", f"select node, shard, after, removed from {schema}.fork", database="store").split()
        return [{"node": node, "shard": int(shard), "after": int(after), "removed": int(removed)}
                for node, shard, after, removed in (line.split("|") for line in lines)]

    def refill(self, node):
        """Puts back what the database has lost and a node's folder has; returns how many groups."""
        finished = subprocess.run(
            [self.arguments.worker, "refill", self.folder / node.name, "--database", self.pair.connection("operator")],
            capture_output=True, text=True)
        if finished.returncode != 0:
            raise Failure(f"refill from {node.name}: {finished.stdout}{finished.stderr}")
        return json.loads(finished.stdout)["groups"]

    def note(self, what, seconds):
        self.figures.setdefault(what, []).append(seconds)

    def some_acknowledged(self):
        return self.shard_with_events, self.history.latest

    def stop(self):
        for node in self.nodes:
            node.kill()
        self.pair.stop(keep=self.arguments.keep is not None)


def run(cluster, arguments, generator):
    """Load and faults; returns what is wrong so far, the shards that were written, and the load."""
    cluster.make()
    history = cluster.history = History(cluster.folder / "history.jsonl")
    load = Load(cluster.nodes, history, [f"user{number}" for number in range(arguments.users)], resolves=bool(arguments.worker),
                callers=arguments.callers, seed=arguments.seed)
    cluster.shard_with_events = load.shard(load.users[0])
    load.start()
    problems = []
    try:
        load.wait_for_progress(each=20)
        load.single.attempt(cluster.nodes[0], load.users[0], [load.single.event(load.users[0])])
        for number in range(arguments.rounds):
            names = list(arguments.scenarios)
            generator.shuffle(names)
            for name in names:
                time.sleep(arguments.calm)
                began = time.monotonic_ns()
                say(f"round {number + 1}: {name}")
                scenarios.EVERY[name](cluster, load, generator)
                cluster.note(f"{name}: longest time without an acknowledgement", history.longest_wait(began, time.monotonic_ns()))
    except (Failure, RuntimeError, NodeError, NodeGone, OSError) as error:
        problems.append(f"{type(error).__name__}: {error}")
    load.stop()
    problems += load.failures
    history.close()
    return problems, sorted(set(load.shards.values())), load


def compare_copies(cluster, shards, load):
    """Waits until all nodes have everything, and compares. Returns the lines of whole copies, and what is wrong."""
    problems, finals = [], []
    for shard in shards:
        head = max(node.ask("read", shard=shard, **{"from": 1, "limit": 1})["head"] for node in cluster.nodes)
        digests = {}
        for node in cluster.nodes:
            try:
                node.ask("wait", shard=shard, position=head, seconds=30)
            except NodeError as error:
                problems.append(f"{node.name} does not get to position {head} of shard {shard}: {error}")
                continue
            digests[node.name] = {key: value for key, value in node.ask("digest", shard=shard).items() if key != "id"}
            events = []
            while len(events) < digests[node.name]["position"]:
                events += node.ask("read", shard=shard, **{"from": len(events) + 1, "limit": 1000})["events"]
            finals.append({"op": "final", "shard": shard, "node": node.name, "events": events})
        if len({json.dumps(digest, sort_keys=True) for digest in digests.values()}) > 1:
            problems.append(f"the copies of shard {shard} differ: {digests}")
    for code, version in load.codes.items():
        for node in cluster.nodes:
            try:
                answer = node.ask("version", code=code)
                if answer["version"] != version:
                    problems.append(f"{code} was {version} and is {answer['version']} on {node.name}")
            except NodeError as error:
                problems.append(f"{code} is not on {node.name}: {error}")
    return finals, problems


def compare_with_one_machine(cluster, shards):
    """Each node's copy beside a store of its own that is fed the same log."""
    problems = []
    worker = cluster.arguments.worker
    for shard in shards:
        for number, node in enumerate(cluster.nodes):
            single = cluster.folder / f"single-{shard}"
            if number == 0:
                done = subprocess.run([worker, "refold", cluster.folder / node.name, str(shard), single], capture_output=True, text=True)
                if done.returncode != 0:
                    problems.append(f"refold of shard {shard}: {done.stdout}{done.stderr}")
                    break
            done = subprocess.run([worker, "compare", cluster.folder / node.name, str(shard), single], capture_output=True, text=True)
            if done.returncode != 0:
                problems.append(f"shard {shard} of {node.name} is not what one machine makes of the log: {done.stdout}{done.stderr}")
        shutil.rmtree(single, ignore_errors=True)
    return problems


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def summary(cluster, load, checked, problems, arguments):
    figures = {}
    for what, values in sorted(cluster.figures.items()):
        values.sort()
        figures[what] = {"times": len(values), "median": round(values[len(values) // 2], 4), "most": round(values[-1], 4)}
    return {
        "seed": arguments.seed, "rounds": arguments.rounds, "scenarios": arguments.scenarios, "nodes": arguments.nodes, "checked": checked,
        "codes": len(load.codes), "errors": load.counts(), "messages": load.messages, "seconds": figures, "problems": problems[:20], "problem count": len(problems)}


def drive(arguments):
    """The summary of one run; `problems` is empty when all was right."""
    folder = pathlib.Path(arguments.keep or tempfile.mkdtemp(prefix="cluster-faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    generator = random.Random(arguments.seed)
    cluster = Cluster(folder, arguments)
    try:
        problems, shards, load = run(cluster, arguments, generator)
        checked = {}
        try:
            say("comparing copies")
            finals, more = compare_copies(cluster, shards, load)
            problems += more
            forks = cluster.forks()
            if forks and not any(name.startswith("wait-cancelled") for name in arguments.scenarios):
                problems.append(f"copies were undone although every commit was replicated: {forks}")
            finals += [{"op": "forked", **fork} for fork in forks if fork["shard"] in shards]
            with open(cluster.history.path, "a") as file:
                for final in finals:
                    file.write(json.dumps(final) + "\n")
            with open(cluster.history.path) as file:
                findings, checked = linearizable.check(file)
            problems += findings
            if arguments.worker:
                for node in cluster.nodes:
                    node.close()
                say("comparing with one machine")
                problems += compare_with_one_machine(cluster, shards)
        except (NodeGone, NodeError, linearizable.Malformed) as error:
            problems.append(f"{type(error).__name__}: {error}")
        return summary(cluster, load, checked, problems, arguments)
    finally:
        cluster.stop()
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def parser():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--worker", help="the program of a node")
    what.add_argument("--model", action="store_true", help="the model of a node in Python, to test the test")
    parser.add_argument("--mistake", help="that the model makes")
    parser.add_argument("--scenarios", nargs="+", default=list(scenarios.EVERY), choices=list(scenarios.EVERY))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--calm", type=float, default=1, help="seconds of load before each fault")
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--callers", type=int, default=4, help="on each node")
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--shards", type=int, default=256)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--keep", help="a folder where everything is left")
    return parser


def main():
    arguments = parser().parse_args()
    if arguments.mistake and not arguments.model:
        sys.exit("faults: only the model makes mistakes on demand")
    result = drive(arguments)
    print(json.dumps(result, indent=1))
    sys.exit(1 if result["problems"] else 0)


if __name__ == "__main__":
    try:
        main()
    except Failure as error:
        sys.exit(f"faults: {error}")
