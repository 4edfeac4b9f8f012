"""The suite's own claims: same workload in every language, correct percentiles, honest skips, exact documents."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(FOLDER), str(FOLDER / "peers")]

import measurement  # noqa: E402
from suite import charts, goals, report  # noqa: E402
from suite.lines import Latency, Line, parse_line  # noqa: E402
from suite.plan import FULL, QUICK, Entry, Group, Section, sections, thirty_million  # noqa: E402
from suite.results import Results  # noqa: E402
from suite.runner import Runner  # noqa: E402

FAKE = [str(FOLDER / "tests" / "fake_storebench.py")]


def c_program(name: str) -> str:
    """A program that `make check` has built."""
    build = os.environ.get("BENCH_BUILD")
    if build is None:
        raise unittest.SkipTest("run by `make check`, which sets BENCH_BUILD")
    return str(Path(build) / name)


def storebench() -> list[str]:
    """The store's side, where it has been built."""
    program = os.environ.get("STOREBENCH")
    if program is None or not Path(program).is_file():
        raise unittest.SkipTest("storebench is not built: swift build -c release --product storebench")
    return [program]


class Workload(unittest.TestCase):
    """The seeded workload."""

    def test_c_and_python_draw_the_same_events(self) -> None:
        for distribution in ("uniform", "zipf"):
            for seed in (1, 7, 2**63):
                words = ["--events", "500", "--users", "777", "--distribution", distribution, "--seed", str(seed)]
                command = [c_program("generate"), "events", *words]
                printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                source = measurement.EventSource(measurement.Arguments(["generate", "events", *words]))
                drawn = [[event.user, event.winner, event.loser, event.at] for event in source.take(500)]
                self.assertEqual([json.loads(line) for line in printed.splitlines()], drawn)

    def test_swift_and_python_draw_the_same_events(self) -> None:
        for distribution in ("uniform", "zipf"):
            words = ["--events", "500", "--users", "777", "--distribution", distribution, "--seed", "7"]
            printed = subprocess.run([*storebench(), "events", *words], capture_output=True, text=True, check=True)
            source = measurement.EventSource(measurement.Arguments(["generate", "events", *words]))
            drawn = [[event.user, event.winner, event.loser, event.at] for event in source.take(500)]
            self.assertEqual([json.loads(line) for line in printed.stdout.splitlines()], drawn)

    def test_the_readme_states_the_first_events(self) -> None:
        readme = (FOLDER / "README.md").read_text()
        for distribution in ("uniform", "zipf"):
            words = ["generate", "events", "--distribution", distribution]
            source = measurement.EventSource(measurement.Arguments(words))
            cells = [f"[{event.user},{event.winner},{event.loser},{event.at}]" for event in source.take(3)]
            self.assertIn(f"| {distribution} | {' | '.join(cells)} |", readme)

    def test_split_mix_64_matches_its_published_outputs(self) -> None:
        random = measurement.Random(1234567)
        published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
        self.assertEqual([random.next() for _ in published], published)

    def test_zipf_users_follow_the_weights(self) -> None:
        words = ["x", "events", "--users", "100", "--distribution", "zipf"]
        drawn = [event.user for event in measurement.EventSource(measurement.Arguments(words)).take(20_000)]
        harmonic = sum(1 / rank for rank in range(1, 101))
        for user in (0, 1, 9):
            self.assertAlmostEqual(drawn.count(user) / 20_000, 1 / (user + 1) / harmonic, delta=0.01)

    def test_a_ranking_never_names_one_image_twice(self) -> None:
        words = ["x", "events", "--images", "2"]
        drawn = measurement.EventSource(measurement.Arguments(words)).take(1000)
        self.assertEqual({(event.winner, event.loser) for event in drawn}, {(0, 1), (1, 0)})


class Percentiles(unittest.TestCase):
    """Latency histograms."""

    def test_percentiles_are_within_the_bucket_width_of_the_exact_ones(self) -> None:
        random, histogram = measurement.Random(3), measurement.Histogram()
        samples = sorted(200 + random.below(50_000_000) for _ in range(10_000))
        for sample in samples:
            histogram.record(sample)
        for quantile in (0.5, 0.99, 0.999):
            exact = samples[int(quantile * len(samples) + 0.5) - 1] / 1000
            self.assertLessEqual(exact, histogram.quantile(quantile))
            self.assertLessEqual(histogram.quantile(quantile), exact * 1.008)

    def test_merging_equals_recording_together(self) -> None:
        random, parts = measurement.Random(5), [measurement.Histogram(), measurement.Histogram()]
        together = measurement.Histogram()
        for index in range(5000):
            sample = random.below(10 ** (2 + index % 7))
            parts[index % 2].record(sample)
            together.record(sample)
        merged = Latency.merged([Latency.parse(part.as_json()) for part in parts])
        expected = Latency.parse(together.as_json())
        self.assertEqual(merged, expected)

    def test_a_single_value_is_every_percentile(self) -> None:
        histogram = measurement.Histogram()
        histogram.record(123_456)
        self.assertEqual([histogram.quantile(q) for q in (0.5, 0.99, 0.999)], [123.456] * 3)


