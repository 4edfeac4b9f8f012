"""Runs the plan: one process a measurement, the sides of a group in turns, within the time budget."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .lines import Latency, Line, parse_line
from .plan import Entry, Group, Parameters, Section, StoreKey
from .stores import Stores, evict, prepare_parameters

UNSUPPORTED = 3
TIMEOUT = 150
FILL_TIMEOUT = 600


@dataclass
class Outcome:
    """All repetitions of one entry, or why there are none."""

    side: str
    lines: list[Line] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)  # highest anonymous resident bytes of each repetition
    skipped: str | None = None
    failed: str | None = None

    @property
    def values(self) -> list[float]:
        """One value a repetition: the median of what that process measured."""
        return [statistics.median(line.values) for line in self.lines if line.values]

    @property
    def latency(self) -> Latency | None:
        """The latencies of all repetitions together."""
        parts = [line.latency for line in self.lines if line.latency is not None]
        return Latency.merged(parts) if parts else None


@dataclass
class GroupResult:
    """The outcomes of one group, by side."""

    label: str
    outcomes: dict[str, Outcome]


@dataclass
class SectionResult:
    """The results of one section."""

    section: Section
    groups: list[GroupResult]


class MeasurementError(Exception):
    """A measurement that gave no line; `unsupported` when the program says that it does not offer it."""

    def __init__(self, message: str, unsupported: bool = False) -> None:
        super().__init__(message)
        self.unsupported = unsupported


def command_line(program: list[str], workload: str, parameters: Parameters, store: Path | None) -> list[str]:
    """`program WORKLOAD --json [--store PATH] [--parameter value ...]`."""
    words = [*program, workload, "--json"]
    if store is not None:
        words += ["--store", str(store)]
    for name, value in parameters.items():
        words += [f"--{name}", str(value)]
    return words


# MARK: memory


def _anonymous_bytes(process: int) -> int:
    """Resident anonymous memory of a process and its children: what is not the mapped store."""
    total = 0
    try:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                total = int(line.split()[1]) * 1024
        for task in Path(f"/proc/{process}/task").iterdir():
            children = (task / "children").read_text().split()
            total += sum(_anonymous_bytes(int(child)) for child in children)
    except (OSError, ValueError):
        pass  # the process has just ended: what was seen before stands
    return total


class _MemoryWatch(threading.Thread):
    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.highest, self.ended = process, 0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            self.highest = max(self.highest, _anonymous_bytes(self.process))


def _keep_to(processors: int) -> Callable[[], None]:
    """What a child process does before it starts: keeps to the first processors that it is allowed."""
    return lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])


def measure(words: list[str], timeout: float, processors: int = 0) -> tuple[Line, int]:
    """Run one measurement, on all processors or on so many; returns its line and highest anonymous resident bytes."""
    limit = _keep_to(processors) if processors > 0 else None
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=limit)
    watch = _MemoryWatch(process.pid)
    watch.start()
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise MeasurementError(f"took longer than {timeout:.0f} s") from None
    finally:
        watch.ended.set()
        watch.join()
    last_error = (errors.strip().splitlines() or ["no message"])[-1]
    if process.returncode == UNSUPPORTED:
        raise MeasurementError(last_error, unsupported=True)
    if process.returncode != 0:
        raise MeasurementError(f"left with status {process.returncode}: {last_error}")
    lines = output.strip().splitlines()
    if not lines:
        raise MeasurementError("printed no result line")
    try:
        return parse_line(lines[-1]), watch.highest
    except ValueError as error:
        raise MeasurementError(str(error)) from None


# MARK: the budget

# Seconds for each event to fill a store, and for each event of the store that a workload goes over, roughly: they only
# share the budget out among the rows.
FILL_COST = {"lmdb": 0.7e-6, "sqlite": 4e-6, "umadb": 8e-6, "eventsourcing": 20e-6, "store": 2.5e-6}
PASS_COST = {"scan": 0.3e-6, "rebuild": 1e-6, "disk": 0.5e-6, "import": 15e-6}
# Seconds that the last measurement may end after the budget.
GRACE = 10
COPY_COST = 0.3e-6
START_COST = {"scikit-learn": 2.5, "umadb": 0.5, "http": 0.4, "eventsourcing": 0.4}


def estimates(sections: list[Section], programs: set[str]) -> list[float]:
    """Seconds that each group will roughly take, filling its stores included."""
    filled: set[StoreKey] = set()
    costs = []
    for group in (group for section in sections for group in section.groups):
        cost = 0.0
        for entry in group.entries:
            if entry.program not in programs:
                continue
            events = entry.store.events if entry.store else int(entry.parameters.get("events", 0))
            run = (
                START_COST.get(entry.program, 0.25)
                + float(entry.parameters.get("seconds", 0.1))
                + events * PASS_COST.get(entry.workload, 0)
            )
            if entry.mutates and events <= 2_000_000:
                run += events * COPY_COST
            cost += run * group.repetitions
            if entry.store is not None and entry.store not in filled:
                filled.add(entry.store)
                cost += entry.store.events * FILL_COST[entry.program]
        costs.append(cost)
    return costs


# MARK: the run


class Runner:
    """Measures sections with the programs that are there."""

    def __init__(self, commands: dict[str, list[str]], skipped: dict[str, str], scratch: Path, budget: float) -> None:
        self.commands = commands
        self.skipped = skipped
        self.budget = budget
        self.scratch = scratch
        self.record_bytes = 52
        self.stores = Stores(scratch, self._fill)
        self._files: dict[tuple[tuple[str, int | float | str], ...], Path] = {}
        self._deadline = float("inf")

    def run(self, sections: Iterable[Section]) -> list[SectionResult]:
        """Measure every section. Past its share of the budget a group gets one repetition, past all of it none."""
        begun, results = time.monotonic(), []
        planned = list(sections)
        costs = estimates(planned, set(self.commands))
        total, done = sum(costs), 0.0
        print(f"about {total:.0f} s to measure, {self.budget:.0f} s allowed", file=sys.stderr, flush=True)
        remaining = iter(costs)
        self._learn_record_bytes()
        for section in planned:
            print(f"== {section.title}", file=sys.stderr, flush=True)
            groups = []
            for group in section.groups:
                cost = next(remaining)
                done += cost
                self._deadline = begun + self.budget * min(1, done / max(total, 1))
                # What one repetition would take past the budget does not begin: the run keeps its promise.
                out_of_time = time.monotonic() + cost / group.repetitions > begun + self.budget + GRACE
                groups.append(self._out_of_time(group) if out_of_time else self._run_group(group))
            results.append(SectionResult(section, groups))
            print(f"   ({time.monotonic() - begun:.0f} s since the start)", file=sys.stderr, flush=True)
        return results

    @staticmethod
    def _out_of_time(group: Group) -> GroupResult:
        outcomes = {entry.side: Outcome(entry.side, skipped="out of time") for entry in group.entries}
        return GroupResult(group.label, outcomes)

    def _run_group(self, group: Group) -> GroupResult:
        outcomes = {entry.side: Outcome(entry.side) for entry in group.entries}
        for repetition in range(group.repetitions):
            if repetition > 0 and time.monotonic() > self._deadline:
                break
            for entry in group.entries:
                outcome = outcomes[entry.side]
                if outcome.skipped is None and outcome.failed is None:
                    self._measure_into(outcome, entry)
        for outcome in outcomes.values():
            middle = f"{statistics.median(outcome.values):,.6g}" if outcome.values else "-"
            reason = outcome.failed or outcome.skipped or ""
            print(f"   {group.label:>24}  {outcome.side:<18}{middle:>14}  {reason}", file=sys.stderr, flush=True)
        return GroupResult(group.label, outcomes)

    def _measure_into(self, outcome: Outcome, entry: Entry) -> None:
        if entry.program not in self.commands:
            outcome.skipped = self.skipped.get(entry.program, "not built")
            return
        try:
            line, memory = self._measure(entry)
        except MeasurementError as error:
            if error.unsupported:
                outcome.skipped = f"not offered: {error}"
            else:
                outcome.failed = str(error)
        except (RuntimeError, OSError) as error:
            outcome.failed = str(error)
        else:
            outcome.lines.append(line)
            outcome.memory.append(memory)

    def _measure(self, entry: Entry) -> tuple[Line, int]:
        parameters, remove = dict(entry.parameters), False
        if entry.program == "lmdb" and entry.workload == "append":
            parameters["record-bytes"] = self.record_bytes
        if entry.workload == "import":
            parameters["file"] = str(self._lines_file(entry))
        if entry.store is None:
            path, remove = self.stores.fresh_path(), True
        elif entry.mutates:
            path, remove = self.stores.working_copy(entry.store)
        else:
            path = self.stores.path(entry.store)
        if entry.cold:
            evict(path)
        try:
            words = command_line(self.commands[entry.program], entry.workload, parameters, path)
            timeout = FILL_TIMEOUT if entry.workload == "import" else TIMEOUT
            return measure(words, timeout, processors=int(parameters.get("threads", 0)))
        finally:
            if remove:
                shutil.rmtree(path, ignore_errors=True)

    # MARK: what measurements need

    def _fill(self, key: StoreKey, path: Path) -> str | None:
        """Fill a preloaded store; returns why that failed."""
        parameters = prepare_parameters(key, self.record_bytes)
        try:
            measure(command_line(self.commands[key.program], "prepare", parameters, path), FILL_TIMEOUT)
        except MeasurementError as error:
            return str(error)
        return None if path.is_dir() else "prepare made no store"

    def _learn_record_bytes(self) -> None:
        """Ask the store how large its rank records are, so that the limit puts records of the same size."""
        if "store" not in self.commands:
            return
        path = self.stores.fresh_path()
        parameters = prepare_parameters(StoreKey("store", 1000), self.record_bytes)
        try:
            line, _ = measure(command_line(self.commands["store"], "prepare", parameters, path), TIMEOUT)
            self.record_bytes = max(32, round(float(line.details.get("recordBytes", self.record_bytes))))
        except MeasurementError as error:
            print(f"the store's record size is unknown, taking {self.record_bytes}: {error}", file=sys.stderr)
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def _lines_file(self, entry: Entry) -> Path:
        """The JSON Lines file of an import; only the latest size is kept on disk."""
        key = tuple(sorted(entry.parameters.items()))
        if key not in self._files:
            for file in self._files.values():
                file.unlink(missing_ok=True)
            self._files.clear()
            if "generate" not in self.commands:
                raise MeasurementError("the generator was not built")
            path = self.scratch / "import.jsonl"
            words = command_line(self.commands["generate"], "lines", dict(entry.parameters), None)
            measure([*words, "--file", str(path)], FILL_TIMEOUT)
            self._files[key] = path
        return self._files[key]
