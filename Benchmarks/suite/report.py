"""Tables for the terminal and for docs/performance.md."""

from __future__ import annotations

import re
import statistics

from .goals import Goal, number
from .results import Results, spread
from .runner import GroupResult, Outcome, SectionResult

OURS = "store"
BLOCK = re.compile(r"(<!-- bench:begin (?P<name>[a-z0-9-]+) -->\n)(?P<body>.*?)(<!-- bench:end -->)", re.DOTALL)


# MARK: cells


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    if not outcome.values:
        return "failed" if outcome.failed else "–"
    middle, unit = statistics.median(outcome.values), outcome.lines[0].unit
    text = f"{number(middle / 1e9)} GB/s" if unit == "bytes/s" else number(middle)
    width = spread(outcome.values)
    return f"{text} ±{100 * width:.0f} %" if width is not None and len(outcome.values) > 1 else text


def _ratio(results: Results, result: SectionResult, group: GroupResult, side: str) -> str:
    """How much better the store is than this side: above 1 it is ahead."""
    name = result.section.name
    pair = (OURS, side) if result.section.higher_is_better else (side, OURS)
    ratio = results.ratio(name, group.label, *pair)
    return "" if ratio is None else f"{ratio:.2f}"


def _sides(result: SectionResult) -> list[str]:
    ordered: dict[str, None] = {}
    for group in result.groups:
        ordered |= dict.fromkeys(group.outcomes)
    return list(ordered)


def _has_latency(result: SectionResult) -> bool:
    return any(outcome.latency for group in result.groups for outcome in group.outcomes.values())


def table(results: Results, result: SectionResult) -> list[list[str]]:
    """Header and rows: medians with spread, and the store's ratio to each other side."""
    sides = _sides(result)
    others = [side for side in sides if side != OURS] if OURS in sides else []
    unit = result.section.unit
    rows = [[result.section.axis, *(f"{side}, {unit}" for side in sides), *(f"ratio to {side}" for side in others)]]
    for group in result.groups:
        cells = [_cell(group.outcomes.get(side)) for side in sides]
        rows.append([group.label, *cells, *(_ratio(results, result, group, side) for side in others)])
    return rows


def latency_table(result: SectionResult) -> list[list[str]]:
    """Header and rows: p50, p99 and p99.9 of every side that timed its requests, in microseconds."""
    rows = [[result.section.axis, "side", "p50, µs", "p99, µs", "p99.9, µs", "highest, µs", "requests"]]
    for group in result.groups:
        for side, outcome in group.outcomes.items():
            if (latency := outcome.latency) is None:
                continue
            cells = [number(value) for value in (latency.p50, latency.p99, latency.p999, latency.largest)]
            rows.append([group.label, side, *cells, f"{latency.count:,}"])
    return rows


def memory_table(result: SectionResult) -> list[list[str]]:
    """Header and rows: the highest anonymous resident memory of each side."""
    sides = _sides(result)
    rows = [[result.section.axis, *(f"{side}, MB" for side in sides)]]
    for group in result.groups:
        found = [group.outcomes.get(side) for side in sides]
        rows.append([group.label, *(f"{max(one.memory) / 1e6:.0f}" if one and one.memory else "–" for one in found)])
    return rows


def goal_table(results: Results, goals: list[Goal]) -> list[list[str]]:
    """Header and rows: asked for, measured, met."""
    rows = [["area", "asked for", "measured", "met"]]
    for goal in goals:
        verdict = goal.judge(results)
        measured = ("not measured in this run", "–") if verdict is None else (verdict.text, _met(verdict.met))
        rows.append([goal.area, goal.asked, *measured])
    return rows


def _met(met: bool) -> str:
    return "yes" if met else "**no**"


# MARK: rendering


def as_text(rows: list[list[str]]) -> str:
    """A table for the terminal."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def as_markdown(rows: list[list[str]]) -> str:
    """A table for a document."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def terminal_report(results: Results, goals: list[Goal]) -> str:
    """Everything that a run found, as text."""
    parts = []
    for result in results.sections.values():
        parts += [f"\n{result.section.title} ({result.section.unit})", as_text(table(results, result))]
        if _has_latency(result):
            parts += ["", as_text(latency_table(result))]
    parts += ["\nAsked for, measured, met", as_text(goal_table(results, goals))]
    if results.skipped:
        parts += ["", *(f"skipped {name}: {reason}" for name, reason in results.skipped.items())]
    return "\n".join(parts)


def _notes(result: SectionResult) -> list[str]:
    """Why cells are empty, each reason once."""
    notes: dict[str, None] = {}
    for group in result.groups:
        for side, outcome in group.outcomes.items():
            if outcome.skipped:
                notes[f"{side}: {outcome.skipped}."] = None
            if outcome.failed:
                notes[f"{side} failed at {group.label}: {outcome.failed}."] = None
    return list(notes)


def _counted(result: SectionResult) -> str:
    counts = {len(outcome.values) for group in result.groups for outcome in group.outcomes.values() if outcome.values}
    if not counts:
        return "Nothing was measured."
    low, high = min(counts), max(counts)
    repetitions = f"{low} repetition{'s' if low != 1 else ''}" if low == high else f"{low} to {high} repetitions"
    return f"Median of {repetitions} ± half the range; ratios above 1: the store is ahead."


def blocks(results: Results, goals: list[Goal], charts: dict[str, list[str]]) -> dict[str, str]:
    """What goes between the markers of docs/performance.md, by their names."""
    found = {
        "machine": as_markdown([["what", "value"], *([name, value] for name, value in results.machine.items())]),
        "goals": as_markdown(goal_table(results, goals)),
    }
    for name, result in results.sections.items():
        images = [f"![{result.section.title}](performance/{chart})" for chart in charts.get(name, ())]
        parts = [*images, as_markdown(table(results, result)), _counted(result)]
        if name == "import":
            parts += ["Highest resident memory beyond mapped files:", as_markdown(memory_table(result))]
        if _has_latency(result):
            parts.append(as_markdown(latency_table(result)))
        notes = _notes(result)
        if notes:
            parts.append("\n".join(f"- {note}" for note in notes))
        found[name] = "\n\n".join(parts)
    return found


def rewrite(document: str, found: dict[str, str]) -> str:
    """The document with each marked block replaced; blocks that this run did not measure stay."""

    def replace(match: re.Match[str]) -> str:
        body = found.get(match["name"])
        return match[0] if body is None else f"{match[1]}\n{body}\n\n{match[4]}"

    return BLOCK.sub(replace, document)
