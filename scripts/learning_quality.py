#!/usr/bin/env python3
"""How much faster tastes are learned with a house, by asked pairs, and from slates; and what stability predicts.

    python3 scripts/learning_quality.py [--reference FILE] [--output docs/fold-quality.md] [--table NAME]...

The data sets are read from the folder that STORE_DATA_DIR names (default: shared/data beside the repository); without it,
or without the Python reference of the folds (reference_learning.py, beside reference_fold.py), the script says that it
skips and leaves with status 0. Nothing of the data but averages over users is written: a part of the document between two
comments for each table, so that tables can be made one at a time. Needs numpy; scikit-learn for one column, if it is there.

A user's first n training pairs are in the order in which they were ranked, and so is what is held out: the last 30 in 100
of each user's pairs, since a taste is asked to predict what comes after it. The table 'house-by-hash' holds out 30 in 100 by
hash, as Benchmarks/held_quality.py does, and 'house-difference', 'pairs' and 'first' anew by chance for each draw: where all
pairs are derived from one order of few images (dogs, sushi), held pairs are nearly implied by the others there. Sushi has no times of its own: its order is the file's. Houses are
cross-validated: the people are put into ten groups by the hash of their names (fewer people than 100: each is a group), and a
user's house is made of the other groups' tastes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import math
import os
import random as randomness
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Benchmarks"))
import asked_pairs  # noqa: E402
import held_quality as held  # noqa: E402

SIZES = (0, 5, 10, 20, 50, 200, None)
CHECKPOINTS = (20, 40, 100, 200)
TABLES = ("house", "house-by-hash", "house-difference", "pairs", "synthetic", "first", "slates", "stability")
FIRST = (0, 5, 10, 20)


class Learner:
    """The folds of one data set over numpy's exact integers."""

    def __init__(self, data: held.DataSet, learning: Any, fold: Any) -> None:
        import numpy as np

        self.np, self.data, self.learning, self.fold = np, data, learning, fold
        self.ids = sorted(data.embeddings)
        self.index = {name: k for k, name in enumerate(self.ids)}
        self.E = np.array([data.embeddings[name] for name in self.ids], np.int64)
        self.space = held.descriptor(data, fold)
        images = {tuple(e): None for pair in self.space.panel for e in pair}
        self.images = np.array(list(images), np.int64)

    def order(self, pairs: list[held.Pair]) -> list[held.Pair]:
        return sorted(pairs, key=lambda p: hashlib.sha256(p[0].encode() + b"\0" + p[1].encode()).digest())

    def differences(self, pairs: list[held.Pair]) -> Any:
        if not pairs:
            return self.np.zeros((0, self.E.shape[1]), self.np.int64)
        return self.np.array([self.E[self.index[a]] - self.E[self.index[b]] for a, b in pairs])

    def taste(self, pairs: list[held.Pair], house: tuple[int, list[int]] | None = None) -> dict[str, Any]:
        """DL1, or HP1 from a house (β, C), by exact integers."""
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


def check(learner: Learner) -> None:
    """Both ways of folding give the reference's integers, from nothing and from a house."""
    np, user = learner.np, learner.data.users[0]
    pairs = learner.order(user.training[:25])
    zs = [[int(v) for v in z] for z in learner.differences(pairs)]
    house = learner.taste(user.held)
    start = (house["beta"], [int(v) for v in house["C"]])
    for given in (None, start):
        V, A, c = (learner.learning.dual_house(zs, learner.space.d, learner.space.q0, *given) if given
                   else learner.fold.dual(zs, learner.space.d, learner.space.q0))
        code, taste = learner.fold.finish(V, c, len(zs), learner.space), learner.taste(pairs, given)
        assert taste["A"] == A and list(taste["C"]) == code.C and (taste["beta"], taste["conf"]) == (code.beta, code.conf)
        source = asked_pairs.OwnPairs(pairs, learner.differences(pairs).astype(float), randomness.Random(1))
        session = asked_pairs.Session(source, lambda _: 0.0, False, given and (given[0], np.array(given[1], np.int64)))
        for place in randomness.Random(2).sample(range(len(pairs)), len(pairs)):
            session.add(np, place, source.differences[place])
        (direction, weights, scale), = asked_pairs.Folder(np, learner.fold, learner.space).fold([session])
        assert [int(v) for v in direction] == V and list(weights) == A and scale == c


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


def houses_without(learner: Learner, full: dict[str, dict[str, Any]]) -> dict[str, tuple[int, list[int]]]:
    """For each person the house of the tastes of all groups but the person's own."""
    group, houses = groups(learner.data), {}
    for k in sorted(set(group.values())):
        tastes = [(t["beta"], [int(v) for v in t["C"]], t["n"]) for name, t in full.items() if group[name] != k and t["n"] >= 20]
        made = learner.learning.house(tastes, learner.space)
        houses[k] = (made.beta, made.C)
    return {user.name: houses[group[user.name]] for user in learner.data.users}


