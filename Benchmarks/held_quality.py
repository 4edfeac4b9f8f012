#!/usr/bin/env python3
"""How well stored codes predict choices that they have not seen, beside scikit-learn on the same differences.

    python3 Benchmarks/held_quality.py [--reference reference_fold.py] [--storectl PROGRAM] [--output FILE]

The data sets are read from the folder that STORE_DATA_DIR names (default: shared/data beside the repository); without
it the script says that it skips and leaves with status 0. Nothing of the data but averages over users is written.

Each user's last rankings of unordered pairs are split 70/30 by hash: a pair is held out when the first 8 bytes of
SHA-256("held" 0 user 0 a 0 b), a < b, as a big-endian number modulo 10, are below 3. The others train: DL1 by the
Python reference (--reference) and by the store itself (--storectl), and LogisticRegressionCV on the same differences.
Likes are left out, so that every side learns from the same.

With --storectl the training rankings are imported into a fresh store by the interchange format, each user's code is
minted by `storectl resolve --json`, and `storectl show CODE --json` gives `direction` (Int16 integers), `gain` (Q8),
`confidence` and `comparisons`. All four must equal the reference's for every user: the script leaves with 1 otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SETS = ("visualpairs", "sushi", "dogs")
PACKAGES = ("scikit-learn==1.9.1", "numpy==2.4.6")
SPACE = "held"
Pair = tuple[str, str]  # winner, loser


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("STORE_DATA_DIR", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=data, help="default: STORE_DATA_DIR, else ../shared/data")
    parser.add_argument("--reference", type=Path, help="the Python reference of the fold (default: beside the data)")
    parser.add_argument("--storectl", type=Path, help="the store's command-line tool; left out: the reference alone")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "fold-quality.md")
    parser.add_argument("--set", action="append", choices=SETS, help="only these data sets")
    parser.add_argument("--without-sklearn", action="store_true", help="compare the two folds only")
    return parser.parse_args()


# MARK: data


@dataclass
class User:
    """One user's rankings, split."""

    name: str
    training: list[Pair] = field(default_factory=list)
    held: list[Pair] = field(default_factory=list)


@dataclass
class DataSet:
    """One folder: canonical embeddings and split users."""

    name: str
    vectors: dict[str, list[float]]
    embeddings: dict[str, list[int]]
    users: list[User]


