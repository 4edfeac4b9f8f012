"""What every Python peer shares: arguments, the seeded workload, the latency histogram and the result line.

The formats are those of `bench.c`, specified in Benchmarks/README.md.
"""

from __future__ import annotations

import bisect
import itertools
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

MASK = (1 << 64) - 1
UNSUPPORTED = 3


def unsupported(reason: str) -> NoReturn:
    """Leave with the status that the runner reports as a skip."""
    print(reason, file=sys.stderr)
    sys.exit(UNSUPPORTED)


class Arguments:
    """`WORKLOAD --json [--parameter value ...]`."""

    def __init__(self, argv: list[str]) -> None:
        if len(argv) < 2:
            sys.exit(f"usage: {argv[0]} WORKLOAD [--json] [--parameter value ...]")
        self.workload = argv[1]
        rest = [word for word in argv[2:] if word != "--json"]
        if len(rest) % 2 != 0:
            sys.exit(f"the parameter {rest[-1]} has no value")
        self.values = dict(zip((name.removeprefix("--") for name in rest[::2]), rest[1::2]))

    def text(self, name: str, fallback: str | None = None) -> str:
        """The value of a parameter; without a fallback it is required."""
        value = self.values.get(name, fallback)
        if value is None:
            sys.exit(f"the parameter --{name} is required")
        return value

    def number(self, name: str, fallback: int) -> int:
        """The value of a whole-number parameter."""
        return int(self.values.get(name, fallback))

    def real(self, name: str, fallback: float) -> float:
        """The value of a real-number parameter."""
        return float(self.values.get(name, fallback))


class Random:
    """SplitMix64: the same seed gives the same draws in C, Python and Swift."""

    def __init__(self, seed: int) -> None:
        self.state = seed & MASK

    def next(self) -> int:
        """A draw of 64 bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, limit: int) -> int:
        """A number in 0..<limit: the upper 64 bits of a draw times the limit."""
        return (self.next() * limit) >> 64


@dataclass(frozen=True)
class Event:
    """A rank event by the indices of its user and images."""

    user: int
    winner: int
    loser: int
    at: int


class EventSource:
    """Draws rank events: users uniformly or by Zipf's law (weight of user r is floor(2^32 / (r + 1)))."""

    def __init__(self, arguments: Arguments, seed_offset: int = 0) -> None:
        self.random = Random(arguments.number("seed", 1) + seed_offset)
        self.users = arguments.number("users", 10_000)
        self.images = arguments.number("images", 10_000)
        self.drawn = 0
        self.cumulative: list[int] | None = None
        if arguments.text("distribution", "uniform") == "zipf":
            weights = ((1 << 32) // (rank + 1) for rank in range(self.users))
            self.cumulative = list(itertools.accumulate(weights))

    def _user(self) -> int:
        if self.cumulative is None:
            return self.random.below(self.users)
        return bisect.bisect_right(self.cumulative, self.random.below(self.cumulative[-1]))

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        user = self._user()
        winner = self.random.below(self.images)
        loser = self.random.below(self.images - 1)
        if loser >= winner:
            loser += 1
        event = Event(user, winner, loser, 1_700_000_000_000 + self.drawn)
        self.drawn += 1
        return event

    def take(self, count: int) -> list[Event]:
        """The next events."""
        return list(itertools.islice(self, count))


@dataclass
class Histogram:
    """HdrHistogram's bucket layout for two significant digits over nanoseconds."""

    counts: Counter[int] = field(default_factory=Counter)  # lowest value of a bucket -> samples
    largest: int = 0

    @staticmethod
    def lowest(nanoseconds: int) -> int:
        """The smallest value that shares a bucket with this one."""
        shift = max(0, nanoseconds.bit_length() - 8)
        return (nanoseconds >> shift) << shift

    def record(self, nanoseconds: int) -> None:
        """Add one sample."""
        self.counts[self.lowest(nanoseconds)] += 1
        self.largest = max(self.largest, nanoseconds)

    def merge(self, other: Histogram) -> None:
        """Add the samples of another histogram."""
        self.counts.update(other.counts)
        self.largest = max(self.largest, other.largest)

    def quantile(self, quantile: float) -> float:
        """The largest value of the bucket in which the quantile falls, in microseconds."""
        wanted, seen = max(1, int(quantile * self.counts.total() + 0.5)), 0
        for lowest in sorted(self.counts):
            seen += self.counts[lowest]
            if seen >= wanted:
                highest = lowest + (1 << max(0, lowest.bit_length() - 8)) - 1
                return min(highest, self.largest) / 1000
        return self.largest / 1000

    def as_json(self) -> dict[str, object]:
        """The `latency` member of a result line."""
        return {
            "unit": "us",
            "count": self.counts.total(),
            "p50": self.quantile(0.5),
            "p99": self.quantile(0.99),
            "p999": self.quantile(0.999),
            "max": self.largest / 1000,
            "histogram": sorted(self.counts.items()),
        }


@dataclass
class CallersResult:
    """What `run_callers` counted."""

    events: int
    seconds: float
    latency: Histogram


def run_callers(arguments: Arguments, requests: list[Callable[[int], None]]) -> CallersResult:
    """Run one thread per request function until the events are appended or `--seconds` have passed.

    Each function is called with the number of its request and returns when that is durable. The first twentieth of
    the requests, or what is sent in the first tenth of `--seconds` where that is less, is warm-up and not counted.
    """
    batch = arguments.number("batch", 1)
    total = max(2, arguments.number("events", 10_000) // batch)
    seconds = arguments.real("seconds", 60)
    begun = time.monotonic_ns()
    warm_up, warm_up_until = (total + 19) // 20, begun + int(seconds * 1e8)
    deadline = begun + int(seconds * 1e9)
    ticket = itertools.count()
    starts: list[int] = []
    histograms = [Histogram() for _ in requests]

    def caller(request: Callable[[int], None], latency: Histogram) -> None:
        while (number := next(ticket)) < total and (start := time.monotonic_ns()) <= deadline:
            counted = number >= warm_up or start > warm_up_until
            if counted:
                starts.append(start)
            request(number)
            if counted:
                latency.record(time.monotonic_ns() - start)

    threads = [threading.Thread(target=caller, args=pair) for pair in zip(requests, histograms)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not starts:
        sys.exit("no request finished within --seconds")
    elapsed = (time.monotonic_ns() - min(starts)) / 1e9
    latency = Histogram()
    for histogram in histograms:
        latency.merge(histogram)
    return CallersResult(latency.counts.total() * batch, elapsed, latency)


def print_result(
    arguments: Arguments,
    side: str,
    unit: str,
    values: list[float],
    *,
    events: int | None = None,
    latency: Histogram | None = None,
    **details: object,
) -> None:
    """Print the one JSON line of this measurement. Paths are left out of the parameters."""
    parameters = {name: _plain(value) for name, value in arguments.values.items() if name not in ("store", "file")}
    line: dict[str, object] = {"side": side, "workload": arguments.workload, "parameters": parameters, "unit": unit}
    line["values"] = values
    if events is not None:
        line["events"] = events
    if latency is not None:
        line["latency"] = latency.as_json()
    print(json.dumps(line | details, separators=(",", ":")), flush=True)


def _plain(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def dispatch(workloads: dict[str, Callable[[Arguments], None]]) -> None:
    """Run the workload that the command line names."""
    arguments = Arguments(sys.argv)
    run = workloads.get(arguments.workload)
    if run is None:
        unsupported(f"no such workload: {arguments.workload}")
    run(arguments)
