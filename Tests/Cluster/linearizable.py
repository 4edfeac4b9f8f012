#!/usr/bin/env python3
"""Checks that histories of appends and reads on append-only logs are linearizable, shard by shard.

    linearizable.py HISTORY.jsonl...

Exit code 0: they are. 1: they are not, and what is wrong is printed. 2: the history cannot be judged.

Deciding whether a history is linearizable is hard in general. It is easy here, and exact, because an append returns its
position: the order of effects is the log itself. All that remains is whether each record can be given a moment, later
ones not before earlier ones, that lies within the intervals of the calls that wrote it and before the ends of the calls
that saw it. Reading the log once answers that.

History: one JSON object a line; times are nanoseconds of one clock.

  {"op": "append", "shard": 3, "node": "n1", "incarnation": 2, "ids": [ID, ...], "invoked": t, "responded": t,
   "outcome": "ok" | "unknown" | "failed", "positions": [p, ...]}
      A call that appends the events `ids` together, each unless an event with its id is there already. "ok" returns where
      they are. "unknown" (or no response, as of a process that was killed) may take effect at any time from `invoked` on,
      or never. "failed" promises that this call has no effect, ever.
  {"op": "read", "shard": 3, "node": "n1", "incarnation": 2, "invoked": t, "responded": t, "head": h, "from": f,
   "events": [[position, ID or null], ...], "token": p, "fresh": false}
      A read of a node's copy, which holds the records 1 to `head`; `events` are those from `from` on, without a hole.
      It may be stale, but not before `token`, nor before what this incarnation of the node has shown or acknowledged;
      a `fresh` one must hold everything that was acknowledged before it was invoked.
  {"op": "forked", "shard": 3, "node": "n1", "after": p}
      The node has undone its records after p, which the database had shown and lost again: only unreplicated ones may be,
      and acknowledged ones are not. Reads on that node which showed them are taken for withdrawn.
  {"op": "final", "shard": 3, "node": "n1", "events": [[1, ID or null], [2, ...], ...]}
      A whole copy when all was over; null stands for records without an id. At least one of each shard; all must agree.
"""

import bisect
import collections
import json
import sys

INFINITY = float("inf")


class Malformed(Exception):
    """The history is not one; nothing can be said of it."""


