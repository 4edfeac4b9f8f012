"""The result line that every measured program prints: one JSON object, specified in Benchmarks/README.md."""

from __future__ import annotations

import json
import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Latency:
    """Percentiles in microseconds, and the HdrHistogram buckets that they came from where the program gave them."""

    p50: float
    p99: float
    p999: float
    largest: float
    count: int
    histogram: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def parse(value: dict[str, Any]) -> Latency:
        """Read the `latency` member of a result line."""
        if value.get("unit", "us") != "us":
            raise ValueError(f"latencies are in microseconds (us), not {value['unit']}")
        buckets = tuple((int(lowest), int(count)) for lowest, count in value.get("histogram", ()))
        p50, p99, p999 = (float(value[name]) for name in ("p50", "p99", "p999"))
        return Latency(p50, p99, p999, float(value.get("max", 0)), int(value.get("count", 0)), buckets)

    @staticmethod
    def merged(parts: list[Latency]) -> Latency:
        """All repetitions as one: from the summed histograms, or the median of the percentiles without them."""
        largest, count = max(part.largest for part in parts), sum(part.count for part in parts)
        if not all(part.histogram for part in parts):
            p50, p99, p999 = (
                statistics.median(getattr(part, name) for part in parts) for name in ("p50", "p99", "p999")
            )
            return Latency(p50, p99, p999, largest, count)
        buckets: Counter[int] = Counter()
        for part in parts:
            buckets.update(dict(part.histogram))
        ordered = sorted(buckets.items())
        p50, p99, p999 = (min(_quantile(ordered, quantile), largest) for quantile in (0.5, 0.99, 0.999))
        return Latency(p50, p99, p999, largest, count, tuple(ordered))


def _quantile(ordered: list[tuple[int, int]], quantile: float) -> float:
    """The largest value of the bucket that holds the quantile, in microseconds; buckets are by their lowest value."""
    wanted, seen = max(1, int(quantile * sum(count for _, count in ordered) + 0.5)), 0
    for lowest, count in ordered:
        seen += count
        if seen >= wanted:
            return (lowest + (1 << max(0, lowest.bit_length() - 8)) - 1) / 1000
    raise ValueError("the histogram is empty")


@dataclass(frozen=True)
class Line:
    """One measurement."""

    side: str
    workload: str
    unit: str
    values: tuple[float, ...]
    parameters: dict[str, Any] = field(default_factory=dict)
    events: int | None = None
    latency: Latency | None = None
    details: dict[str, Any] = field(default_factory=dict)


KNOWN = {"side", "workload", "unit", "values", "parameters", "events", "latency"}


def parse_line(text: str) -> Line:
    """Read a result line; raises ValueError naming what is wrong with it."""
    try:
        value = json.loads(text)
        values = tuple(float(number) for number in value["values"])
        latency = Latency.parse(value["latency"]) if value.get("latency") else None
        details = {name: detail for name, detail in value.items() if name not in KNOWN}
        return Line(
            str(value["side"]), str(value["workload"]), str(value["unit"]), values, dict(value.get("parameters", {})),
            value.get("events"), latency, details,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a result line ({error!r}): {text[:200]}") from error
