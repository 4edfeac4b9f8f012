"""Load on the nodes of a cluster: threads that append, retry, read and resolve, and note all of it as a history."""

import json
import random
import threading
import time
import uuid

from nodes import NodeDown, NodeError, NodeGone

# What an error of a node promises. Of a kind that is not here nothing is promised.
PROMISES_NOTHING_WRITTEN = ("unavailable", "notHere", "misconfigured", "refused")


class History:
    """Lines for linearizable.py, written as they come: what a driver that failed has seen can be looked at."""

    def __init__(self, path):
        self.file, self.guard = open(path, "w"), threading.Lock()
        self.path = path
        # (time, node) of every acknowledgement, to tell how long nothing went on.
        self.acknowledged = []
        self.latest = []

    def add(self, entry):
        with self.guard:
            self.file.write(json.dumps(entry) + "\n")
            if entry["op"] == "append" and entry["outcome"] == "ok":
                self.acknowledged.append((entry["responded"], entry["node"]))
                self.latest = entry["ids"]

    def close(self):
        self.file.close()

    def longest_wait(self, since, until, node=None):
        """The longest time between acknowledgements, of one node or of all, in seconds."""
        with self.guard:
            moments = [moment for moment, by in self.acknowledged if since <= moment <= until and node in (None, by)]
        moments = [since, *sorted(moments), until]
        return max(later - earlier for earlier, later in zip(moments, moments[1:])) / 1e9


class Caller(threading.Thread):
    """One caller, at home on one node. Its calls follow one another."""

    def __init__(self, load, home, seed):
        super().__init__(daemon=True, name=f"caller at {home.name}")
        self.load, self.home, self.random = load, home, random.Random(seed)
        self.tokens = {}
        self.calls = {}

    def run(self):
        try:
            while not self.load.stopping.is_set():
                choice = self.random.random()
                if choice < 0.7:
                    self.append()
                elif choice < 0.9 or not self.load.resolves:
                    self.read()
                else:
                    self.resolve()
                time.sleep(self.random.random() * self.load.pause)
        except Exception as error:  # A defect of the test must not look like a quiet caller.
            self.load.failures.append(f"{self.name}: {type(error).__name__}: {error}")
            raise

    def count(self, what):
        self.calls[what] = self.calls.get(what, 0) + 1

    def append(self):
        user = self.random.choice(self.load.users)
        events = [self.event(user) for _ in range(self.random.choice((1, 1, 1, 1, 1, 3, 20)))]
        # A retry has the same ids, and mostly goes through another node.
        node, giving_up = self.home, time.monotonic() + 120
        while True:
            outcome = self.attempt(node, user, events)
            if outcome == "ok" or outcome == "failed" and self.random.random() < 0.3:
                return
            if self.load.stopping.wait(0.05) or time.monotonic() > giving_up:
                return
            node = self.random.choice(self.load.nodes)

    def attempt(self, node, user, events):
        entry = {"op": "append", "shard": self.load.shard(user), "node": node.name, "incarnation": node.incarnation,
                 "ids": [event["event"] for event in events], "invoked": time.monotonic_ns(), "outcome": "unknown"}
        try:
            answer = node.ask("append", events=events)
            entry.update(outcome="ok", positions=answer["positions"], responded=time.monotonic_ns())
            self.tokens[entry["shard"]] = max(self.tokens.get(entry["shard"], 0), *answer["positions"])
        except NodeError as error:
            entry.update(outcome="failed" if error.kind in PROMISES_NOTHING_WRITTEN else "unknown", responded=time.monotonic_ns())
            self.count(error.kind)
            self.load.messages.setdefault(error.kind, str(error))
            if error.kind == "refused":
                self.load.failures.append(f"{node.name} refused {events[0]}: {error}")
        except NodeDown:
            # Nothing was asked, so that there is nothing to note.
            time.sleep(0.05)
            return "down"
        except NodeGone:
            self.count("gone")
        self.load.history.add(entry)
        return entry["outcome"]

    def event(self, user):
        winner, loser = self.random.sample(range(self.load.images), 2)
        event = {"event": str(uuid.UUID(int=self.random.getrandbits(128), version=4)), "user": user, "space": self.load.space}
        if self.random.random() < 0.9:
            return {**event, "winner": f"image{winner}", "loser": f"image{loser}"}
        return {**event, "like": f"image{winner}"}

    def read(self):
        shard = self.load.shard(self.random.choice(self.load.users))
        node = self.random.choice(self.load.nodes)
        start = max(1, self.tokens.get(shard, 0) - self.random.randrange(30))
        request = {"shard": shard, "from": start, "limit": 20}
        if self.random.random() < 0.5 and shard in self.tokens:
            request["token"] = self.tokens[shard]
        incarnation, invoked = node.incarnation, time.monotonic_ns()
        try:
            answer = node.ask("read", **request)
        except (NodeError, NodeGone) as error:
            return self.count(f"read {getattr(error, 'kind', 'gone')}")
        self.load.history.add({
            "op": "read", "shard": shard, "node": node.name, "incarnation": incarnation, "invoked": invoked,
            "responded": time.monotonic_ns(), "head": answer["head"], "from": start, "events": answer["events"],
            **({"token": request["token"]} if "token" in request else {})})

    def resolve(self):
        """A code that one node mints is the same version on another."""
        user = self.random.choice(self.load.users)
        try:
            answer = self.home.ask("resolve", user=user, space=self.load.space)
        except (NodeError, NodeGone) as error:
            return self.count(f"resolve {getattr(error, 'kind', 'gone')}")
        if answer.get("code") is None:
            return self.count("resolve without enough data")
        known = self.load.codes.setdefault(answer["code"], answer["version"])
        if known != answer["version"]:
            self.load.failures.append(f"{answer['code']} was {known} and is {answer['version']} on {self.home.name}")
        self.count("resolved")
        other = self.random.choice(self.load.nodes)
        try:
            version = other.ask("version", code=answer["code"])
        except (NodeError, NodeGone) as error:
            return self.count(f"version {getattr(error, 'kind', 'gone')}")
        if version["version"] != known:
            self.load.failures.append(f"{answer['code']} was {known} and is {version['version']} on {other.name}")


