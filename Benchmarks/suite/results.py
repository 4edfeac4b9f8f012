"""Questions that tables, charts and goals ask of a run, and its JSON form."""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import Any

from .lines import Latency, Line
from .plan import Section
from .runner import GroupResult, Outcome, SectionResult


class Results:
    """A finished run."""

    def __init__(self, scale: str, machine: dict[str, str], sections: list[SectionResult], skipped: dict[str, str]):
        self.scale = scale
        self.machine = machine
        self.sections = {result.section.name: result for result in sections}
        self.skipped = skipped

    def outcome(self, section: str, group: str, side: str) -> Outcome | None:
        """What was measured for one side in one row, if anything was."""
        for result in self.sections[section].groups if section in self.sections else ():
            if result.label == group and side in result.outcomes:
                found = result.outcomes[side]
                return found if found.lines else None
        return None

    def median(self, section: str, group: str, side: str) -> float | None:
        """The median over the repetitions."""
        outcome = self.outcome(section, group, side)
        return statistics.median(outcome.values) if outcome and outcome.values else None

    def ratio(self, section: str, group: str, side: str, other: str) -> float | None:
        """The median of the ratios of repetitions that ran one after the other.

        The disk changes its speed between two states; neighbours see the same state more often than medians do.
        """
        return self.ratio_across((section, group, side), (section, group, other))

    def ratio_across(self, one: tuple[str, str, str], other: tuple[str, str, str]) -> float | None:
        """The same between any two cells, paired by repetition."""
        first, second = self.outcome(*one), self.outcome(*other)
        if first is None or second is None:
            return None
        pairs = [left / right for left, right in zip(first.values, second.values) if right > 0]
        return statistics.median(pairs) if pairs else None

    def detail(self, section: str, group: str, side: str, name: str) -> float | None:
        """The median of a further number that the program printed."""
        outcome = self.outcome(section, group, side)
        values = [float(line.details[name]) for line in outcome.lines if name in line.details] if outcome else []
        return statistics.median(values) if values else None

    def failures(self, program_side: str) -> list[str]:
        """Measurements of one side that failed."""
        return [
            f"{result.section.name}, {group.label}: {outcome.failed}"
            for result in self.sections.values()
            for group in result.groups
            for outcome in group.outcomes.values()
            if outcome.side.startswith(program_side) and outcome.failed is not None
        ]

    @staticmethod
    def from_json(value: dict[str, Any], planned: list[Section]) -> Results:
        """A finished run again, from what `as_json` gave; sections that are no longer planned are left out."""
        sections = [
            SectionResult(
                section,
                [
                    GroupResult(
                        group["label"], {side: _outcome(side, found) for side, found in group["sides"].items()}
                    )
                    for group in value["sections"][section.name]["groups"]
                ],
            )
            for section in planned
            if section.name in value["sections"]
        ]
        return Results(value["scale"], value["machine"], sections, value["skipped"])

    def as_json(self) -> dict[str, Any]:
        """Everything, as `results.json` holds it."""
        return {
            "scale": self.scale,
            "machine": self.machine,
            "skipped": self.skipped,
            "sections": {name: _section_json(result) for name, result in self.sections.items()},
        }


def _outcome(side: str, found: dict[str, Any]) -> Outcome:
    if "values" not in found:
        return Outcome(side, skipped=found.get("skipped"), failed=found.get("failed"))
    lines = [Line(side, "", found["unit"], (value,), found["parameters"]) for value in found["values"]]
    # A run keeps the latencies of all repetitions together, and the details of the last one.
    latency = Latency.parse(found["latency"]) if "latency" in found else None
    last = lines[-1] if lines else Line(side, "", found["unit"], (), found["parameters"])
    lines[-1:] = [replace(last, latency=latency, details=found.get("details", {}))]
    return Outcome(side, lines, [found["anonymousMemoryBytes"]], failed=found.get("failed"))


def _section_json(result: SectionResult) -> dict[str, Any]:
    section = result.section
    return {
        "title": section.title,
        "axis": section.axis,
        "unit": section.unit,
        "higherIsBetter": section.higher_is_better,
        "groups": [
            {"label": group.label, "sides": {side: _outcome_json(found) for side, found in group.outcomes.items()}}
            for group in result.groups
        ],
    }


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    if not outcome.lines:
        return {"failed": outcome.failed} if outcome.failed else {"skipped": outcome.skipped}
    values = outcome.values
    found: dict[str, Any] = {
        "unit": outcome.lines[0].unit,
        "parameters": outcome.lines[0].parameters,
        "values": values,
        "median": statistics.median(values) if values else None,
        "spread": spread(values),
        "anonymousMemoryBytes": max(outcome.memory),
    }
    if outcome.latency is not None:
        latency = outcome.latency
        found["latency"] = {
            "unit": "us", "count": latency.count, "p50": latency.p50, "p99": latency.p99, "p999": latency.p999,
            "max": latency.largest,
        }  # fmt: skip
    details = outcome.lines[-1].details
    return found | ({"details": details} if details else {}) | ({"failed": outcome.failed} if outcome.failed else {})


def spread(values: list[float]) -> float | None:
    """Half the distance between the lowest and the highest repetition, over the median."""
    middle = statistics.median(values) if values else 0
    return (max(values) - min(values)) / 2 / middle if middle else None