def house_rows(learner: Learner, is_searched: bool) -> list[list[str]]:
    data = learner.data
    houses = houses_without(learner, {user.name: learner.taste(user.training) for user in data.users})
    rows = []
    sides: dict[str, Callable[[held.User, list[held.Pair]], tuple[float, float] | None]] = {
        "DL1": lambda user, pairs: learner.judge(learner.taste(pairs), user.held),
        "**HP1**": lambda user, pairs: learner.judge(learner.taste(pairs, houses[user.name]), user.held),
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


def split(user: held.User, kind: str, draw: int) -> tuple[list[held.Pair], list[held.Pair]]:
    """What a person learns from and is judged by: 30 in 100 pairs held out, or all pairs with one of 30 in 100 images."""
    pairs, random = sorted(user.training + user.held), randomness.Random(f"{kind} {user.name} {draw}")
    if kind == "new images":
        images = sorted({image for pair in pairs for image in pair})
        new = set(random.sample(images, 3 * len(images) // 10))
        return [p for p in pairs if not new & set(p)], [p for p in pairs if new & set(p)]
    random.shuffle(pairs)
    return pairs[: max(1, 7 * len(pairs) // 10)], pairs[max(1, 7 * len(pairs) // 10) :]


def difference_rows(learner: Learner, draws: int) -> list[list[str]]:
    """What a house changes once everything has been ranked, over many splits; the standard error is that over people."""
    np, users = learner.np, learner.data.users
    whole = {user.name: learner.taste(user.training + user.held) for user in users}
    houses, rows = houses_without(learner, whole), []
    for kind in ("new images", "other pairs"):
        found: dict[str, list[tuple[float, float, float, float]]] = {}
        for user in users:
            for draw in range(draws):
                learned, judged = split(user, kind, draw)
                if not learned or not judged: continue
                plain = learner.judge(learner.taste(learned), judged)
                started = learner.judge(learner.taste(learned, houses[user.name]), judged)
                found.setdefault(user.name, []).append((*plain, *started))
        people = np.array([np.mean(scores, axis=0) for scores in found.values()])
        mean_scores, change = people.mean(0), people[:, 2] - people[:, 0]
        rows.append([
            f"{learner.data.name} ({len(people)})", kind, *(f"{mean_scores[k]:.3f}/{mean_scores[k + 1]:.3f}" for k in (0, 2)),
            f"{change.mean():+.4f} ± {change.std(ddof=1) / math.sqrt(len(people)):.4f}",
            f"{(people[:, 3] - people[:, 1]).mean():+.4f}"])
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


def own_sessions(learner: Learner, user: held.User, draws: int, isAdvised: bool, house: Any = None) -> list[asked_pairs.Session]:
    """Of one person's ranked pairs, 30 in 100 are held out by chance, anew for each draw, and the others may be asked."""
    np, pairs = learner.np, sorted(user.training + user.held)
    differences = learner.differences(pairs).astype(float)
    sessions = []
    for draw in range(draws):
        random = randomness.Random(f"{user.name} {draw}")
        order = [k for k in range(len(pairs)) if differences[k].any()]
        random.shuffle(order)
        pool, test = order[: 7 * len(order) // 10], differences[order[7 * len(order) // 10 :]]
        source = asked_pairs.OwnPairs([pairs[k] for k in pool], differences[pool], random)
        judge = lambda V, test=test: float((np.sign(test @ V) + 1).mean() / 2)  # noqa: E731
        sessions.append(asked_pairs.Session(source, judge, isAdvised, house))
    return sessions


def synthetic_session(learner: Learner, draw: int, isAdvised: bool) -> asked_pairs.Session:
    """Somebody with a linear taste, who chooses with logistic noise; judged by 1,500 pairs without noise."""
    np, random = learner.np, randomness.Random(draw)
    E = learner.E.astype(float)
    scores = E @ np.array([random.gauss(0, 1) for _ in range(E.shape[1])])
    scores *= 2.0 / scores.std()
    test = np.array([random.sample(range(len(E)), 2) for _ in range(1500)])
    better = np.sign(scores[test[:, 0]] - scores[test[:, 1]])
    differences = (E[test[:, 0]] - E[test[:, 1]]) * better[:, None]
    judge = lambda V: float((np.sign(differences @ V) + 1).mean() / 2)  # noqa: E731
    return asked_pairs.Session(asked_pairs.AnyPairs(learner.ids, E, scores, random), judge, isAdvised)


def curves(learner: Learner, sessions: list[asked_pairs.Session], count: int, sizes: set[int]) -> dict[int, float]:
    """The mean accuracy of sessions after each size."""
    # A few dozen at a time: their Gram matrices are in memory together.
    for start in range(0, len(sessions), 70):
        asked_pairs.Folder(learner.np, learner.fold, learner.space).run(sessions[start : start + 70], count, sizes)
    return {n: mean([s.curve[n] for s in sessions]) for n in sorted(sizes)}


def needed(name: str, sessions: Callable[[bool], list[asked_pairs.Session]], learner: Learner, sizes: list[int]) -> list[str]:
    """The answers after which the mean accuracy of asked pairs, over five sizes, is that of so many random ones."""
    count = math.ceil(1.25 * max(sizes))
    random = curves(learner, sessions(False), max(sizes), set(sizes))
    asked = curves(learner, sessions(True), count, set(range(count + 1)))
    smooth = {n: mean([asked[k] for k in range(n - 2, n + 3) if k in asked]) for n in range(1, count + 1)}
    found = [next((str(n) for n in smooth if smooth[n] >= random[size]), f"> {count}") for size in sizes]
    print(name, {n: (round(random[n], 4), round(asked[n], 4)) for n in sizes}, found, flush=True)
    return [name, *found, *[""] * (len(CHECKPOINTS) - len(sizes))]


def pair_rows(learner: Learner, draws: int, largest: int) -> list[list[str]]:
    """The users' own ranked pairs as pool: of all users with enough of them, or of every twelfth where they are many."""
    users = learner.data.users[:: max(1, len(learner.data.users) // 80)]
    pool = lambda user: 7 * (len(user.training) + len(user.held)) // 10  # noqa: E731
    sizes = [s for s in CHECKPOINTS if s <= largest and sum(pool(u) >= 1.25 * s for u in users) * 2 >= len(users)]
    users = [u for u in users if pool(u) >= 1.25 * max(sizes)]
    make = lambda isAdvised: [s for u in users for s in own_sessions(learner, u, draws, isAdvised)]  # noqa: E731
    return [needed(f"{learner.data.name} ({len(users)}), own pairs", make, learner, sizes)]


def synthetic_rows(learner: Learner, draws: int, largest: int) -> list[list[str]]:
    """Linear tastes with logistic noise, where any pair of the catalogue may be asked."""
    make = lambda isAdvised: [synthetic_session(learner, draw, isAdvised) for draw in range(draws)]  # noqa: E731
    return [needed(f"{learner.data.name}, any pair", make, learner, [s for s in CHECKPOINTS if s <= largest])]


def first_rows(learner: Learner, draws: int) -> list[list[str]]:
    """The first answers of somebody new, with and without a house of the others."""
    users = learner.data.users[:: max(1, len(learner.data.users) // 80)]
    users = [u for u in users if 7 * (len(u.training) + len(u.held)) // 10 >= 1.25 * FIRST[-1]]
    whole = {user.name: learner.taste(user.training + user.held) for user in learner.data.users}
    houses, rows = houses_without(learner, whole), []
    house = lambda u: (houses[u.name][0], learner.np.array(houses[u.name][1], learner.np.int64))  # noqa: E731
    makers: dict[tuple[str, str], Callable[[bool], list[asked_pairs.Session]]] = {
        (f"{learner.data.name} ({len(users)}), own pairs", "nothing"):
            lambda isAdvised: [s for u in users for s in own_sessions(learner, u, draws, isAdvised)],
        (f"{learner.data.name} ({len(users)}), own pairs", "a house"):
            lambda isAdvised: [s for u in users for s in own_sessions(learner, u, draws, isAdvised, house(u))],
        (f"{learner.data.name}, any pair", "nothing"):
            lambda isAdvised: [synthetic_session(learner, draw, isAdvised) for draw in range(20 * draws)],
    }
    for names, make in makers.items():
        random, asked = (curves(learner, make(isAdvised), FIRST[-1], set(FIRST)) for isAdvised in (False, True))
        rows.append([*names, *(f"{random[n]:.3f}/{asked[n]:.3f}" if n else f"{random[n]:.3f}" for n in FIRST)])
    return rows


# MARK: slates and stability


def slate_rows(learner: Learner, draws: int) -> list[list[str]]:
    """After twenty answers of one image of two, four or nine; noise as Gumbel's, which makes choices logistic."""
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
    "house-difference": ["users", "held out", "DL1", "HP1", "change in accuracy", "in log-loss"],
    "first": ["pool", "start", *(f"n = {n}" for n in FIRST)],
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
    for learner in learners[True]:
        check(learner)
    makers: dict[str, Callable[[Learner], list[list[str]]]] = {
        "house": lambda x: house_rows(x, True), "house-by-hash": lambda x: house_rows(x, False),
        "pairs": lambda x: pair_rows(x, options.draws, options.largest),
        "synthetic": lambda x: synthetic_rows(x, 3 * options.draws, options.largest),
        "slates": lambda x: slate_rows(x, 2 * options.draws),
        "stability": stability_rows, "house-difference": lambda x: difference_rows(x, options.draws),
        "first": lambda x: first_rows(x, options.draws),
    }
    for name in options.table or TABLES:
        is_by_time = name not in ("house-by-hash", "house-difference", "pairs", "first")
        rows = [row for learner in learners[is_by_time] for row in makers[name](learner)]
        write(options.output, name, rows)
        print(table(name, rows), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
