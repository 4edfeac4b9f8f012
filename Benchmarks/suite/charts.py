"""Line charts as SVG, written by hand: a category axis, a logarithmic value axis, one line a side."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from .results import Results
from .runner import SectionResult

# Okabe and Ito's palette: told apart with every kind of colour vision.
COLOURS = {
    "store": "#d55e00",
    "store-http": "#e69f00",
    "store-plain-loop": "#e69f00",
    "store-all-cores": "#e69f00",
    "lmdb-c": "#000000",
    "lmdb-c-index": "#666666",
    "lmdb-c-journal": "#56b4e9",
    "sqlite": "#0072b2",
    "umadb": "#009e73",
    "eventsourcing": "#cc79a7",
    "scikit-learn": "#0072b2",
    "scikit-learn-cv": "#56b4e9",
}
SPARE = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#000000", "#56b4e9")
WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, BOTTOM = 78, 24, 58


@dataclass(frozen=True)
class Series:
    """One line: a value for each category, None where nothing was measured."""

    name: str
    values: list[float | None]
    colour: str


def _short(value: float) -> str:
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g}{letter}"
    return f"{value:g}"


def _text(x: float, y: float, text: str, size: int = 13, anchor: str = "middle", **extra: str) -> str:
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in extra.items())
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{attributes}>{escape(text)}</text>'


def _legend(series: list[Series]) -> tuple[list[str], float]:
    """The legend's marks, wrapped, and where the plot may begin."""
    parts, x, y = [], float(LEFT), 58.0
    for one in series:
        width = 34 + 7.6 * len(one.name)
        if x + width > WIDTH - RIGHT:
            x, y = float(LEFT), y + 20
        parts.append(f'<circle cx="{x + 6:.1f}" cy="{y - 4:.1f}" r="5" fill="{one.colour}"/>')
        parts.append(_text(x + 17, y, one.name, anchor="start"))
        x += width
    return parts, y + 18


def line_chart(title: str, axis: str, unit: str, categories: list[str], series: list[Series]) -> str | None:
    """The chart as an SVG document; nothing when there is no value to draw."""
    series = [one for one in series if any(value for value in one.values)]
    found = [value for one in series for value in one.values if value]
    if not found:
        return None
    low, high = math.floor(math.log10(min(found))), math.ceil(math.log10(max(found) * 1.02))
    high = max(high, low + 1)
    legend, top = _legend(series)
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    step = (right - LEFT) / max(1, len(categories))

    def x_of(index: int) -> float:
        return LEFT + step * (index + 0.5)

    def y_of(value: float) -> float:
        return bottom - (math.log10(value) - low) / (high - low) * (bottom - top)

    parts = [_text(LEFT, 30, title, size=16, anchor="start", font_weight="600"), *legend]
    for decade in range(low, high + 1):
        y = y_of(10.0**decade)
        parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d9d9d9"/>')
        parts.append(_text(LEFT - 8, y + 4, _short(10.0**decade), anchor="end"))
    parts += [_text(x_of(index), bottom + 20, label) for index, label in enumerate(categories)]
    parts.append(_text((LEFT + right) / 2, HEIGHT - 14, axis))
    middle = (top + bottom) / 2
    parts.append(_text(18, middle, f"{unit} (logarithmic)", transform=f"rotate(-90 18 {middle:.1f})"))
    for one in series:
        parts += _line(one, x_of, y_of)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' role="img" font-family="system-ui, sans-serif" fill="#1a1a1a"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


def _line(one: Series, x_of: Callable[[int], float], y_of: Callable[[float], float]) -> list[str]:
    """A line with a mark at each measured value; it is broken where one is missing."""
    parts, run = [], list[str]()
    for index, value in enumerate([*one.values, None]):
        if value:
            x, y = x_of(index), y_of(value)
            run.append(f"{x:.1f},{y:.1f}")
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{one.colour}"/>')
            continue
        if len(run) > 1:
            points = " ".join(run)
            parts.append(f'<polyline points="{points}" fill="none" stroke="{one.colour}" stroke-width="2.5"/>')
        run = []
    return parts


# MARK: what is drawn


def _medians(results: Results, result: SectionResult, labels: list[str]) -> list[Series]:
    sides = dict.fromkeys(side for group in result.groups for side in group.outcomes)
    return [
        Series(
            side,
            [results.median(result.section.name, label, side) for label in labels],
            COLOURS.get(side, SPARE[index % len(SPARE)]),
        )
        for index, side in enumerate(sides)
    ]


def _labels(result: SectionResult) -> list[str]:
    return [group.label for group in result.groups]


def _tail(results: Results, result: SectionResult) -> str | None:
    """Percentiles of the store's and SQLite's commits by concurrent callers."""
    labels, series = _labels(result), []
    for side, colours in (("store", ("#f0b48a", "#d55e00", "#8a3d00")), ("sqlite", ("#8cc5e8", "#0072b2", "#004a73"))):
        for name, colour in zip(("p50", "p99", "p999"), colours):
            outcomes = [results.outcome(result.section.name, label, side) for label in labels]
            values = [getattr(one.latency, name) if one and one.latency else None for one in outcomes]
            series.append(Series(f"{side} {name.replace('p999', 'p99.9')}", values, colour))
    return line_chart("Time until an event is durable", "concurrent callers", "µs", labels, series)


def _fold(results: Results, result: SectionResult) -> str | None:
    labels = [label for label in _labels(result) if label.endswith("× 512")]
    series = _medians(results, result, labels)
    categories = [label.removesuffix(" × 512") for label in labels]
    return line_chart("One fold at d = 512", "comparisons", "ms", categories, series)


def _stream(results: Results, result: SectionResult) -> str | None:
    labels = [label for label in _labels(result) if label.endswith(", warm")]
    series = _medians(results, result, labels)
    categories = [label.removesuffix(", warm") for label in labels]
    return line_chart("Reading one stream, warm", "events in the store", "events/s", categories, series)


def _resolve(results: Results, result: SectionResult) -> str | None:
    sizes = list(dict.fromkeys(label.split(",")[0] for label in _labels(result)))
    series = []
    for mode, colour in (("hot", SPARE[0]), ("two", SPARE[1]), ("new", SPARE[2])):
        outcomes = [results.outcome("resolve", f"{size}, {mode}", "store") for size in sizes]
        values = [one.latency.p50 if one and one.latency else None for one in outcomes]
        series.append(Series(mode, values, colour))
    return line_chart("Resolving a prompt, p50", "events in the store", "µs", sizes, series)


Drawing = Callable[[Results, SectionResult], str | None]
SPECIAL: dict[str, list[tuple[str, Drawing]]] = {
    "append-callers": [("append-latency.svg", _tail)],
    "fold": [("fold.svg", _fold)],
    "stream": [("stream.svg", _stream)],
    "resolve": [("resolve.svg", _resolve)],
}
PLAIN = ("append-batch", "append-callers", "append-growth", "append-clients", "scan", "get")


def _plain(results: Results, result: SectionResult) -> str | None:
    section = result.section
    labels = _labels(result)
    return line_chart(section.title, section.axis, section.unit, labels, _medians(results, result, labels))


def draw(results: Results, folder: Path) -> dict[str, list[str]]:
    """Write the charts of a run into the folder; returns their file names by section."""
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, list[str]] = {}
    for name, result in results.sections.items():
        drawings = [(f"{name}.svg", _plain)] if name in PLAIN else []
        for file, drawing in [*drawings, *SPECIAL.get(name, [])]:
            text = drawing(results, result)
            if text is not None:
                (folder / file).write_text(text)
                written.setdefault(name, []).append(file)
    return written
