#!/usr/bin/env python3
"""The checker finds what is wrong, by known histories, and agrees with an exhaustive search on small random ones."""

import json
import random
import time
import unittest

import linearizable


def append(ids, invoked, responded=None, positions=None, node="n1", outcome=None, shard=0):
    outcome = outcome or ("ok" if positions else "unknown")
    entry = {"op": "append", "shard": shard, "node": node, "ids": ids.split(), "invoked": invoked, "outcome": outcome}
    if responded is not None:
        entry["responded"] = responded
    if positions:
        entry["positions"] = positions
    return entry


def read(ids, invoked, responded, start=1, node="n1", head=None, shard=0, **more):
    events = [[position, None if id == "-" else id] for position, id in enumerate(ids.split(), start)]
    return {"op": "read", "shard": shard, "node": node, "invoked": invoked, "responded": responded, "from": start,
            "head": start - 1 + len(events) if head is None else head, "events": events, **more}


def final(ids, node="n1", shard=0):
    return {"op": "final", "shard": shard, "node": node,
            "events": [[position, None if id == "-" else id] for position, id in enumerate(ids.split(), 1)]}


def findings(*entries):
    return linearizable.check(json.dumps(entry) for entry in entries)[0]


class KnownHistories(unittest.TestCase):
    def good(self, *entries):
        self.assertEqual(findings(*entries), [])

    def bad(self, expected, *entries):
        found = findings(*entries)
        self.assertTrue(any(expected in finding for finding in found), f"{expected!r} is not among {found}")

    def test_good(self):
        self.good(append("a", 1, 2, [1]), append("b", 3, 4, [2], "n2"), final("a b"), final("a b", "n2"))
        # Concurrent calls may come in either order.
        self.good(append("a", 1, 10, [2]), append("b", 2, 9, [1], "n2"), final("b a"))
        # Records between, which no caller wrote.
        self.good(append("a b", 1, 2, [2, 3]), append("c", 3, 4, [5]), final("- a b - c"))
        # Unknown outcomes: written, or not, or much later.
        self.good(append("a", 1), append("b", 5, 6, [1]), final("b a"))
        self.good(append("a", 1), append("b", 5, 6, [1]), final("b"))
        # A retry with the same id through another node finds the first attempt's record.
        self.good(append("a", 1, 3), append("b", 4, 5, [2], "n2"), append("a", 6, 7, [1], "n2"), final("a b"))
        self.good(append("a", 1, 2, [1]), append("b", 4, 5, [2]), append("a", 6, 7, [1], "n2"), final("a b"))
        # A stale read on another node, and reads with a token and of all that was acknowledged.
        self.good(append("a", 1, 2, [1]), read("", 5, 6, node="n2"), read("a", 7, 8, node="n2", token=1), read("a", 7, 8, fresh=True), final("a"))
        # A node that was killed may come back with less; another shard has positions of its own.
        self.good(append("a", 1, 2, [1], shard=1), append("b", 1, 2, [1], shard=2), read("a", 3, 4, shard=1, incarnation=1),
                  read("", 5, 6, shard=1, incarnation=2), final("a", shard=1), final("b", shard=2))

    def test_lost(self):
        self.bad("was acknowledged by n1 at position 2 and is lost", append("a", 1, 2, [1]), append("b", 3, 4, [2]), final("a"))
        self.bad("and is at 1", append("a", 1, 2, [2]), append("b", 1, 2, [1]), final("a b"))

    def test_duplicated(self):
        self.bad("a is in the log twice, at 1 and 2", append("a", 1, 2, [1]), final("a a"))

    def test_reordered(self):
        self.bad("the order of the log is not that of the calls", append("a", 1, 2, [2]), append("b", 3, 4, [1]), final("b a"))
        # The same through a chain: c was acknowledged before b began, and stands behind it.
        self.bad("the order of the log", append("a", 1, 2, [1]), append("c", 3, 4, [3]), append("b", 6), final("a b c"))
        # An unknown call cannot have been seen before it was made.
        self.bad("can have been written", read("a", 1, 2), append("a", 5), final("a"))

    def test_gap(self):
        entry = final("a b c")
        del entry["events"][1]
        self.bad("has position 3 where 2 should stand", append("a", 1, 2, [1]), append("b", 1, 2), append("c", 3, 4, [3]), entry)

    def test_copies(self):
        both = append("a", 1, 2, [1]), append("b", 1, 2, [2])
        self.bad("differ from position 1 on", *both, final("a b"), final("b a", "n2"))
        self.bad("differ from position 2 on", *both, final("a b"), final("a", "n2"))

    def test_reads(self):
        written = append("a", 1, 2, [1]), append("b", 3, 4, [2])
        self.bad("showed b at 1", *written, read("b", 5, 6), final("a b"))
        self.bad("with the token 2 had only 1", *written, read("a", 5, 6, node="n2", token=2), final("a b"))
        self.bad("after this node had shown or acknowledged 2", *written, read("a", 5, 6), final("a b"))
        self.bad("after this node had shown or acknowledged 1", *written, read("a", 5, 6, node="n2"), read("", 7, 8, node="n2"), final("a b"))
        self.bad("can have been written", *written, read("a", 5, 6, node="n2", fresh=True), final("a b"))
        self.bad("the log has 2", *written, read("a b c", 5, 6), final("a b"))
        self.bad("behind its head", *written, read("a b", 5, 6, head=1), final("a b"))

    def test_forks(self):
        forked = {"op": "forked", "shard": 0, "node": "n2", "after": 1}
        written = append("a", 1, 2, [1]), append("x", 3), append("b", 7, 8, [2])
        # n2 showed x, which was lost before anybody acknowledged it, and undid it.
        self.good(*written, read("a x", 5, 6, node="n2"), read("a", 9, 10, node="n2"), forked, final("a b"))
        self.bad("showed x at 2", *written, read("a x", 5, 6, node="n2"), final("a b"))
        self.bad("showed x at 2", *written, read("a x", 5, 6, node="n3"), forked, final("a b"))
        # Two undone stretches: a read of the second is cut to what was before that.
        self.good(append("a", 1, 2, [1]), append("b", 3, 4, [2]), append("x", 3), append("y", 5), forked, {**forked, "after": 2},
                  read("a x", 3, 4, node="n2"), read("a b y", 6, 7, node="n2", token=2), read("a b", 8, 9, node="n2"), final("a b"))
        # After an undo, a node still has to hold what it has acknowledged.
        self.bad("acknowledged 2", append("a", 1, 2, [1]), append("x", 3), append("b", 5, 6, [2], node="n2"), forked,
                 read("a x", 3, 4, node="n2"), read("a", 8, 9, node="n2"), final("a b"))
        # An acknowledged event is lost whatever a node says of forks.
        self.bad("is lost", *written, append("x", 5, 6, [2], node="n2"), forked, final("a b"))
        self.bad("acknowledged 2", append("a b", 1, 2, [1, 2], node="n2"), read("a", 3, 4, node="n2"), forked, final("a b"))

    def test_refused_and_invented(self):
        self.bad("every call failed", append("a", 1, 2, outcome="failed"), final("a"))
        self.good(append("a", 1, 2, outcome="failed"), append("a", 3, 4, [1]), final("a"))
        # The first call is over without effect: the event cannot have been there before the second.
        self.bad("can have been written", append("a", 1, 2, outcome="failed"), read("a", 2, 3), append("a", 5, 6, [1]), final("a"))
        self.bad("was never appended", append("a", 1, 2, [1]), final("a x"))

    def test_torn(self):
        self.bad("the events of one call", append("a b", 1, 2), final("a"))
        self.bad("the events of one call", append("a b", 1, 2, [1, 3]), append("c", 1, 2, [2]), final("a c b"))

    def test_malformed(self):
        for entries in ([append("a", 1, 2, [1])], [append("a", 3, 2, [1]), final("a")], [{"op": "write", "shard": 1}],
                        [append("a b", 1, 2, [1]), final("a b")], [{**final("a"), "events": [["x", "a"]]}]):
            with self.assertRaises(linearizable.Malformed):
                findings(*entries)