class Lines(unittest.TestCase):
    """Result lines."""

    def test_c_programs_print_lines_that_the_runner_reads(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            store = ["--store", f"{folder}/store", "--json"]
            for name in ("lmdb_limit", "sqlite_peer"):
                program = c_program(name)
                extra = ["--index", "1"] if name == "lmdb_limit" else []
                for workload in ("prepare", "append", "scan", "get", "stream", "open", "disk"):
                    words = [program, workload, *store, *extra, "--events", "2000", "--users", "20", "--batch", "10"]
                    line = parse_line(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
                    self.assertEqual(line.workload, workload)
                    self.assertGreater(line.values[0], 0)
                    self.assertNotIn("store", line.parameters)
                    self.assertEqual(line.latency is not None, workload in ("append", "stream"))

    def test_every_appended_event_is_read_back(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("lmdb_limit", "sqlite_peer"):
                base = [c_program(name)]
                rest = ["--store", f"{folder}/{name}", "--users", "20"]

                def run(workload: str, *words: str, base: list[str] = base, rest: list[str] = rest) -> int:
                    command = [*base, workload, *rest, *words]
                    found = subprocess.run(command, capture_output=True, text=True, check=True)
                    return parse_line(found.stdout).events or 0

                self.assertEqual(run("prepare", "--events", "3000"), 3000)
                # 100 requests of 10 events, of which the first five are warm-up.
                self.assertEqual(run("append", "--events", "1000", "--batch", "10", "--callers", "4"), 950)
                self.assertEqual(run("scan"), 4000)

    def test_an_unknown_workload_is_unsupported(self) -> None:
        for name in ("lmdb_limit", "sqlite_peer", "physical", "generate", "http_client"):
            self.assertEqual(subprocess.run([c_program(name), "nonsense"], capture_output=True).returncode, 3)

    def test_damaged_lines_are_refused(self) -> None:
        for text in ("", "{}", "[]", '{"side":"a","workload":"b","unit":"c","values":["x"]}', "not json"):
            with self.assertRaises(ValueError):
                parse_line(text)


class StoreSide(unittest.TestCase):
    """The store's own program, on small stores."""

    SMALL = ("--users", "20", "--images", "50", "--dimension", "16")

    def run_store(self, workload: str, *words: str) -> Line:
        """Run one measurement that must succeed."""
        command = [*storebench(), workload, "--json", *words]
        found = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(found.returncode, 0, found.stderr)
        return parse_line(found.stdout)

    def test_every_workload_prints_a_line_of_its_unit(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            store, lines = ("--store", f"{folder}/store"), f"{folder}/lines"
            self.run_store("prepare", *store, *self.SMALL, "--events", "2000", "--minted", "1")
            lines_command = [c_program("generate"), "lines", "--events", "500", "--file", lines, *self.SMALL]
            subprocess.run(lines_command, capture_output=True, check=True)
            seconds = ("--seconds", "0.05")
            expected = [
                ("scan", "events/s", store),
                ("get", "reads/s", (*store, "--count", "100")),
                ("stream", "events/s", (*store, "--count", "10")),
                ("open", "ms", store),
                ("resolve", "resolves/s", (*store, "--mode", "hot", *seconds)),
                ("resolve", "resolves/s", (*store, "--mode", "two", "--callers", "2", *seconds)),
                ("resolve", "resolves/s", (*store, "--mode", "new", "--callers", "4", *seconds)),
                ("audit", "versions/s", store),
                ("append", "events/s", (*store, "--batch", "10", "--callers", "3", "--events", "300")),
                ("rebuild", "events/s", store),
                ("disk", "bytes/event", store),
                ("import", "events/s", ("--store", f"{folder}/imported", "--file", lines, "--events", "500")),
                ("fold", "ms", ("--comparisons", "30", "--loop", "vector", *seconds)),
                ("fold", "ms", ("--comparisons", "30", "--loop", "plain", *seconds)),
                ("score", "images/s", ()),
            ]
            for workload, unit, words in expected:
                with self.subTest(workload=workload, words=words):
                    line = self.run_store(workload, *self.SMALL, *words)
                    self.assertEqual((line.side, line.workload, line.unit), ("store", workload, unit))
                    self.assertGreater(min(line.values), 0)
                    self.assertFalse({"store", "file"} & line.parameters.keys())
                    self.assertEqual(line.latency is not None, workload in ("append", "stream", "resolve"))

    def test_every_appended_event_is_read_back(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            words = ("--store", f"{folder}/store", *self.SMALL)
            self.assertEqual(self.run_store("prepare", *words, "--events", "3000").events, 3000)
            # 100 requests of 10 events, of which the first five are warm-up.
            appended = self.run_store("append", *words, "--events", "1000", "--batch", "10", "--callers", "4")
            self.assertEqual(appended.events, 950)
            # The space, its model, 50 images and 20 profiles are events too.
            self.assertEqual(self.run_store("scan", *words).events, 4000 + 2 + 50 + 20)

    def test_every_version_that_was_prepared_is_audited(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            words = ("--store", f"{folder}/store", *self.SMALL)
            self.run_store("prepare", *words, "--versions", "7", "--comparisons", "30")
            self.assertEqual(self.run_store("audit", *words).events, 7)

    def test_percentiles_are_those_of_the_histogram(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            words = ("--store", f"{folder}/store", *self.SMALL)
            self.run_store("prepare", *words, "--events", "500", "--minted", "1")
            latency = self.run_store("resolve", *words, "--mode", "hot", "--seconds", "0.1").latency
            assert latency is not None
            again = Latency.merged([latency])
            self.assertEqual(sum(count for _, count in latency.histogram), latency.count)
            for name in ("p50", "p99", "p999"):
                exact, bucketed = getattr(latency, name), getattr(again, name)
                self.assertLessEqual(abs(exact - bucketed), 0.008 * exact + 0.001)

    def test_what_it_does_not_offer_has_status_3(self) -> None:
        for words in (["nonsense"], ["fold", "--loop", "sideways"]):
            found = subprocess.run([*storebench(), *words], capture_output=True)
            self.assertEqual((found.returncode, found.stdout), (3, b""))

    def test_a_failure_says_why(self) -> None:
        found = subprocess.run([*storebench(), "scan", "--store", "/nowhere/at/all"], capture_output=True, text=True)
        self.assertEqual((found.returncode, found.stdout), (1, ""))
        self.assertIn("/nowhere/at/all", found.stderr)


def run_plan(planned: list[Section], skipped: dict[str, str] | None = None) -> Results:
    """Run sections with the fake store and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner({"store": FAKE, "generate": FAKE}, skipped or {}, Path(folder), budget=600)
        return Results("quick", {}, runner.run(planned), skipped or {})


def section(*entries: Entry, name: str = "append-growth", repetitions: int = 2) -> Section:
    """One row."""
    return Section(name, "A title", "an axis", "events/s", (Group("1M", entries, repetitions),))


class Runs(unittest.TestCase):
    """The runner."""

    def test_a_missing_peer_is_skipped_with_its_reason(self) -> None:
        results = run_plan([section(Entry("sqlite", "sqlite", "append"))], {"sqlite": "no compiler"})
        outcome = results.sections["append-growth"].groups[0].outcomes["sqlite"]
        self.assertEqual((outcome.skipped, outcome.lines), ("no compiler", []))

    def test_what_is_not_offered_is_a_skip_and_what_fails_is_a_failure(self) -> None:
        unknown = Entry("store-unknown", "store", "resolve", {"mode": "unknown"})
        results = run_plan([section(unknown, Entry("store", "store", "rebuild"))])
        outcomes = results.sections["append-growth"].groups[0].outcomes
        self.assertEqual(outcomes["store-unknown"].skipped, "not offered: no such mode: unknown")
        self.assertEqual(results.failures("store"), ["append-growth, 1M: left with status 1: the store is damaged"])

    def test_the_sides_take_turns(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            log, program = Path(folder) / "log", Path(folder) / "program"
            program.write_text(
                f"#!/bin/sh\nfor last; do :; done\necho $last >> {log}\n"
                """echo '{"side":"x","workload":"w","unit":"u","values":[1]}'\n"""
            )
            program.chmod(0o755)
            entries = [Entry(side, "p", "w", {"side": side}) for side in ("a", "b", "c")]
            runner = Runner({"p": [str(program), "x"]}, {}, Path(folder), budget=60)
            runner.run([section(*entries, repetitions=3)])
            self.assertEqual(log.read_text().split(), ["a", "b", "c"] * 3)

    def test_the_store_teaches_the_limit_its_record_size(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            runner = Runner({"store": FAKE}, {}, Path(folder), budget=60)
            runner.run([])
            self.assertEqual(runner.record_bytes, 68)

    def test_what_the_budget_does_not_reach_is_named(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            long, short = (Entry("store", "store", "import", {"events": events}) for events in (50_000_000, 1000))
            for budget, entry, skipped in ((-30, short, True), (100, long, True), (100, short, False)):
                runner = Runner({"store": FAKE, "generate": FAKE}, {}, Path(folder), budget=budget)
                outcome = runner.run([section(entry)])[0].groups[0].outcomes["store"]
                self.assertEqual((outcome.skipped == "out of time", not outcome.lines), (skipped, skipped))

    def test_the_whole_plan_runs_by_the_contract(self) -> None:
        results = run_plan(sections(QUICK), {})
        silent = [
            (name, group.label)
            for name, result in results.sections.items()
            for group in result.groups
            for side, outcome in group.outcomes.items()
            if side == "store" and not outcome.lines and name != "rebuild"
        ]
        self.assertEqual(silent, [])
        verdicts = [goal.judge(results) for goal in goals.goals(QUICK)]
        self.assertTrue(any(verdict.met for verdict in verdicts if verdict))
        self.assertTrue(any(not verdict.met for verdict in verdicts if verdict))


class Documents(unittest.TestCase):
    """Tables and charts."""

    def results(self, store: list[float]) -> Results:
        """A row of two sides: the store's values, and 100 for the other."""
        results = run_plan([section(Entry("store", "store", "append"), Entry("lmdb-c", "store", "append"))])
        for side, values in (("store", store), ("lmdb-c", [100.0] * 3)):
            outcome = results.sections["append-growth"].groups[0].outcomes[side]
            template = outcome.lines[0]
            outcome.lines = [type(template)(side, "append", "events/s", (value,)) for value in values]
        return results

    def test_a_goal_is_met_exactly_from_its_limit_on(self) -> None:
        goal = goals.goals(FULL)[0]
        for value, met in ((39.9, False), (40.0, True), (41.0, True)):
            verdict = goal.judge(self.results([value] * 3))
            self.assertIsNotNone(verdict)
            self.assertEqual(verdict.met if verdict else None, met)

    def test_a_ratio_pairs_neighbours(self) -> None:
        results = self.results([50.0, 900.0, 60.0])
        self.assertEqual(results.ratio("append-growth", "1M", "store", "lmdb-c"), 0.6)

    def test_rewriting_replaces_the_marked_block_and_nothing_else(self) -> None:
        document = (
            "a\n<!-- bench:begin one -->\nold\n<!-- bench:end -->\nb\n<!-- bench:begin two -->\n<!-- bench:end -->\n"
        )
        once = report.rewrite(document, {"one": "NEW"})
        self.assertEqual(once, document.replace("old\n", "\nNEW\n\n"))
        self.assertEqual(report.rewrite(once, {"one": "NEW"}), once)

    def test_every_section_and_goal_has_its_place_in_the_document(self) -> None:
        document = (FOLDER.parent / "docs" / "performance.md").read_text()
        names = [match["name"] for match in report.BLOCK.finditer(document)]
        self.assertEqual(sorted(names), sorted(["machine", "goals", *(one.name for one in sections(FULL))]))
        self.assertEqual(len(names), len(set(names)))

    def test_charts_are_well_formed_and_hold_their_points(self) -> None:
        series = [
            charts.Series("store", [1.0, None, 1000.0], "#000000"),
            charts.Series("x<y", [10.0, 20.0, 30.0], "#111111"),
        ]
        text = charts.line_chart("A & B", "axis", "unit", ["1", "2", "3"], series)
        root = xml.etree.ElementTree.fromstring(text or "")
        circles = root.findall(".//{http://www.w3.org/2000/svg}circle")
        self.assertEqual(len(circles), 5 + 2)  # five values, two marks in the legend
        self.assertIsNone(charts.line_chart("t", "a", "u", ["1"], [charts.Series("s", [None], "#000000")]))

    def test_a_full_run_is_planned_for_every_size(self) -> None:
        for scale in (QUICK, FULL, thirty_million(FULL)):
            for one in sections(scale):
                for group in one.groups:
                    self.assertEqual(len(group.entries), len({entry.side for entry in group.entries}), one.name)
        labels = [group.label for one in sections(thirty_million(FULL)) if one.name == "scan" for group in one.groups]
        self.assertEqual(labels, ["100k", "1M", "10M", "30M"])


if __name__ == "__main__":
    unittest.main()
