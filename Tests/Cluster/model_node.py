#!/usr/bin/env python3
"""A model of a node: the protocol of appends in its plainest form, with mistakes on demand.

    model_node.py node CONNINFO --number N [--mistake MISTAKE]
    model_node.py init CONNINFO

It speaks `clusterworker`'s JSON lines and keeps its copies in memory. `prove.py` shows with it that the checks of
`faults.py` pass a right node and find each mistake:

  asynchronous   commits do not wait for the standby
  no-barrier     a new connection is trusted at once, also that to a primary that shows what no standby has
  trust-warning  a commit whose wait was cancelled counts as acknowledged
  append-anew    after a lost connection events are appended again, without a look at what became of the first attempt
  forget         every 20th group is acknowledged and not written
  quick-answer   a retry that finds its events there is answered at once, although they may be on the primary only
  stale-token    a read with a token does not wait for it
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import sys
import threading
import time

from libpq import Connection, DatabaseError

SHARDS = 4
MISTAKES = ("asynchronous", "no-barrier", "trust-warning", "append-anew", "forget", "quick-answer", "stale-token")
SCHEMA = (
    "create schema model",
    "create table model.log (shard int, after bigint, last bigint not null, grp bytea not null, chain bytea not null, "
    "records bytea not null, primary key (shard, after))",
    "create table model.barrier (node int primary key, n bigint not null)",
    "create table model.fork (node text, shard int, after bigint not null, removed bigint not null)",
    "grant usage on schema model to node",
    "grant select, insert on model.fork to node",
    "grant select, insert on model.log to node",
    "grant select, insert, update on model.barrier to node")
FETCH = "select after, last, grp, chain, records from model.log where shard = $1 and after >= $2 order by after limit 256"
INSERT = """insert into model.log select $1::int, $2::bigint, $3::bigint, $4::bytea, $5::bytea, $6::bytea
  where $2::bigint = 0 or exists (select 1 from model.log where shard = $1::int and after = $7::bigint and last = $2::bigint and chain = $8::bytea)
  on conflict (shard, after) do nothing"""


class Refused(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


class Shard:
    """A copy: the ids in order, where each is, and the group at the end."""

    def __init__(self, number, node):
        self.number, self.node = number, node
        self.guard = threading.RLock()
        self.changed = threading.Condition(self.guard)
        self.ids, self.places = [], {}
        self.groups = []
        self.connection = None
        self.written = 0

    @property
    def tail(self):
        return self.groups[-1] if self.groups else None

    def barrier(self, connection):
        """Commits, and so confirms all that the connection has shown."""
        connection.run("insert into model.barrier values ($1, 1) on conflict (node) do update set n = barrier.n + 1", self.node.number)
        if connection.warnings:
            raise DatabaseError(connection.warnings[0], "01000")

    def trusted(self):
        """A connection after a barrier: what it shows is replicated."""
        if self.connection is None:
            connection = Connection(self.node.conninfo)
            try:
                if self.node.mistake == "asynchronous":
                    connection.run("set synchronous_commit = local")
                if self.node.mistake != "no-barrier":
                    self.barrier(connection)
            except DatabaseError:
                connection.close()
                raise
            self.connection = connection
        return self.connection

    def lose(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def fetch(self):
        """Takes over what others have appended."""
        while True:
            rows = self.trusted().run(FETCH, self.number, self.tail[0] if self.tail else 0)
            if self.tail:
                if not rows or rows[0][3] != self.tail[3]:
                    self.undo()
                    continue
                rows = rows[1:]
            if not rows:
                return
            for after, last, group, chain, records in rows:
                self.apply(int(after), int(last), group, chain, records)

    def undo(self):
        """Takes back groups that the database does not have."""
        count = len(self.ids)
        while self.tail and self.trusted().run(
                "select 1 from model.log where shard = $1 and after = $2 and chain = $3", self.number, self.tail[0], self.tail[3]) == []:
            self.ids = self.ids[:self.groups.pop()[0]]
        self.places = {id: place for place, id in reversed(list(enumerate(self.ids, 1)))}
        self.trusted().run("insert into model.fork values ($1, $2, $3, $4)", f"n{self.node.number}", self.number, len(self.ids),
                           count - len(self.ids))

    def apply(self, after, last, group, chain, records):
        assert after == len(self.ids)
        for start in range(0, len(records), 36):
            self.ids.append(records[start:start + 36].decode())
            self.places.setdefault(self.ids[-1], len(self.ids))
        self.groups.append((after, last, group, chain))
        self.changed.notify_all()

    def append(self, ids, deadline):
        with self.guard:
            unknown, last_error, pending = False, None, None
            while time.monotonic() < deadline:
                try:
                    if not (unknown and self.node.mistake == "append-anew"):
                        self.fetch()
                        if all(id in self.places for id in ids):
                            if self.node.mistake != "quick-answer":
                                self.barrier(self.trusted())
                            return [self.places[id] for id in ids]
                    else:
                        for id in ids:
                            self.places.pop(id, None)
                        self.fetch()
                    # After a lost answer the same bytes are sent again while the place is free.
                    if pending is None or pending[0] != len(self.ids) or self.node.mistake == "append-anew":
                        new = [id for id in ids if id not in self.places or (unknown and self.node.mistake == "append-anew")]
                        records = "".join(new).encode()
                        before = self.tail[3] if self.tail else bytes(32)
                        chain = hashlib.sha256(before + len(self.ids).to_bytes(8, "big") + records).digest()
                        pending = (len(self.ids), len(self.ids) + len(new), os.urandom(16), chain, records)
                    self.written += 1
                    if self.node.mistake == "forget" and self.written % 20 == 0:
                        return list(range(pending[0] + 1, pending[1] + 1))
                    connection = self.trusted()
                    count = connection.run(
                        INSERT, self.number, *pending, self.tail[0] if self.tail else -1, self.tail[3] if self.tail else b"")
                    if connection.warnings and self.node.mistake != "trust-warning":
                        raise DatabaseError(connection.warnings[0], "01000")
                    if count == 1:
                        self.apply(*pending)
                        return [self.places[id] for id in ids]
                    # Somebody else was first.
                except DatabaseError as error:
                    last_error = error
                    unknown = unknown or pending is not None
                    self.lose()
                    time.sleep(0.05)
            raise Refused("outcomeUnknown" if unknown else "unavailable", f"shard {self.number}: {last_error}")

    def follow(self):
        while True:
            time.sleep(0.02)
            with self.guard:
                try:
                    self.fetch()
                except (DatabaseError, Refused) as error:
                    print(f"follow {self.number}: {error}", file=sys.stderr, flush=True)
                    self.lose()
            if self.connection is None:
                time.sleep(0.2)

    def wait(self, position, seconds):
        with self.guard:
            if not self.changed.wait_for(lambda: len(self.ids) >= position, seconds):
                raise Refused("unavailable", f"shard {self.number} is at {len(self.ids)}")
            return len(self.ids)


class ModelNode:
    def __init__(self, conninfo, number, mistake, seconds):
        self.conninfo, self.number, self.mistake, self.seconds = conninfo, number, mistake, seconds
        self.shards = [Shard(shard, self) for shard in range(SHARDS)]
        for shard in self.shards:
            threading.Thread(target=shard.follow, daemon=True).start()

    def answer(self, request):
        do = request["do"]
        if do == "shard":
            return {"shard": self.shard(request["user"]).number}
        if do == "append":
            shard = self.shard(request["events"][0]["user"])
            return {"shard": shard.number, "positions": shard.append(
                [event["event"] for event in request["events"]], time.monotonic() + self.seconds)}
        shard = self.shards[request["shard"]]
        if do == "wait":
            return {"position": shard.wait(request["position"], request["seconds"])}
        if do == "read":
            if "token" in request and self.mistake != "stale-token":
                shard.wait(request["token"], self.seconds)
            start = request["from"]
            with shard.guard:
                events = shard.ids[start - 1:start - 1 + request["limit"]]
                return {"head": len(shard.ids), "events": [[start + i, id] for i, id in enumerate(events)]}
        if do == "digest":
            with shard.guard:
                return {"position": len(shard.ids), "records": hashlib.sha256("".join(shard.ids).encode()).hexdigest()}
        raise Refused("refused", f"{do} is not known")

    def shard(self, user):
        return self.shards[hashlib.sha256(b"pstore.shard" + user.encode()).digest()[0] % SHARDS]

    def serve(self):
        output = threading.Lock()

        def handle(request):
            try:
                answer = self.answer(request)
            except Refused as refused:
                answer = {"error": refused.kind, "message": str(refused)}
            with output:
                print(json.dumps({"id": request["id"], **answer}), flush=True)

        print(json.dumps({"ready": True}), flush=True)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            for line in sys.stdin:
                pool.submit(handle, json.loads(line))
        os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("node", "init"))
    parser.add_argument("conninfo")
    parser.add_argument("--number", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=8, help="after which an append is given up")
    parser.add_argument("--mistake", choices=MISTAKES)
    arguments = parser.parse_args()
    if arguments.command == "init":
        connection = Connection(arguments.conninfo)
        for statement in SCHEMA:
            connection.run(statement)
        return
    ModelNode(arguments.conninfo, arguments.number, arguments.mistake, arguments.seconds).serve()


if __name__ == "__main__":
    main()