def is_held(user: str, pair: Pair) -> bool:
    """Whether this pair of this user is kept from training: three in ten, by hash, whatever its order."""
    text = "\0".join(("held", user, *sorted(pair)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % 10 < 3


def _lines(file: Path) -> Iterable[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def load(folder: Path, reference: ModuleType) -> DataSet:
    """Read a data set; of each unordered pair of a user the last ranking counts."""
    vectors = {item["id"]: item["vector"] for item in _lines(folder / "items.jsonl")}
    embeddings = {name: reference.canon_embedding(vector) for name, vector in vectors.items()}
    last: dict[str, dict[Pair, Pair]] = {}
    for event in _lines(folder / "events.jsonl"):
        if event["kind"] != "rank":
            continue
        winner, loser = str(event["winner"]), str(event["loser"])
        if winner == loser or winner not in vectors or loser not in vectors:
            continue
        key = (min(winner, loser), max(winner, loser))
        last.setdefault(event["user"], {})[key] = (winner, loser)
    users = []
    for name in sorted(last):
        user = User(name)
        for pair in last[name].values():
            (user.held if is_held(name, pair) else user.training).append(pair)
        if user.training and user.held:
            users.append(user)
    return DataSet(folder.name, vectors, embeddings, users)


# MARK: DL1


@dataclass(frozen=True)
class Taste:
    """What of a version decides its predictions; compared as integers, so equality is exact."""

    direction: tuple[int, ...]
    gain: int
    confidence: int
    comparisons: int


def descriptor(data: DataSet, reference: ModuleType) -> Any:
    """The space as the fold pins it: the catalogue's mean, and 64 pairs of images in the hash order of their ids."""
    ordered = sorted(data.embeddings, key=lambda name: hashlib.sha256(b"panel" + name.encode()).digest())
    count = len(ordered)
    panel = []
    for k in range(64):
        first, second = ordered[2 * k % count], ordered[(2 * k + 1 + 2 * k // count) % count]
        panel.append((data.embeddings[first], data.embeddings[second]))
    mean = reference.mean_embedding([data.embeddings[name] for name in sorted(data.embeddings)])
    return reference.Space(SPACE, mean, panel)


def reference_tastes(data: DataSet, reference: ModuleType) -> dict[str, Taste]:
    """Every user's taste by the Python reference."""
    space, found = descriptor(data, reference), {}
    for user in data.users:
        events = [{"user": user.name, "kind": "rank", "winner": a, "loser": b} for a, b in user.training]
        code = reference.fold(events, user.name, lambda _: None, data.embeddings.get, space)
        found[user.name] = Taste(tuple(code.C), code.beta, code.conf, code.n)
    return found


class Storectl:
    """The store's command-line tool over one fresh store."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = str(program.resolve()), folder

    def run(self, *words: str) -> str:
        """Run a command; leaves with its message where it fails."""
        command = [self.program, *words, "--store", str(self.folder / "store")]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"storectl {words[0]} left with status {result.returncode}: {result.stderr.strip()}")
        return result.stdout

    def fill(self, data: DataSet) -> None:
        """Make the store, define the space from the catalogue, import the training rankings."""
        images, events = self.folder / "images.jsonl", self.folder / "events.jsonl"
        with images.open("w", encoding="utf-8") as lines:
            for name, vector in data.vectors.items():
                line = {"kind": "image", "space": SPACE, "id": name, "author": None, "embedding": vector}
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        with events.open("w", encoding="utf-8") as lines:
            for user in data.users:
                for winner, loser in user.training:
                    line = {"kind": "rank", "user": user.name, "space": SPACE, "winner": winner, "loser": loser}
                    lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.run("init")
        self.run("space", "define", SPACE, "--models", "1", "--images", str(images), "--threshold", "1")
        self.run("import", str(images))
        self.run("import", str(events))

    def taste(self, user: User) -> Taste:
        """Mint the user's code and read its version."""
        resolved = json.loads(self.run("resolve", "a picture --p --v 1", "--user", user.name, "--json"))
        codes = resolved["codes"]
        code = codes[0]["code"] if isinstance(codes[0], dict) else codes[0]
        shown = json.loads(self.run("show", code, "--json"))
        direction = tuple(int(component) for component in shown["direction"])
        return Taste(direction, int(shown["gain"]), int(shown["confidence"]), int(shown["comparisons"]))


def stored_tastes(data: DataSet, program: Path) -> dict[str, Taste]:
    """Every user's taste as the store holds it."""
    with tempfile.TemporaryDirectory() as folder:
        storectl = Storectl(program, Path(folder))
        storectl.fill(data)
        return {user.name: storectl.taste(user) for user in data.users}


# MARK: judging


@dataclass
class Score:
    """Held-out quality of one side: a value for each user."""

    accuracy: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)

    def add(self, right: float, loss: float, count: int) -> None:
        """Enter one user."""
        self.accuracy.append(right / count)
        self.loss.append(loss / count)

    def cells(self) -> list[str]:
        """Mean accuracy with its standard error over users, and mean log-loss."""
        count = len(self.accuracy)
        mean = sum(self.accuracy) / count
        variance = sum((value - mean) ** 2 for value in self.accuracy) / max(1, count - 1)
        return [f"{mean:.4f} ± {math.sqrt(variance / count):.4f}", f"{sum(self.loss) / count:.4f}"]


def judge_taste(data: DataSet, tastes: dict[str, Taste], reference: ModuleType) -> Score:
    """Accuracy and log-loss of DL1 on the held pairs; a margin of exactly zero is half right."""
    score = Score()
    for user in data.users:
        taste, right, loss = tastes[user.name], 0.0, 0.0
        code = reference.Code(b"", taste.comparisons, taste.gain, taste.confidence, taste.direction)
        for winner, loser in user.held:
            x, y = data.embeddings[winner], data.embeddings[loser]
            margin = sum(c * (p - q) for c, p, q in zip(taste.direction, x, y))
            right += 1.0 if margin > 0 else 0.5 if margin == 0 else 0.0
            loss -= math.log(min(max(reference.prefer(code, x, y), 1), reference.ONE - 1) / reference.ONE)
        score.add(right, loss, len(user.held))
    return score


def judge_sklearn(data: DataSet) -> dict[str, Score]:
    """scikit-learn on the same training differences, scaled to mean square length 1, without intercept.

    Every second difference is turned round, by the order of its ids, so that both classes are there; by symmetry that
    changes nothing for a model without intercept.
    """
    import warnings

    import numpy as np
    from sklearn.linear_model import LogisticRegression, LogisticRegressionCV

    def table(pairs: list[Pair]) -> tuple[Any, Any]:
        x = np.array([np.subtract(data.embeddings[a], data.embeddings[b]) for a, b in pairs], dtype=float)
        y = np.array([winner < loser for winner, loser in pairs], dtype=int)
        return np.where(y[:, None] == 1, x, -x), y

    def models(y: Any) -> dict[str, Any]:
        common = {"fit_intercept": False, "max_iter": 2000}
        folds = min(5, int(y.sum()), int((1 - y).sum()))
        fixed = LogisticRegression(C=2.0, **common) if folds > 0 else None
        searched = LogisticRegressionCV(
            Cs=10, cv=folds, l1_ratios=(0.0,), scoring="neg_log_loss", use_legacy_attributes=False, **common
        )
        return {"LogisticRegression, λ = ½": fixed, "LogisticRegressionCV": searched if folds > 1 else None}

    scores: dict[str, Score] = {}
    for user in data.users:
        x, y = table(user.training)
        scale = math.sqrt((x**2).sum(axis=1).mean()) or 1.0
        held_x, held_y = table(user.held)
        for name, model in models(y).items():
            probability = np.full(len(held_y), 0.5)  # too few pairs of one class: no opinion
            if model is not None:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    probability = model.fit(x / scale, y).predict_proba(held_x / scale)[:, 1]
            chosen = np.clip(np.where(held_y == 1, probability, 1 - probability), 1 / 16384, 1 - 1 / 16384)
            right = (chosen > 0.5).sum() + 0.5 * (chosen == 0.5).sum()
            scores.setdefault(name, Score()).add(float(right), float(-np.log(chosen).sum()), len(held_y))
    return scores


# MARK: running


def differing_users(one: dict[str, Taste], other: dict[str, Taste]) -> int:
    """How many users' tastes are not equal to the last integer."""
    return sum(one[name] != other[name] for name in one)


HEADER = """# Held-out quality of the codes

Written by `python3 Benchmarks/held_quality.py`, which says how the pairs are split and what each side learns from.
Each user's pairs are split 70/30 by hash; accuracy is the share of held pairs that a code trained on the others
predicts, mean over users ± its standard error, and log-loss is the mean of −ln P(choice). Nothing of the data sets but
these averages is kept here.

"""

NOTES = """
*DL1, reference* is the Python reference of the fold. *DL1, as stored* is read back from a store by `storectl show`:
its directions, gains and confidences are compared with the reference's as integers, so that equality is exact.
*LogisticRegression, λ = ½* is scikit-learn's exact optimum of the objective that DL1 approaches, on the same training
differences, scaled to mean square length 1, without intercept: what integers and six sweeps cost is the distance to it.
*LogisticRegressionCV* chooses among ten strengths of regularisation by five-fold log-loss: what one fixed λ costs is
the distance between the two. In sushi and dogs the pairs are derived from one order of few images, so that the held
pairs are nearly implied by the others and less regularisation wins; on visualpairs, where every pair was a choice of
its own, the search gains nothing.
"""


def report(rows: list[list[str]], equality: list[str]) -> str:
    """The document."""
    head = ["data set", "users", "training pairs", "held pairs", "side", "accuracy", "log-loss"]
    table = "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
    found = "".join(f"- {line}\n" for line in equality)
    return HEADER + table + "\n" + NOTES + ("\n" + found if found else "")


def measure(data: DataSet, reference: ModuleType, options: argparse.Namespace) -> tuple[list[list[str]], str, bool]:
    """The rows of one data set, the sentence on equality, and whether the folds agree."""
    computed = reference_tastes(data, reference)
    scores = {"DL1, reference": judge_taste(data, computed, reference)}
    sentence, equal = "", True
    if options.storectl is not None:
        stored = stored_tastes(data, options.storectl)
        differing = differing_users(computed, stored)
        scores["DL1, as stored"] = judge_taste(data, stored, reference)
        equal = differing == 0 and scores["DL1, as stored"] == scores["DL1, reference"]
        sentence = f"{data.name}: direction, gain, confidence and comparisons of {len(stored) - differing} of "
        sentence += f"{len(stored)} users equal the reference's; accuracy {'equal' if equal else 'NOT equal'}."
    if not options.without_sklearn:
        scores |= judge_sklearn(data)
    counts = [sum(len(user.training) for user in data.users), sum(len(user.held) for user in data.users)]
    first = [data.name, str(len(data.users)), *(f"{count:,}" for count in counts)]
    rows = [[*first, side, *score.cells()] for side, score in scores.items()]
    return rows, sentence, equal


def with_sklearn() -> None:
    """Run again in the suite's Python environment when scikit-learn is not here; install it there where needed."""
    if importlib.util.find_spec("sklearn") is not None:
        return
    environment = ROOT / ".build-bench" / "venv"
    python = environment / "bin" / "python"
    if Path(sys.prefix).resolve() == environment.resolve():
        sys.exit("scikit-learn could not be installed: run with --without-sklearn")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES], check=True)
    os.execv(python, [str(python), *sys.argv])


def load_reference(path: Path) -> ModuleType:
    """Import the Python reference of the fold from a file."""
    spec = importlib.util.spec_from_file_location("reference_fold", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Measure the data sets that are there; 1 when a stored taste differs from the reference's."""
    options = arguments()
    folders = [options.data / name for name in options.set or SETS if (options.data / name).is_dir()]
    path = options.reference or options.data.parent / "design" / "reference_fold.py"
    if not folders or not path.is_file():
        print(f"skipped: {'the fold reference' if folders else 'the data of STORE_DATA_DIR'} is not there")
        return 0
    if not options.without_sklearn:
        with_sklearn()
    reference, rows, equality, agree = load_reference(path), [], [], True
    for folder in folders:
        found, sentence, equal = measure(load(folder, reference), reference, options)
        rows += found
        equality += [sentence] if sentence else []
        agree = agree and equal
        print("\n".join("  ".join(row) for row in found), flush=True)
    # What scripts/learning_quality.py writes below stays.
    text = options.output.read_text(encoding="utf-8") if options.output.is_file() else ""
    below = "".join(text.partition("\n# Learning faster\n")[1:])
    options.output.write_text(report(rows, equality) + below, encoding="utf-8")
    print("\n".join(equality))
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
