"""Every speed that was asked for, what was measured for it, and whether it is met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .plan import Scale, size_label
from .results import Results


@dataclass(frozen=True)
class Verdict:
    """What was measured for a goal."""

    text: str
    met: bool


@dataclass(frozen=True)
class Goal:
    """One speed asked for; `judge` returns nothing where it was not measured."""

    area: str
    asked: str
    judge: Callable[[Results], Verdict | None]


def number(value: float) -> str:
    """Four significant digits, with thousands separators."""
    if abs(value) >= 1000:
        return f"{round(value, 3 - len(str(int(abs(value))))):,.0f}"
    return f"{value:.3g}"


def _at_least(value: float | None, limit: float, text: str) -> Verdict | None:
    return None if value is None else Verdict(text.format(number(value)), value >= limit)


def _at_most(value: float | None, limit: float, text: str) -> Verdict | None:
    return None if value is None else Verdict(text.format(number(value)), value <= limit)


# MARK: the event log


def _append_ratio(size: str) -> Callable[[Results], Verdict | None]:
    return lambda results: _at_least(results.ratio("append-growth", size, "store", "lmdb-c"), 0.4, "{} of it")


def _batch_ratio(batch: str, limit: float) -> Callable[[Results], Verdict | None]:
    return lambda results: _at_least(results.ratio("append-batch", batch, "store", "lmdb-c"), limit, "{} of it")


def _append_flat(results: Results) -> Verdict | None:
    ratio = results.ratio_across(("append-growth", "10M", "store"), ("append-growth", "1M", "store"))
    return _at_least(ratio, 0.8, "{} of 1M")


def _group_commit(results: Results) -> Verdict | None:
    ratio = results.ratio_across(("append-callers", "64", "store"), ("append-callers", "1", "store"))
    return _at_least(ratio, 8, "{} times")


def _tail(results: Results) -> Verdict | None:
    outcome = results.outcome("append-callers", "64", "store")
    if outcome is None or outcome.latency is None:
        return None
    ratio = outcome.latency.p99 / outcome.latency.p50
    return Verdict(f"{number(ratio)} times", ratio < 5)


def _tail_beside_lmdb(results: Results) -> Verdict | None:
    own, raw = (results.outcome("append-callers", "64", side) for side in ("store", "lmdb-c"))
    if own is None or raw is None or own.latency is None or raw.latency is None:
        return None
    return _at_most(own.latency.p99 / raw.latency.p99, 0.5, "{} of it")


def _checkpoint_tail(callers: str) -> Callable[[Results], Verdict | None]:
    def judge(results: Results) -> Verdict | None:
        longest, p99, count = (
            results.detail("append-checkpoints", callers, "store", name)
            for name in ("longestDuringCheckpoints", "p99", "duringCheckpoints")
        )
        if longest is None or p99 is None or not count:
            return None
        return _at_most(longest / p99, 5, "{} times p99")

    return judge


def _stream(size: str) -> Callable[[Results], Verdict | None]:
    return lambda results: _at_least(results.median("stream", f"{size}, warm", "store"), 600_000, "{} events/s")


def _disk(size: str, name: str, limit: float) -> Callable[[Results], Verdict | None]:
    def judge(results: Results) -> Verdict | None:
        value = results.detail("disk", size, "store", name) if name else results.median("disk", size, "store")
        return _at_most(value, limit, "{} bytes")

    return judge


def _import_memory(size: str) -> Callable[[Results], Verdict | None]:
    def judge(results: Results) -> Verdict | None:
        outcome = results.outcome("import", size, "store")
        return None if outcome is None else _at_most(max(outcome.memory) / 1e6, 300, f"{{}} MB, importing {size}")

    return judge


# MARK: projections


def _fold_ratio(results: Results) -> Verdict | None:
    return _at_least(results.ratio("fold", "210 × 512", "store-plain-loop", "store"), 5, "{} times")


def _fold_large(results: Results) -> Verdict | None:
    return _at_most(results.median("fold", "10,000 × 512", "store"), 10, "{} ms")


def _fold_wide(results: Results) -> Verdict | None:
    ratio = results.ratio_across(("fold", "210 × 1024", "store"), ("fold", "210 × 512", "store"))
    return _at_most(ratio, 2.2, "{} times the time of d=512")


def _audit(results: Results) -> Verdict | None:
    group = results.sections["audit"].groups[0].label if "audit" in results.sections else ""
    return _at_least(results.median("audit", group, "store"), 4000, "{} versions/s")


def _rebuild(size: str) -> Callable[[Results], Verdict | None]:
    return lambda results: _at_least(results.median("rebuild", size, "store"), 1_500_000, f"{{}} events/s at {size}")


def _score(results: Results) -> Verdict | None:
    group = "1M images, d = 512"
    rate = results.median("score", group, "store")
    bandwidth = results.median("machine-limits", "memory-read", "machine")
    if rate is None or bandwidth is None:
        return None
    scored = rate * 512 * 2
    text = f"{{}} times below ({scored / 1e9:.1f} of {bandwidth / 1e9:.1f} GB/s)"
    return _at_most(bandwidth / scored, 3, text)


# MARK: codes


def _resolve_latency(size: str, mode: str, name: str, limit: float) -> Callable[[Results], Verdict | None]:
    def judge(results: Results) -> Verdict | None:
        outcome = results.outcome("resolve", f"{size}, {mode}", "store")
        latency = outcome.latency if outcome else None
        return None if latency is None else _at_most(getattr(latency, name), limit, "{} µs")

    return judge


def _resolve_rate(size: str, mode: str, least: float) -> Callable[[Results], Verdict | None]:
    return lambda results: _at_least(results.median("resolve", f"{size}, {mode}", "store"), least, "{} resolves/s")


def _resolve_flat(largest: str) -> Callable[[Results], Verdict | None]:
    def judge(results: Results) -> Verdict | None:
        ratio = results.ratio_across(("resolve", "10k, hot", "store"), ("resolve", f"{largest}, hot", "store"))
        return _at_most(ratio, 1.5, f"{{}} times from 10k to {largest}")

    return judge


def _resolve_shared(size: str) -> Callable[[Results], Verdict | None]:
    def judge(results: Results) -> Verdict | None:
        commits = results.detail("resolve", f"{size}, new, 64 callers", "store", "commitsPerResolve")
        return _at_most(commits, 0.25, "{} commits a resolve")

    return judge


def _resolve_new(size: str) -> Callable[[Results], Verdict | None]:
    def judge(results: Results) -> Verdict | None:
        new, commit = (
            results.outcome("resolve", f"{size}, new", "store"),
            results.outcome("append-callers", "1", "store"),
        )
        fold = results.detail("resolve", f"{size}, new", "store", "foldMicroseconds")
        if new is None or commit is None or new.latency is None or commit.latency is None or fold is None:
            return None
        return _at_most(new.latency.p50 / (commit.latency.p50 + fold), 1.5, "{} times one commit plus one fold")

    return judge


def goals(scale: Scale) -> list[Goal]:
    """Every goal; one that names a size is judged at that size only, so a quick run leaves some open."""
    main, largest = size_label(scale.main_events), size_label(min(max(scale.growth), 10_000_000))
    streams = size_label(min(max(scale.stream_events), 10_000_000))
    log, projections, codes = "Event log", "Projections", "Codes and prompts"
    return [
        Goal(log, "append of 1,000 a batch at 1M events: ≥ 0.4 of raw LMDB in C", _append_ratio("1M")),
        Goal(log, "append of 1,000 a batch at 10M events: ≥ 0.4 of raw LMDB in C", _append_ratio("10M")),
        Goal(log, "append at 10M events: ≥ 0.8 of the rate at 1M, flushes included", _append_flat),
        Goal(log, "64 concurrent callers: ≥ 8 times one caller's rate", _group_commit),
        Goal(
            log,
            "one caller: ≥ 0.85 of the C program's commit rate",
            lambda results: _at_least(results.ratio("append-callers", "1", "store", "lmdb-c"), 0.85, "{} of it"),
        ),
        Goal(
            log,
            "one caller: ≥ 1.5 of raw LMDB's commit rate under full sync",
            lambda results: _at_least(results.ratio("append-callers", "1", "store", "lmdb-c"), 1.5, "{} of it"),
        ),
        Goal(
            log,
            "one caller: ≥ 1.0 of SQLite's commit rate (WAL, FULL)",
            lambda results: _at_least(results.ratio("append-callers", "1", "store", "sqlite"), 1.0, "{} of it"),
        ),
        *(
            Goal(log, f"{batch} a batch: ≥ {limit} of raw LMDB under full sync", _batch_ratio(batch, limit))
            for batch, limit in (("10", 1.4), ("100", 1.8), ("1,000", 0.9), ("10,000", 0.5))
        ),
        Goal(log, "p99 of 64 callers, flushes included: < 5 times p50", _tail),
        Goal(log, "p99 of 64 callers: ≤ 0.5 of raw LMDB's under full sync", _tail_beside_lmdb),
        *(
            Goal(log, f"{callers} callers: no append longer than 5 times p99 during checkpoints", _checkpoint_tail(callers))
            for callers in ("1", "64")
        ),
        Goal(
            log,
            "full scan with decoding and checksums: ≥ 5M events/s a core",
            lambda results: _at_least(results.median("scan", largest, "store"), 5_000_000, "{} events/s"),
        ),
        Goal(log, "one stream of 1,000 events, warm: ≥ 0.6M events/s", _stream(streams)),
        Goal(log, "a rank event without event id: ≤ 80 bytes in the log", _disk(largest, "logBytesPerEvent", 80)),
        Goal(log, "… and ≤ 120 bytes on disk with all derived tables, compacted", _disk(largest, "", 120)),
        Goal(log, "importing 10M events: ≤ 300 MB resident beyond the mapped file", _import_memory("10M")),
        Goal(projections, "fold of 210 comparisons at d=512: ≥ 5 times the plain loop", _fold_ratio),
        Goal(projections, "fold of 10,000 comparisons at d=512: ≤ 10 ms on one core", _fold_large),
        Goal(projections, "fold at d=1024: in proportion (≤ 2.2 times d=512)", _fold_wide),
        Goal(projections, "audit, reading included: ≥ 4,000 versions/s a core", _audit),
        Goal(projections, "rebuild of all derived tables: ≥ 1.5M events/s at 10M", _rebuild("10M")),
        Goal(projections, "scoring 1M images at d=512: within 3 times of memory bandwidth", _score),
        Goal(codes, "resolve with nothing new: p50 ≤ 10 µs", _resolve_latency(main, "hot", "p50", 10)),
        Goal(codes, "resolve with nothing new: p99 ≤ 50 µs", _resolve_latency(main, "hot", "p99", 50)),
        Goal(codes, "resolve with nothing new: ≥ 200k/s a core", _resolve_rate(main, "hot", 200_000)),
        Goal(codes, "resolve with two codes, twice that: p50 ≤ 20 µs", _resolve_latency(main, "two", "p50", 20)),
        Goal(codes, "resolve with two codes, twice that: p99 ≤ 100 µs", _resolve_latency(main, "two", "p99", 100)),
        Goal(codes, "resolve with two codes, twice that: ≥ 100k/s a core", _resolve_rate(main, "two", 100_000)),
        Goal(codes, "resolve: flat within 1.5 times from 10k to 10M events", _resolve_flat("10M")),
        Goal(codes, "first --p after new events: one commit plus the fold (≤ 1.5 times their sum)", _resolve_new(main)),
        Goal(codes, "64 users at once share commits (≤ 0.25 commits a resolve)", _resolve_shared(main)),
    ]