class ExhaustiveSearch:
    """Looks for a linearization by trying every order: slow, and with nothing in common with the checker."""

    def __init__(self, entries):
        self.calls = [entry for entry in entries if entry["op"] != "final"]
        self.log = [id for _, id in next(entry for entry in entries if entry["op"] == "final")["events"]]

    def exists(self, done=frozenset(), log=()):
        if list(log) != self.log[:len(log)]:
            return False
        rest = [index for index in range(len(self.calls)) if index not in done]
        if all(self.calls[index].get("outcome") in ("unknown", "failed") for index in rest) and list(log) == self.log:
            return True
        for index in rest:
            call = self.calls[index]
            # A call may be next when no other that is still to come was over before it began.
            if call.get("outcome") == "failed" or any(
                    self.end(self.calls[other]) < call["invoked"] for other in rest if other != index):
                continue
            after = self.effect(call, log)
            if after is not None and self.exists(done | {index}, after):
                return True
        return False

    @staticmethod
    def end(call):
        return call["responded"] if call.get("outcome", "ok") == "ok" else linearizable.INFINITY

    @staticmethod
    def effect(call, log):
        if call["op"] == "read":
            head = call["head"]
            right = head == len(log) if call.get("fresh") else head <= len(log)
            return log if right and [[i, id] for i, id in enumerate(log[:head], 1)] == call["events"] else None
        after = list(log)
        for id in call["ids"]:
            if id not in after:
                after.append(id)
        if call["outcome"] == "ok" and [after.index(id) + 1 for id in call["ids"]] != call["positions"]:
            return None
        return tuple(after)


