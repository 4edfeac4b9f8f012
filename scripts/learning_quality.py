#!/usr/bin/env python3
"""How much faster tastes are learned with a house, by asked pairs, and from slates; and what stability predicts.

    python3 scripts/learning_quality.py [--reference FILE] [--output docs/fold-quality.md] [--table NAME]...

The data sets are read from the folder that STORE_DATA_DIR names (default: shared/data beside the repository); without it,
or without the Python reference of the folds (reference_learning.py, beside reference_fold.py), the script says that it
skips and leaves with status 0. Nothing of the data but averages over users is written: a part of the document between two
comments for each table, so that tables can be made one at a time. Needs numpy; scikit-learn for one column, if it is there.

A user's first n training pairs are in the order in which they were ranked, and so is what is held out: the last 30 in 100
of each user's pairs, since a taste is asked to predict what comes after it. The tables 'house-by-hash' and 'pairs' hold out
30 in 100 by hash, as Benchmarks/held_quality.py does: where all pairs are derived from one order of few images (dogs, sushi),
held pairs are nearly implied by the others there. Sushi has no times of its own: its order is the file's. Houses are
cross-validated: the people are put into ten groups by the hash of their names (fewer people than 100: each is a group), and a
user's house is made of the other groups' tastes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import math
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Benchmarks"))
import held_quality as held  # noqa: E402

SIZES = (0, 5, 10, 20, 50, 200, None)
CHECKPOINTS = (20, 40, 100, 200)
TABLES = ("house", "house-by-hash", "pairs", "synthetic", "slates", "stability")


class Learner:
    """The folds of one data set over numpy's exact integers."""

    def __init__(self, data: held.DataSet, learning: Any, fold: Any) -> None:
        import numpy as np

        self.np, self.data, self.learning, self.fold = np, data, learning, fold
        self.ids = sorted(data.embeddings)
        self.index = {name: k for k, name in enumerate(self.ids)}
        self.E = np.array([data.embeddings[name] for name in self.ids], np.int64)
        self.space = held.descriptor(data, fold)
        self.knots = np.array(fold.T, np.int64)
        self.panel = np.array([np.subtract(x, y) for x, y in self.space.panel], np.int64)
        images = {tuple(e): None for pair in self.space.panel for e in pair}
        self.images = np.array(list(images), np.int64)
        self.targets = self.images - np.rint(self.images.mean(0)).astype(np.int64)

    def order(self, pairs: list[held.Pair]) -> list[held.Pair]:
        return sorted(pairs, key=lambda p: hashlib.sha256(p[0].encode() + b"\0" + p[1].encode()).digest())

    def differences(self, pairs: list[held.Pair]) -> Any:
        if not pairs:
            return self.np.zeros((0, self.E.shape[1]), self.np.int64)
        return self.np.array([self.E[self.index[a]] - self.E[self.index[b]] for a, b in pairs])

    def taste(self, pairs: list[held.Pair], house: tuple[int, list[int]] | None = None) -> dict[str, Any]:
        """DL1, or HP1 from a house (β, C), by exact integers; checked against the reference's own on small sets."""
        np, F = self.np, self.fold
        Z = self.differences(self.order(pairs))
        Z = Z[(Z != 0).any(1)]
        N, K = len(Z), [int(k) for k in (Z**2).sum(1)]
        c = max(1, 2 * sum(K) // N if N else 0, self.space.q0 // 8 if N or house else 1)
        V = np.zeros(Z.shape[1], np.int64)
        if house:
            V = np.array([F.rdiv(c * house[0] * k, 1 << 24) for k in house[1]], np.int64)
        start, A, old = V.copy(), [0] * N, []
        for sweep in range(F.SWEEPS if N else 0):
            old = A[:]
            for i in range(N):
                D = F.rdiv((F.sigma_neg(int(V @ Z[i]) // c) - A[i]) * c, c + K[i])
                if D:
                    A[i] += D
                    V = V + D * Z[i]
        A = [o + (a - o) * (N - i) // N for i, (a, o) in enumerate(zip(A, old))]
        V = start + (np.array(A, np.int64) @ Z if N else 0)
        code = F.finish([int(v) for v in V], c, N, self.space)
        return {"C": np.array(code.C, np.int64), "beta": code.beta, "conf": code.conf, "n": N, "A": A, "c": c, "Z": Z}

    def judge(self, taste: dict[str, Any], pairs: list[held.Pair]) -> tuple[float, float]:
        np = self.np
        products = self.differences(pairs) @ taste["C"]
        right = (products > 0).sum() + 0.5 * (products == 0).sum()
        margins = np.clip(taste["beta"] * products.astype(float) / 2.0**36, -8, 8)
        return float(right) / len(pairs), float(np.log1p(np.exp(-margins)).sum()) / len(pairs)

    def stability(self, taste: dict[str, Any], other: dict[str, Any]) -> float:
        """The share of pairs of panel images on which two tastes agree."""
        np = self.np
        x, y = self.images @ taste["C"], self.images @ other["C"]
        rows, columns = np.triu_indices(len(x), 1)
        return float((np.sign(x[rows] - x[columns]) == np.sign(y[rows] - y[columns])).mean())


def first(user: held.User, count: int | None) -> list[held.Pair]:
    """A user's first training pairs."""
    return user.training[: count if count is not None else len(user.training)]


def load(folder: Path, fold: Any, is_by_time: bool) -> held.DataSet:
    """A data set with its pairs in the order of their last rankings, split by time or by hash."""
    data = held.load(folder, fold)
    last: dict[str, dict[held.Pair, int]] = {}
    for number, event in enumerate(held._lines(folder / "events.jsonl")):
        if event["kind"] == "rank":
            last.setdefault(event["user"], {})[tuple(sorted((str(event["winner"]), str(event["loser"]))))] = number
    for user in data.users:
        key = lambda p, name=user.name: last[name][tuple(sorted(p))]  # noqa: E731
        user.training.sort(key=key)
        if is_by_time:
            pairs = sorted(user.training + user.held, key=key)
            count = max(1, 7 * len(pairs) // 10)
            user.training, user.held = pairs[:count], pairs[count:]
    return data


def groups(data: held.DataSet) -> dict[str, int]:
    if len(data.users) < 100:
        return {user.name: k for k, user in enumerate(data.users)}
    return {u.name: hashlib.sha256(b"group" + u.name.encode()).digest()[0] % 10 for u in data.users}


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def cells(scores: list[tuple[float, float]]) -> str:
    return f"{mean([s[0] for s in scores]):.3f}/{mean([s[1] for s in scores]):.3f}" if scores else ""


# MARK: a house


def house_rows(learner: Learner, is_searched: bool) -> list[list[str]]:
    data, group = learner.data, groups(learner.data)
    full = {user.name: learner.taste(user.training) for user in data.users}
    houses = {}
    for k in sorted(set(group.values())):
        tastes = [(t["beta"], [int(v) for v in t["C"]], t["n"]) for name, t in full.items() if group[name] != k and t["n"] >= 20]
        made = learner.learning.house(tastes, learner.space)
        houses[k] = (made.beta, made.C)
    rows = []
    sides: dict[str, Callable[[held.User, list[held.Pair]], tuple[float, float] | None]] = {
        "DL1": lambda user, pairs: learner.judge(learner.taste(pairs), user.held),
        "**HP1**": lambda user, pairs: learner.judge(learner.taste(pairs, houses[group[user.name]]), user.held),
    }
    if is_searched and importlib.util.find_spec("sklearn") is not None:
        sides["LogisticRegressionCV"] = lambda user, pairs: searched(learner, user, pairs)
    for side, judge in sides.items():
        row = [f"{data.name} ({len(data.users)})", side]
        # Searching takes a second a user: a hundred of them, evenly drawn, have to do.
        users = data.users if side != "LogisticRegressionCV" else data.users[:: max(1, len(data.users) // 100)]
        for size in SIZES:
            found = [judge(u, first(u, size)) for u in users if size is None or len(u.training) >= size]
            row.append(cells([f for f in found if f]) if len(found) * 2 >= len(users) else "")
        rows.append(row)
    return rows


def searched(learner: Learner, user: held.User, pairs: list[held.Pair]) -> tuple[float, float] | None:
    """scikit-learn's search on the same differences; a coin where there is too little for it."""
    import numpy as np
    from sklearn.linear_model import LogisticRegressionCV

    x, held_x = learner.differences(pairs).astype(float), learner.differences(user.held).astype(float)
    probability = np.full(len(user.held), 0.5)
    turned = np.array([int(hashlib.sha256(a.encode()).digest() < hashlib.sha256(b.encode()).digest()) for a, b in pairs])
    folds = min(5, int(turned.sum()), int((1 - turned).sum())) if len(pairs) else 0
    if folds > 1:
        scale = math.sqrt((x**2).sum(1).mean()) or 1.0
        model = LogisticRegressionCV(Cs=10, cv=folds, l1_ratios=(0.0,), scoring="neg_log_loss", fit_intercept=False,
                                     max_iter=500, use_legacy_attributes=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            probability = model.fit(np.where(turned[:, None] == 1, x, -x) / scale, turned).predict_proba(held_x / scale)[:, 1]
    chosen = np.clip(probability, 1 / 16384, 1 - 1 / 16384)
    return float(((chosen > 0.5) + 0.5 * (chosen == 0.5)).mean()), float(-np.log(chosen).mean())


# MARK: the next pair


class Advice:
    """PairAdvice of TasteFold, in numpy, for one state of a taste."""

    def __init__(self, learner: Learner, taste: dict[str, Any], candidates: Any) -> None:
        np = learner.np
        scale = taste["c"] if taste["n"] else 2 * learner.space.q0
        a = np.array(taste["A"], float) / 16384
        h = np.maximum(1e-3, a * (1 - a))
        rows = np.argsort(-h, kind="stable")[:256]
        Z, unit = taste["Z"][rows].astype(float), 4.0 / scale
        X, R = candidates.astype(float), learner.targets.astype(float)
        self.cov, self.var = unit * X @ R.T, unit * (X**2).sum(1)
        if len(Z):
            half = np.linalg.cholesky(unit * Z @ Z.T + np.diag(1 / h[rows]))
            left, right = np.linalg.solve(half, unit * Z @ X.T), np.linalg.solve(half, unit * Z @ R.T)
            self.cov -= left.T @ right
            self.var -= (left**2).sum(0)
        margin = np.clip(taste["beta"] * (candidates @ taste["C"]).astype(float) / 2.0**36, -8, 8)
        self.noise = 2 + np.exp(margin) + np.exp(-margin)

    def best(self) -> int:
        return int(((self.cov**2).sum(1) / (self.noise + self.var)).argmax())


def curve(learner: Learner, ask: Callable[[Any], list[held.Pair]], judge: Callable[[dict[str, Any]], float],
          answer: Callable[[held.Pair], held.Pair], count: int, advised: bool, random: Any) -> list[float]:
    """Accuracy after each answer; when the pairs are random ones, at the checkpoints only."""
    asked: list[held.Pair] = []
    seen: set[held.Pair] = set()
    taste, found = learner.taste([]), []
    for n in range(count):
        pool = [p for p in ask(random) if tuple(sorted(p)) not in seen]
        if not pool:
            break
        pair = pool[0] if not advised or n % 4 == 3 else pool[Advice(learner, taste, learner.differences(pool)).best()]
        seen.add(tuple(sorted(pair)))  # type: ignore[arg-type]
        asked.append(answer(pair))
        if advised or n + 1 in CHECKPOINTS:
            taste = learner.taste(asked)
            found.append(judge(taste))
    return found


def needed(random_curves: list[list[float]], advised_curves: list[list[float]], sizes: tuple[int, ...]) -> list[str]:
    """The answers after which the mean advised accuracy stays at or above that of so many random ones, over five."""
    cells = []
    length = min(map(len, advised_curves))
    advised = [mean([c[n] for c in advised_curves]) for n in range(length)]
    for place, size in enumerate(sizes):
        goal = mean([c[place] for c in random_curves])
        smooth = [mean(advised[max(0, n - 2) : n + 3]) for n in range(length)]
        reached = next((n + 1 for n in range(length) if smooth[n] >= goal), None)
        cells.append(str(reached) if reached else f"> {length}")
    return cells


def pair_rows(learner: Learner, draws: int, largest: int) -> list[list[str]]:
    """The users' own ranked pairs as pool."""
    import random as randomness

    users = [u for u in learner.data.users if len(u.training) >= 60][:14]
    sizes = tuple(s for s in CHECKPOINTS if s <= largest and all(len(u.training) >= 1.2 * s for u in users))
    if not users or not sizes:
        return []
    limit = max(sizes)
    random_curves, advised_curves = [], []
    for k, user in enumerate(users):
        judge = lambda taste, user=user: learner.judge(taste, user.held)[0]  # noqa: E731
        for draw in range(draws):
            pool = user.training[:]
            randomness.Random(1000 * k + draw).shuffle(pool)
            random_curves.append(curve(learner, lambda _: pool, judge, lambda p: p, limit, False, None))
        for draw in range(max(1, draws // 5)):
            shuffler = randomness.Random(7000 * k + draw)

            def ask(_: Any, user: held.User = user, shuffler: Any = shuffler) -> list[held.Pair]:
                return shuffler.sample(user.training, len(user.training))

            advised_curves.append(curve(learner, ask, judge, lambda p: p, limit, True, None))
    return [[f"{learner.data.name}, own pairs", *pad(needed(random_curves, advised_curves, sizes))]]


def synthetic_rows(learner: Learner, draws: int) -> list[list[str]]:
    """Linear tastes with logistic noise, where any pair of the catalogue may be asked."""
    import random as randomness

    sizes, limit = CHECKPOINTS[:3], CHECKPOINTS[2]
    random_curves, advised_curves = [], []
    for draw in range(draws):
        r = randomness.Random(draw)
        direction = learner.np.array([r.gauss(0, 1) for _ in range(learner.E.shape[1])])
        scores = learner.E @ direction
        scores = 2.0 * scores / scores.std()
        score = dict(zip(learner.ids, scores))
        test = [tuple(r.sample(learner.ids, 2)) for _ in range(1500)]

        def judge(taste: dict[str, Any]) -> float:
            x = learner.differences(test) @ taste["C"]
            y = learner.np.array([score[a] - score[b] for a, b in test])
            return float((learner.np.sign(x) == learner.np.sign(y)).mean())

        for side, curves in ((False, random_curves), (True, advised_curves)):
            noise = randomness.Random(100 + draw)

            def answer(pair: held.Pair, noise: Any = noise) -> held.Pair:
                p = 1 / (1 + math.exp(-(score[pair[0]] - score[pair[1]])))
                return pair if noise.random() < p else (pair[1], pair[0])

            drawer = randomness.Random(200 + draw)

            def ask(_: Any, drawer: Any = drawer) -> list[held.Pair]:
                return [tuple(drawer.sample(learner.ids, 2)) for _ in range(256)]

            curves.append(curve(learner, ask, judge, answer, limit, side, None))
    return [[f"{learner.data.name}, any pair", *pad(needed(random_curves, advised_curves, sizes))]]


def pad(found: list[str]) -> list[str]:
    return found + [""] * (len(CHECKPOINTS) - len(found))


# MARK: slates and stability


def slate_rows(learner: Learner, draws: int) -> list[list[str]]:
    """After twenty answers of one image of two, four or nine; noise as Gumbel's, which makes choices logistic."""
    import random as randomness

    row = [learner.data.name]
    for size in (2, 4, 9):
        scores = []
        for draw in range(draws):
            r = randomness.Random(draw)
            direction = learner.np.array([r.gauss(0, 1) for _ in range(learner.E.shape[1])])
            value = learner.E @ direction
            value = dict(zip(learner.ids, 2.0 * value / value.std()))
            pairs = {}
            for _ in range(20):
                shown = r.sample(learner.ids, size)
                chosen = max(shown, key=lambda name: value[name] - math.log(-math.log(r.random())))
                for other in shown:
                    if other != chosen:
                        pairs[tuple(sorted((chosen, other)))] = (chosen, other)
            test = [tuple(r.sample(learner.ids, 2)) for _ in range(1500)]
            noisy = [p if r.random() < 1 / (1 + math.exp(-(value[p[0]] - value[p[1]]))) else (p[1], p[0]) for p in test]
            scores.append(learner.judge(learner.taste(list(pairs.values())), noisy))
        row.append(cells(scores))
    return [row]


def stability_rows(learner: Learner) -> list[list[str]]:
    """What the first four fifths predict, and the agreement with a quarter more, both in the fold's canonical order."""
    rows = []
    for size in (20, 80, 320):
        predicted, seen = [], []
        for user in learner.data.users[:100]:
            more = first(user, size + size // 4)
            if len(more) < size + size // 4:
                continue
            now = more[:size]
            taste = learner.taste(now)
            predicted.append(learner.stability(learner.taste(learner.order(now)[: 4 * size // 5]), taste))
            seen.append(learner.stability(taste, learner.taste(more)))
        if len(predicted) >= 10:
            error = mean([abs(p - s) for p, s in zip(predicted, seen)])
            rows.append([learner.data.name, str(size), str(len(seen)), f"{mean(predicted):.3f}", f"{mean(seen):.3f}", f"{error:.3f}"])
    return rows


# MARK: the document

HEADS = {
    "house-by-hash": ["users", "fold", *("all" if s is None else f"n = {s}" for s in SIZES)],
    "house": ["users", "fold", *("all" if s is None else f"n = {s}" for s in SIZES)],
    "pairs": ["pool", *(f"as {n} random" for n in CHECKPOINTS)],
    "synthetic": ["pool", *(f"as {n} random" for n in CHECKPOINTS)],
    "slates": ["catalogue", "one of two", "one of four", "one of nine"],
    "stability": ["users", "n", "people", "predicted", "seen", "mean error"],
}


def table(name: str, rows: list[list[str]]) -> str:
    lines = [HEADS[name], ["---"] * len(HEADS[name]), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def write(file: Path, name: str, rows: list[list[str]]) -> None:
    """Puts a table between its two comments."""
    text = file.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: scripts/learning_quality.py -->\n", f"<!-- end of {name} -->\n"
    if begin not in text or end not in text:
        sys.exit(f"{file} has no place for the table '{name}'")
    head, rest = text.split(begin, 1)
    file.write_text(head + begin + "\n" + table(name, rows) + "\n" + end + rest.split(end, 1)[1], encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("STORE_DATA_DIR", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=data, help="default: STORE_DATA_DIR, else ../shared/data")
    parser.add_argument("--reference", type=Path, help="reference_learning.py (default: beside the data)")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "fold-quality.md")
    parser.add_argument("--table", action="append", choices=TABLES, help="only these tables")
    parser.add_argument("--set", action="append", choices=held.SETS, help="only these data sets")
    parser.add_argument("--draws", type=int, default=10, help="draws of what is drawn by chance")
    parser.add_argument("--largest", type=int, default=max(CHECKPOINTS), help="the most random answers to compare with")
    options = parser.parse_args()
    folders = [options.data / name for name in options.set or held.SETS if (options.data / name).is_dir()]
    path = options.reference or options.data.parent / "design" / "reference_learning.py"
    if not folders or not path.is_file():
        print(f"skipped: {'the reference of the folds' if folders else 'the data of STORE_DATA_DIR'} is not there")
        return 0
    sys.dont_write_bytecode = True
    learning = held.load_reference(path)
    fold = sys.modules["reference_fold"]
    learners = {
        is_by_time: [Learner(load(folder, fold, is_by_time), learning, fold) for folder in folders]
        for is_by_time in (True, False)
    }
    makers: dict[str, Callable[[Learner], list[list[str]]]] = {
        "house": lambda x: house_rows(x, True), "house-by-hash": lambda x: house_rows(x, False), "pairs": lambda x: pair_rows(x, options.draws, options.largest),
        "synthetic": lambda x: synthetic_rows(x, options.draws), "slates": lambda x: slate_rows(x, 2 * options.draws),
        "stability": stability_rows,
    }
    for name in options.table or TABLES:
        rows = [row for learner in learners[name not in ("house-by-hash", "pairs")] for row in makers[name](learner)]
        write(options.output, name, rows)
        print(table(name, rows), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