class Shard:
    """The history of one shard, and what is wrong with it."""

    def __init__(self, number):
        self.number = number
        self.appends, self.reads, self.finals = [], [], []
        self.forks = collections.defaultdict(list)
        self.withdrawn = 0
        self.findings = []

    def finding(self, text):
        self.findings.append(f"shard {self.number}: {text}")

    def check(self):
        if not self.finals:
            raise Malformed(f"shard {self.number} has no \"final\" line: without a whole copy, lost records cannot be told")
        self.log = self.check_copies()
        self.places = self.check_places()
        self.withdraw_reads()
        self.check_appends()
        self.check_together()
        self.check_reads()
        self.check_sessions()
        self.check_moments()
        return self.findings

    def check_copies(self):
        """All copies are the same and have no hole. Returns the ids, the record at position 1 first."""
        logs = []
        for final in self.finals:
            positions = [position for position, _ in final["events"]]
            if positions != list(range(1, len(positions) + 1)):
                hole = next(i for i, position in enumerate(positions, 1) if position != i)
                self.finding(f"the copy of {final['node']} has position {positions[hole - 1]} where {hole} should stand")
            logs.append([id for _, id in final["events"]])
        for final, log in zip(self.finals[1:], logs[1:]):
            if log != logs[0]:
                at = next((i for i, (one, other) in enumerate(zip(log, logs[0])) if one != other), min(len(log), len(logs[0])))
                self.finding(
                    f"the copies of {self.finals[0]['node']} ({len(logs[0])} records) and {final['node']} ({len(log)} records) "
                    f"differ from position {at + 1} on")
        return max(logs, key=len)

    def check_places(self):
        """Each id once. Returns id → position."""
        places = {}
        for position, id in enumerate(self.log, 1):
            if id is not None and places.setdefault(id, position) != position:
                self.finding(f"{id} is in the log twice, at {places[id]} and {position}")
        return places

    def withdraw_reads(self):
        """On nodes that say that they have undone records, cuts reads down to what was not undone: that still has to hold."""
        for read in self.reads:
            forks = self.forks.get(read["node"])
            if not forks:
                continue
            wrong = next((position for position, id in read["events"] if self.log[position - 1:position] != [id]), None)
            undone = [after for after in forks if wrong is not None and after < wrong]
            if undone:
                self.withdrawn += 1
                read["events"] = [event for event in read["events"] if event[0] <= max(undone)]
            # What the head stands for beyond them was not shown, and may have been undone.
            if wrong is None or undone:
                read["shown"] = read["events"][-1][0] if read["events"] else 0

    def check_appends(self):
        """Acknowledged events are where the acknowledgement said; nothing is there that nobody wrote or that was refused."""
        self.attempts = collections.defaultdict(list)
        for append in self.appends:
            for index, id in enumerate(append["ids"]):
                self.attempts[id].append(append)
                if append["outcome"] == "ok" and self.places.get(id) != append["positions"][index]:
                    there = self.places.get(id)
                    self.finding(
                        f"{id} was acknowledged by {append['node']} at position {append['positions'][index]} and is "
                        + (f"at {there}" if there else "lost"))
        for id, position in self.places.items():
            attempts = self.attempts.get(id, [])
            if not attempts:
                self.finding(f"{id} at position {position} was never appended")
            elif all(append["outcome"] == "failed" for append in attempts):
                self.finding(f"{id} at position {position}: every call failed with the promise that it is not written")

    def check_together(self):
        """The events of a call stand together. Calls that share some events but not all are left out."""
        batches = collections.defaultdict(set)
        for append in self.appends:
            for id in append["ids"]:
                batches[id].add(tuple(append["ids"]))
        for batch in {tuple(append["ids"]) for append in self.appends}:
            if any(len(batches[id]) > 1 for id in batch) or len(set(batch)) < len(batch):
                continue
            positions = [self.places.get(id) for id in batch]
            if positions[0] is None and not any(positions):
                continue
            if positions[0] is None or positions != list(range(positions[0], positions[0] + len(batch))):
                self.finding(f"the events of one call, {batch[0]} and {len(batch) - 1} more, are at {positions}")

    def check_reads(self):
        """A read shows a part of the log as it is."""
        for read in self.reads:
            start = read["from"]
            expected = [[position, self.log[position - 1]] for position in range(start, start + len(read["events"]))
                        if position <= len(self.log)]
            if read["events"] != expected or start < 1:
                at = next((one for one, other in zip(read["events"], expected) if list(one) != other),
                          (read["events"] or [["?", None]])[len(expected) if len(expected) < len(read["events"]) else 0])
                self.finding(f"a read on {read['node']} at {read['invoked']} showed {at[1]} at {at[0]}, which is not in the log there")
            if read["shown"] > len(self.log):
                self.finding(f"a read on {read['node']} at {read['invoked']} had {read['head']} records; the log has {len(self.log)}")
            if read["events"] and read["events"][-1][0] > read["head"]:
                self.finding(f"a read on {read['node']} at {read['invoked']} showed position {read['events'][-1][0]}, behind its head")
            if (read.get("token") or 0) > read["head"]:
                self.finding(
                    f"a read on {read['node']} at {read['invoked']} with the token {read['token']} had only {read['head']} records")

    def check_sessions(self):
        """What an incarnation of a node has shown or acknowledged, its later reads hold."""
        sessions = collections.defaultdict(lambda: ([], []))
        for append in self.appends:
            if append["outcome"] == "ok":
                session = sessions[append["node"], append.get("incarnation")]
                session[0].append((append["responded"], max(append["positions"], default=0)))
        for read in self.reads:
            session = sessions[read["node"], read.get("incarnation")]
            session[0].append((read["responded"], read["shown"]))
            session[1].append(read)
        for seen, reads in sessions.values():
            times, highest = running_maximum(seen)
            for read in reads:
                before = bisect.bisect_left(times, read["invoked"])
                if before and highest[before - 1] > read["head"]:
                    self.finding(
                        f"a read on {read['node']} at {read['invoked']} had {read['head']} records after this node had shown "
                        f"or acknowledged {highest[before - 1]}")

    def check_moments(self):
        """Each record can be given a moment: later records not before earlier ones, all within the calls' intervals."""
        count = len(self.log)
        earliest, latest = [-INFINITY] * (count + 2), [INFINITY] * (count + 2)
        for id, position in self.places.items():
            began = [append["invoked"] for append in self.attempts.get(id, []) if append["outcome"] != "failed"]
            ended = [append["responded"] for append in self.attempts.get(id, []) if append["outcome"] == "ok"]
            # Attempts overlap up to the first acknowledgement: an unknown one has no end.
            earliest[position], latest[position] = min(began, default=-INFINITY), min(ended, default=INFINITY)
        for read in self.reads:
            if read["shown"] <= count:
                latest[read["shown"]] = min(latest[read["shown"]], read["responded"])
            if read.get("fresh") and read["head"] <= count:
                earliest[read["head"] + 1] = max(earliest[read["head"] + 1], read["invoked"])
        reached, by = -INFINITY, 1
        for position in range(1, count + 1):
            if earliest[position] > reached:
                reached, by = earliest[position], position
            if reached > latest[position]:
                self.finding(
                    f"position {position} ({self.log[position - 1]}) was acknowledged or read at {latest[position]}, before what "
                    f"stands at {by} ({self.log[by - 1]}) can have been written, at {reached}"
                    + ("" if by == position else ": the order of the log is not that of the calls"))