class Load:
    """All callers. `users` stands for shards: each is in one."""

    def __init__(self, nodes, history, users, resolves, callers=4, pause=0.01, seed=0, space="v6", images=40):
        self.nodes, self.history, self.users, self.resolves = nodes, history, users, resolves
        self.pause, self.space, self.images = pause, space, images
        self.codes, self.failures = {}, []
        # The first message of every kind of error.
        self.messages = {}
        self.stopping = threading.Event()
        self.shards = {user: nodes[0].ask("shard", user=user)["shard"] for user in users}
        # For calls that a scenario makes itself; it is never started.
        self.single = Caller(self, nodes[0], f"{seed} single")
        self.callers = [Caller(self, node, f"{seed} {node.name} {number}") for node in nodes for number in range(callers)]

    def shard(self, user):
        return self.shards[user]

    def start(self):
        for caller in self.callers:
            caller.start()

    def wait_for_progress(self, seconds=60, each=5):
        """Returns when every node has acknowledged `each` more calls."""
        with self.history.guard:
            before = len(self.history.acknowledged)
        deadline = time.monotonic() + seconds
        while True:
            with self.history.guard:
                by = [node for _, node in self.history.acknowledged[before:]]
            if all(by.count(node.name) >= each for node in self.nodes):
                return
            if self.failures:
                raise RuntimeError(self.failures[0])
            if time.monotonic() > deadline:
                raise RuntimeError(
                    f"no progress in {seconds} s: " + ", ".join(f"{node.name} {by.count(node.name)}" for node in self.nodes))
            time.sleep(0.02)

    def stop(self):
        self.stopping.set()
        for caller in self.callers:
            caller.join(150)
            if caller.is_alive():
                self.failures.append(f"{caller.name} never got an answer")

    def counts(self):
        total = {}
        for caller in [*self.callers, self.single]:
            for what, count in caller.calls.items():
                total[what] = total.get(what, 0) + count
        return total
