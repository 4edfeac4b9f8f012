#!/usr/bin/env python3
"""Measure the store beside its peers: `python3 Benchmarks/run.py [--quick] [--thirty-million]`.

Installs what is missing, runs every comparison with its sides in turns, prints the tables, writes `results.json`,
and after a full run regenerates the charts and tables of docs/performance.md. Benchmarks/README.md says how.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from suite import charts, goals, machine, report  # noqa: E402
from suite.peers import PEERS, Installer  # noqa: E402
from suite.plan import FULL, QUICK, sections, thirty_million  # noqa: E402
from suite.results import Results  # noqa: E402
from suite.runner import Runner  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    """The command line."""
    names = [peer.name for peer in PEERS if peer.name != "generate"]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, under 3 minutes")
    parser.add_argument("--thirty-million", action="store_true", help="add stores of 30M events (takes longer)")
    parser.add_argument("--storebench", type=Path, default=ROOT / ".build/release/storebench", metavar="PROGRAM")
    service = ROOT / ".build/release/storeserver"
    parser.add_argument("--service", type=Path, default=service, metavar="PROGRAM", help="storeserver")
    parser.add_argument("--build", type=Path, default=ROOT / ".build-bench", metavar="DIR", help="peers go here")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="stores go here, all sides' (default: in --build)")
    parser.add_argument("--only", action="append", default=[], metavar="SECTION", help="measure only these sections")
    parser.add_argument("--skip", action="append", default=[], choices=names, metavar="PEER")
    parser.add_argument(
        "--pretend-missing", action="append", default=[], choices=names, metavar="PEER",
        help="act as if this peer could not be installed",
    )  # fmt: skip
    parser.add_argument("--output", type=Path, metavar="FILE", help="results (default: results.json in --build)")
    parser.add_argument("--docs", type=Path, metavar="DIR", help="write charts and tables there (full runs: docs/)")
    parser.add_argument(
        "--render", type=Path, metavar="FILE", help="measure nothing: write the documents from an earlier run's results"
    )
    parser.add_argument("--no-docs", action="store_true", help="leave the documents alone")
    return parser.parse_args()


def store_command(installer: Installer, program: Path) -> None:
    """Enter the store's own side, without which there is nothing to compare."""
    if not program.is_file():
        sys.exit(f"{program} is not there; build it with: swift build -c release --product storebench")
    installer.commands["store"] = [str(program.resolve())]


def write_documents(results: Results, judged: list[goals.Goal], folder: Path) -> None:
    """Regenerate the charts and the marked tables of performance.md, and keep the results beside them."""
    drawn = charts.draw(results, folder / "performance")
    (folder / "performance" / "results.json").write_text(json.dumps(results.as_json(), indent=1) + "\n")
    document = folder / "performance.md"
    if document.exists():
        document.write_text(report.rewrite(document.read_text(), report.blocks(results, judged, drawn)))


def main() -> int:
    """Run the suite; returns 1 only when a measurement of the store itself failed."""
    options, begun = arguments(), time.monotonic()
    scale = QUICK if options.quick else FULL
    if options.thirty_million:
        scale = thirty_million(scale)
    if options.render is not None:
        results = Results.from_json(json.loads(options.render.read_text()), sections(scale))
        write_documents(results, goals.goals(scale), options.docs or ROOT / "docs")
        return 0
    build = options.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    installer = Installer(build, set(options.skip), set(options.pretend_missing))
    installer.install_all()
    installer.use_service(options.service)
    store_command(installer, options.storebench)
    parent = options.scratch or build
    parent.mkdir(parents=True, exist_ok=True)
    described = machine.describe(parent) | installer.versions
    scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=parent))
    try:
        planned = [section for section in sections(scale) if not options.only or section.name in options.only]
        if not planned:
            sys.exit(f"--only takes: {', '.join(section.name for section in sections(scale))}")
        spent = time.monotonic() - begun
        runner = Runner(installer.commands, installer.skipped, scratch, scale.budget_seconds - min(30, spent))
        measured = runner.run(planned)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    described["record size"] = f"{runner.record_bytes} bytes"
    results, judged = Results(scale.name, described, measured, installer.skipped), goals.goals(scale)
    print(report.terminal_report(results, judged))
    output = options.output or build / "results.json"
    output.write_text(json.dumps(results.as_json(), indent=1) + "\n")
    documents = options.docs or (None if options.quick or options.only else ROOT / "docs")
    if documents is not None and not options.no_docs:
        write_documents(results, judged, documents)
    print(f"\n{scale.name} run in {time.monotonic() - begun:.0f} s; results in {output.name}")
    failures = results.failures("store")
    for failure in failures:
        print(f"the store failed: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