def running_maximum(pairs):
    """Times in order, and the highest value up to each."""
    pairs.sort()
    times, highest = [], []
    for time, value in pairs:
        times.append(time)
        highest.append(max(value, highest[-1]) if highest else value)
    return times, highest


def parse(lines):
    """Shards by number. Raises Malformed with the line's number."""
    shards = {}
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            shard = shards.setdefault(entry["shard"], Shard(entry["shard"]))
            if entry["op"] == "append":
                entry.setdefault("outcome", "unknown")
                if entry["outcome"] not in ("ok", "unknown", "failed") or not entry["ids"]:
                    raise ValueError("an append has ids and the outcome ok, unknown or failed")
                if entry["outcome"] == "ok" and (len(entry["positions"]) != len(entry["ids"]) or entry["responded"] < entry["invoked"]):
                    raise ValueError("an acknowledged append has as many positions as ids, and ends after it began")
                entry["invoked"] + 0
                shard.appends.append(entry)
            elif entry["op"] == "read":
                if entry["responded"] < entry["invoked"]:
                    raise ValueError("a read ends after it began")
                entry["head"] + entry["from"] + len(entry["events"])
                # How many records it is known to have been right about: all, unless some were undone afterwards.
                entry["shown"] = entry["head"]
                shard.reads.append(entry)
            elif entry["op"] == "forked":
                shard.forks[entry["node"]].append(entry["after"] + 0)
            elif entry["op"] == "final":
                entry["node"], [(position + 0, id) for position, id in entry["events"]]
                shard.finals.append(entry)
            else:
                raise ValueError(f"the operation {entry['op']} is unknown")
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"line {number}: {type(error).__name__}: {error}") from None
    return shards


def check(lines):
    """The findings of all shards, and a summary."""
    shards = parse(lines)
    findings = [finding for shard in shards.values() for finding in shard.check()]
    appends = [append for shard in shards.values() for append in shard.appends]
    unknown = [(shard, append) for shard in shards.values() for append in shard.appends if append["outcome"] == "unknown"]
    summary = {
        "shards": len(shards), "records": sum(len(shard.log) for shard in shards.values()),
        "appends": len(appends), "acknowledged": sum(append["outcome"] == "ok" for append in appends),
        "unknown": len(unknown), "unknown found": sum(append["ids"][0] in shard.places for shard, append in unknown),
        "failed": sum(append["outcome"] == "failed" for append in appends),
        "reads": sum(len(shard.reads) for shard in shards.values()),
        "forks": sum(len(afters) for shard in shards.values() for afters in shard.forks.values()),
        "reads withdrawn": sum(shard.withdrawn for shard in shards.values()), "findings": len(findings)}
    return findings, summary


def main(paths):
    if not paths:
        sys.exit(__doc__)
    bad = False
    for path in paths:
        try:
            with open(path) as file:
                findings, summary = check(line for line in file if line.strip())
        except (Malformed, OSError) as error:
            print(f"linearizable: {path}: {error}", file=sys.stderr)
            return 2
        for finding in findings[:20]:
            print(f"{path}: {finding}")
        if len(findings) > 20:
            print(f"{path}: and {len(findings) - 20} more")
        print(f"{path}: " + ", ".join(f"{count:,} {word}" for word, count in summary.items()))
        bad = bad or bool(findings)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