class RandomHistories(unittest.TestCase):
    def history(self, generator):
        """Calls at random times with true effects, of which one thing or none is then changed."""
        log, calls = [], []
        for moment in sorted(generator.sample(range(10, 60), generator.randint(2, 6))):
            invoked, responded = moment - generator.randint(0, 9), moment + generator.randint(0, 9)
            if generator.random() < 0.3:
                # Every read has a node of its own, so that only the common rules apply.
                head = generator.randint(0, len(log)) if generator.random() < 0.7 else len(log)
                calls.append({**read(" ".join(log[:head]), invoked, responded, node=f"r{moment}"),
                              "fresh": head == len(log) and generator.random() < 0.5})
                continue
            id = generator.choice("abcde")
            outcome = generator.choices(("ok", "unknown", "failed"), (6, 3, 1))[0]
            if outcome != "failed" and generator.random() < (1 if outcome == "ok" else 0.5) and id not in log:
                log.append(id)
            calls.append(append(id, invoked, responded, [log.index(id) + 1] if outcome == "ok" else None, outcome=outcome))
        ending = final(" ".join(log))
        change = generator.random()
        if change < 0.2 and len(log) > 1:
            one, other = generator.sample(range(len(log)), 2)
            log[one], log[other] = log[other], log[one]
            ending = final(" ".join(log))
        elif change < 0.3 and log:
            ending = final(" ".join(log[:-1]))
        elif change < 0.7:
            call = generator.choice(calls)
            shift = generator.randint(-30, 30)
            call["invoked"], call["responded"] = call["invoked"] + shift, call["responded"] + shift
        return [*calls, ending]

    def test_agrees_with_exhaustive_search(self):
        seed = random.SystemRandom().randrange(1 << 32)
        generator = random.Random(seed)
        verdicts = {True: 0, False: 0}
        for _ in range(4000):
            entries = self.history(generator)
            expected = ExhaustiveSearch(entries).exists()
            found = findings(*entries)
            self.assertEqual(not found, expected, f"seed {seed}: {found}\n" + "\n".join(map(json.dumps, entries)))
            verdicts[expected] += 1
        self.assertGreater(min(verdicts.values()), 500, f"seed {seed}: {verdicts}")

    def test_large(self):
        """A hundred thousand calls take seconds, so that histories of long runs can be checked."""
        entries, count = [], 100_000
        for number in range(count):
            entries.append(append(f"e{number}", 10 * number, 10 * number + 35, [number + 1], f"n{number % 3}"))
            if number % 10 == 0:
                entries.append(read(f"e{number - 1}" if number else "", 10 * number, 10 * number + 5, max(number, 1), f"r{number % 3}"))
        entries.append(final(" ".join(f"e{number}" for number in range(count))))
        began = time.monotonic()
        self.assertEqual(findings(*entries), [])
        print(f"{len(entries):,} lines in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    unittest.main()
