"""Asking for pairs, many people at a time: DL1 and HP1 over exact integers, and PairAdvice of TasteFold in numpy.

A session is one person who answers one pair after another. Sessions of the same number of answers are folded together, so
that thousands of them are affordable; each fold is the reference's to the last integer, which `learning_quality.py` checks.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

Pair = tuple[str, str]  # winner, loser
CANDIDATES, IMAGES, TARGETS, COMPARISONS = 256, 128, 128, 256


class OwnPairs:
    """What a person happened to rank is what may be asked, and the answer is what was said."""

    def __init__(self, pairs: list[Pair], differences: Any, random: Any) -> None:
        self.pairs, self.differences, self.random, self.left = pairs, differences, random, list(range(len(pairs)))

    def draw(self, count: int) -> tuple[list[int], Any]:
        drawn = self.random.sample(self.left, min(count, len(self.left)))
        return drawn, self.differences[drawn]

    def answer(self, place: int, difference: Any) -> tuple[Pair, Any]:
        self.left.remove(place)
        return self.pairs[place], difference


class AnyPairs:
    """Any pair of a catalogue may be asked, and is answered by scores with logistic noise."""

    def __init__(self, ids: list[str], embeddings: Any, scores: Any, random: Any) -> None:
        self.ids, self.embeddings, self.scores, self.random, self.asked = ids, embeddings, scores, random, set[Any]()

    def draw(self, count: int) -> tuple[list[tuple[int, int]], Any]:
        # As the store draws: pairs of some images, each of which is read once.
        images = self.random.sample(range(len(self.ids)), min(IMAGES, len(self.ids)))
        drawn: dict[tuple[int, int], None] = {}
        for _ in range(2 * CANDIDATES):
            one, other = self.random.sample(images, 2)
            if (min(one, other), max(one, other)) not in self.asked and (other, one) not in drawn:
                drawn[one, other] = None
                if len(drawn) == count: break
        places = list(drawn)
        return places, self.embeddings[[p[0] for p in places]] - self.embeddings[[p[1] for p in places]]

    def answer(self, place: tuple[int, int], difference: Any) -> tuple[Pair, Any]:
        self.asked.add((min(place), max(place)))
        (one, other), isFirst = place, self.random.random() < 1 / (1 + math.exp(self.scores[place[1]] - self.scores[place[0]]))
        pair = (self.ids[one], self.ids[other])
        return (pair, difference) if isFirst else (pair[::-1], -difference)


class Session:
    """One person who is asked pairs of a source: those that are advised, or random ones.

    - judge(V): the share of the held choices that a direction predicts.
    - house: β and C of what the fold starts from.
    """

    def __init__(self, source: OwnPairs | AnyPairs, judge: Callable[[Any], float], isAdvised: bool,
                 house: tuple[int, Any] | None = None) -> None:
        self.source, self.judge, self.is_advised, self.house = source, judge, isAdvised, house
        self.keys: list[bytes] = []
        self.rows: Any = None
        self.curve: dict[int, float] = {}

    def add(self, np: Any, place: Any, difference: Any) -> None:
        """Puts the answer to a pair where canonical order has it."""
        (winner, loser), row = self.source.answer(place, difference)
        key = hashlib.sha256(winner.encode() + b"\0" + loser.encode()).digest()
        rank = sum(other < key for other in self.keys)
        self.keys.insert(rank, key)
        self.rows = row[None] if self.rows is None else np.insert(self.rows, rank, row, axis=0)


class Folder:
    """The folds of sessions of one space, together."""

    def __init__(self, np: Any, fold: Any, space: Any) -> None:
        self.np, self.sweeps, self.q0, self.dimension = np, fold.SWEEPS, space.q0, space.d
        self.knots = np.array([*fold.T, fold.T[-1]], np.int64)

    def complement(self, margins: Any) -> Any:
        """σ(−m) in Q14 of margins in Q12."""
        k = self.np.clip(margins, -32768, 32768) + 32768
        i, f = k >> 9, k & 511
        return (self.knots[i] * (512 - f) + self.knots[i + 1] * f + 256) >> 9

    def fold(self, sessions: list[Session]) -> list[tuple[Any, Any, int]]:
        """V, the dual weights and c of each; all sessions have the same number of answers."""
        np = self.np
        count = len(sessions[0].keys)
        Z = np.stack([s.rows for s in sessions]) if count else np.zeros((len(sessions), 0, self.dimension))
        G = np.rint(Z @ Z.transpose(0, 2, 1)).astype(np.int64)  # exact: lengths are below 2^31
        K = np.ascontiguousarray(np.diagonal(G, axis1=1, axis2=2)) if count else np.zeros((len(sessions), 0), np.int64)
        c = np.maximum(max(1, self.q0 // 8), 2 * K.sum(1) // max(1, count))
        V0 = np.stack([
            (2 * (x * s.house[0] * s.house[1]) + (1 << 24)) // (1 << 25) if s.house else np.zeros(self.dimension, np.int64)
            for x, s in zip(c, sessions)])
        F = np.rint((Z @ V0[:, :, None].astype(float))[:, :, 0]).astype(np.int64)  # exact: below 2^53
        A, old = np.zeros_like(K), np.zeros_like(K)
        for _ in range(self.sweeps if count else 0):
            old = A.copy()
            for i in range(count):
                product = (self.complement(F[:, i] // c) - A[:, i]) * c
                D = (2 * product + c + K[:, i]) // (2 * (c + K[:, i]))
                A[:, i] += D
                F += D[:, None] * G[:, i]
        A = old + (A - old) * (count - np.arange(count)) // max(1, count)
        V = V0.astype(float) + (A[:, None, :].astype(float) @ Z)[:, 0]
        return [(V[k], A[k], int(c[k])) for k in range(len(sessions))]

    def advise(self, session: Session, V: Any, A: Any, c: int, candidates: Any) -> int:
        """The best of the candidates, as PairAdvice chooses: the pair whose answer takes most variance out of the choices
        between the pairs that may be asked, weighed by how open these are."""
        np = self.np
        count = len(session.keys)
        # Without comparisons, a typical pair of the space stands for those to come.
        unit = 4.0 / (c if count else max(1, 2 * self.q0))
        X = candidates.astype(np.float32)
        R = X[:TARGETS]
        cov, var = unit * (X @ R.T), unit * (X**2).sum(1)
        if count:
            a = A / 16384
            h = np.maximum(1e-3, a * (1 - a))
            rows = np.sort(np.argsort(-h, kind="stable")[:COMPARISONS])
            Z = session.rows[rows].astype(np.float32)
            system = unit * (Z @ Z.T)
            system[np.diag_indices(len(rows))] += (1 / h[rows]).astype(np.float32)
            sides = np.linalg.inv(np.linalg.cholesky(system)) @ (unit * (Z @ X.T))
            cov = cov - sides.T @ sides[:, :TARGETS]
            var = np.maximum(0, var - (sides**2).sum(0))
        margins = np.clip(candidates @ V / c / 4096, -8, 8)
        spread = np.maximum(1e-6, var[:TARGETS])
        openness = np.exp(-margins[:TARGETS] ** 2 / (2 * spread)) / np.sqrt(spread)
        noise = 2 + np.exp(margins) + np.exp(-margins)
        return int(((cov**2 @ openness) / (noise + var)).argmax())

    def run(self, sessions: list[Session], count: int, sizes: set[int]) -> None:
        """Has every session answer so many pairs; judged after each size."""
        for n in range(count + 1):
            judged = [s for s in sessions if s.is_advised or n in sizes]
            for session, (V, A, c) in zip(judged, self.fold(judged) if judged else []):
                if n in sizes: session.curve[n] = session.judge(V)
                session.state = (V, A, c)
            for session in sessions if n < count else []:
                places, differences = session.source.draw(CANDIDATES if session.is_advised else 1)
                best = self.advise(session, *session.state, differences) if session.is_advised else 0
                session.add(self.np, places[best], differences[best])
