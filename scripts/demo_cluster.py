#!/usr/bin/env python3
"""Shows what a cluster is for: run it with `make demo-cluster`. Under two minutes; everything is in a temporary folder.

    demo_cluster.py BUILD_FOLDER

A private PostgreSQL primary with a synchronous standby, three nodes, and the death of the primary while people rank.
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
from servers import Failure  # noqa: E402

BOLD, PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
SPACE, IMAGES, THRESHOLD = "v6", 60, 40


def say(text):
    print(f"\n{BOLD}{text}{PLAIN}", flush=True)


def show(text):
    print(f"  {text}", flush=True)


def require(condition, text):
    if not condition:
        raise Failure(f"the demonstration failed: {text}")


class Demonstration:
    def __init__(self, build, folder):
        self.build, self.folder = pathlib.Path(build).resolve(), folder
        self.random = random.Random(7)
        self.nodes = []
        self.acknowledged = {}
        self.guard = threading.Lock()

    def storecluster(self, *words, allowed=(0,)):
        """Runs the operator's tool as the role that owns the database, and shows what it says."""
        print(f"$ storecluster {' '.join(map(str, words))}".replace(f"{self.folder}/", ""))
        finished = subprocess.run(
            [self.build / "storecluster", *words], env={"STORECLUSTER_SERVER": self.pair.connection("operator"), "PATH": "/usr/bin"},
            capture_output=True, text=True)
        print(finished.stdout + finished.stderr, end="", flush=True)
        require(finished.returncode in allowed, f"storecluster ended with {finished.returncode}")

    def start(self):
        say("1. PostgreSQL: a primary and a synchronous standby, in a temporary folder, as an unprivileged user.")
        self.pair = Pair.start(self.folder / "database")
        show(f"primary at port {self.pair.servers['a'].port}, standby at port {self.pair.servers['b'].port}")
        secret = self.folder / "secret"
        self.storecluster("init", "--secret-file", secret, "--role", "node", "--shards", "16")
        say("2. Three nodes, each with a folder of its own, and a space of images that all of them learn of.")
        for number in (1, 2, 3):
            command = [self.build / "clusterworker", "node", self.folder / f"n{number}", "--database", self.pair.connection("node"),
                       "--number", number, "--secret", secret]
            self.nodes.append(Node(f"n{number}", list(map(str, command)), self.folder / f"n{number}.log"))
            self.nodes[-1].start()
        self.nodes[0].ask("define", space=SPACE, models=["6"], dimension=59, threshold=THRESHOLD, images=IMAGES)
        show(f"n1, n2, n3 serve; space {SPACE} with {IMAGES} images is defined")

    def ranking(self, user):
        winner, loser = self.random.sample(range(IMAGES), 2)
        return {"event": str(uuid.UUID(int=self.random.getrandbits(128), version=4)), "user": user, "space": SPACE,
                "winner": f"image{winner}", "loser": f"image{loser}"}

    def append(self, node, events):
        answer = node.ask("append", events=events)
        with self.guard:
            for event, position in zip(events, answer["positions"]):
                self.acknowledged[event["event"]] = (answer["shard"], position)
        return answer

    def rank_and_resolve(self):
        say("3. Ada ranks on n1 and gets a code there. n2 knows the code, and n3 gives her the same one.")
        answer = self.append(self.nodes[0], [self.ranking("ada") for _ in range(2 * THRESHOLD)])
        show(f"n1: {2 * THRESHOLD} rankings of ada, at positions {answer['positions'][0]} to {answer['positions'][-1]} of shard {answer['shard']}")
        first = self.nodes[0].ask("resolve", user="ada", space=SPACE)
        show(f"n1: a harbour --p  means  --p {first['code']}")
        self.nodes[1].ask("wait", shard=answer["shard"], position=answer["positions"][-1], seconds=10)
        second = self.nodes[1].ask("version", code=first["code"])
        show(f"n2: {first['code']} is version {second['version'][:16]}…")
        third = self.nodes[2].ask("resolve", user="ada", space=SPACE)
        show(f"n3: a harbour --p  means  --p {third['code']}")
        require(second["version"] == first["version"] and third["code"] == first["code"], "nodes differ about ada's code")
        self.code = first

    def retry(self):
        say("4. The same event sent again, to another node, is not written twice.")
        event = self.ranking("ben")
        one, two = self.append(self.nodes[1], [event]), self.append(self.nodes[2], [event])
        show(f"n2: position {one['positions'][0]};  n3, again: position {two['positions'][0]}")
        require(one == {**two, "id": one["id"]}, "a retry was written twice")

    def fail_over(self):
        say("5. The primary is killed while thirty people rank on all nodes. Their requests wait, or are sent again.")
        stopping = threading.Event()
        retries = []
        people = [threading.Thread(target=self.person, args=(f"person{number}", stopping, retries), daemon=True) for number in range(30)]
        for person in people:
            person.start()
        time.sleep(2)
        before = len(self.acknowledged)
        self.pair.named("primary").kill()
        killed = time.monotonic()
        show(f"kill -9 of the primary after {before:,} acknowledged events")
        self.pair.promote()
        show(f"the standby is promoted, after {time.monotonic() - killed:.1f} s; appends wait until it has a standby of its own")
        self.pair.reclone()
        while len(self.acknowledged) < before + 200:
            require(time.monotonic() - killed < 60, "nothing went on within a minute")
            time.sleep(0.05)
        show(f"the former primary is its standby now; people rank again, {time.monotonic() - killed:.1f} s after the kill")
        time.sleep(1)
        stopping.set()
        for person in people:
            person.join(60)
        show(f"{len(self.acknowledged):,} events acknowledged, {len(retries)} requests sent again with the same ids")

    def person(self, name, stopping, retries):
        while not stopping.is_set():
            with self.guard:
                events = [self.ranking(name) for _ in range(self.random.choice((1, 1, 5)))]
            node = self.nodes[hash(name) % 3]
            while True:
                try:
                    self.append(node, events)
                    break
                except (NodeError, NodeGone):
                    retries.append(name)
                    node = self.random.choice(self.nodes)
            time.sleep(0.02)

    def compare(self):
        say("6. Nothing acknowledged is lost, nothing is there twice, and all copies are the same bytes.")
        shards = sorted({shard for shard, _ in self.acknowledged.values()})
        found, count = {}, 0
        for shard in shards:
            head = max(node.ask("head", shard=shard)["position"] for node in self.nodes)
            digests = set()
            for node in self.nodes:
                node.ask("wait", shard=shard, position=head, seconds=30)
                digests.add(node.ask("digest", shard=shard)["records"])
            require(len(digests) == 1, f"the copies of shard {shard} differ")
            count += head
            start = 1
            while events := self.nodes[0].ask("read", shard=shard, **{"from": start, "limit": 1000})["events"]:
                for position, event in events:
                    require(event is None or event not in found, f"{event} is there twice")
                    found[event] = (shard, position)
                start += len(events)
        lost = [event for event, place in self.acknowledged.items() if found.get(event) != place]
        require(not lost, f"{len(lost)} acknowledged events are lost or moved")
        show(f"{len(self.acknowledged):,} of {len(self.acknowledged):,} acknowledged events are where they were said to be")
        show(f"{count:,} records in {len(shards)} shards: the three copies of each are byte for byte the same")
        again = self.nodes[1].ask("version", code=self.code["code"])
        require(again["version"] == self.code["version"], "ada's code changed")
        show(f"n2: {self.code['code']} is version {again['version'][:16]}…, as before")

    def look(self):
        say("7. What an operator sees.")
        self.storecluster("status")
        for node in self.nodes:
            node.close()
        self.storecluster("check", self.folder / "n3")
        shard = self.acknowledged and next(iter(self.acknowledged.values()))[0]
        say("8. A copy is a store like any other: storectl verifies it and folds its versions again.")
        for words in (("verify",), ("replay",)):
            print(f"$ storectl {' '.join(words)} --store n3/shard-{shard}")
            done = subprocess.run([self.build / "storectl", *words, "--store", self.folder / "n3" / f"shard-{shard}"], capture_output=True, text=True)
            print(done.stdout + done.stderr, end="", flush=True)
            require(done.returncode == 0, f"storectl {words[0]} found something")

    def run(self):
        try:
            self.start()
            self.rank_and_resolve()
            self.retry()
            self.fail_over()
            self.compare()
            self.look()
        finally:
            for node in self.nodes:
                node.kill()
            if hasattr(self, "pair"):
                self.pair.stop()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="demo-cluster-"))
    folder.chmod(0o755)
    began = time.monotonic()
    try:
        Demonstration(sys.argv[1], folder).run()
        say(f"Done in {time.monotonic() - began:.0f} s; the temporary folder is gone.")
    except (Failure, NodeError, NodeGone, OSError) as error:
        sys.exit(f"demo_cluster: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
