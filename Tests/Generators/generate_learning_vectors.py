#!/usr/bin/env python3
"""Writes cases for the tests of HM1 and HP1, one JSON object a line, computed by the Python reference of both.

  generate_learning_vectors.py REFERENCE                      the frozen set: Tests/TasteFoldTests/Resources/house-cases.jsonl
  generate_learning_vectors.py REFERENCE --random COUNT SEED  COUNT folds and COUNT/4 houses, for
      HOUSE_CASES=FILE swift test -c release --filter HouseTests

REFERENCE is the path of reference_learning.py, beside which reference_fold.py stands.  Vectors are hexadecimal
little-endian Int16.  Numpy, when installed, only speeds up large folds, with exact integers.
"""
import hashlib, json, os, random, struct, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generate_fold_vectors import Generator, KINDS, h16, load

class HouseGenerator(Generator):
    def __init__(self, learning, fold, seed):
        super().__init__(fold, seed)
        self.L = learning

    def space_of(self, d, kind):
        r = self.rng; es = self.items(d, kind, r.randrange(2, 40))
        panel = [(r.randrange(len(es)), r.randrange(len(es))) for _ in range(r.choice((0, 1, 8, 64)))]
        return es, panel, self.R.Space("house", self.R.mean_embedding(es), [(es[a], es[b]) for a, b in panel])

    def described(self, es, panel, space):
        return {"mean": h16(space.mu), "items": [h16(e) for e in es], "panel": panel, "space": space.id.hex()}

    def gain(self): r = self.rng; return r.choice((0, 1, r.randrange(4000), r.randrange(65536), 65535, r.randrange(2 ** 32)))

    def house(self, d):
        r = self.rng; es, panel, space = self.space_of(d, "gauss"); tastes = []
        for _ in range(r.choice((1, 2, 3, 7, r.randrange(1, 60)))):
            roll = r.random()
            if tastes and roll < 0.2: b, C, n = r.choice(tastes); tastes.append((b, [-v for v in C], n))
            elif roll < 0.3: tastes.append((0, [0] * d, r.randrange(9)))
            else: tastes.append((self.gain(), self.gauss(d), r.randrange(1, 2 ** 18)))
        h = self.L.house(tastes, space)
        return {"op": "house", **self.described(es, panel, space), "payload": h.payload().hex(),
                "tastes": [[b, n, h16(C)] for b, C, n in tastes]}

    def fold_from_house(self, d, n, kind):
        L, R, r = self.L, self.R, self.rng
        es, panel, space = self.space_of(d, kind)
        h = L.Taste(L.HM1, space, r.randrange(1, 2 ** 20), min(self.gain(), 65535), r.randrange(500, 1000), self.gauss(d))
        if not any(h.C) or r.random() < 0.05: h.beta, h.conf, h.C = 0, 500, [0] * d
        taste = self.gauss(d); noise = r.choice((0.0, 0.1, 0.5, 1.0)); pairs = []
        while len(pairs) < n:
            a = r.randrange(len(es)); b = -1 if r.random() < 0.15 else r.randrange(len(es))
            if b >= 0 and r.random() >= noise and sum(t * (p - q) for t, p, q in zip(taste, es[a], es[b])) < 0: a, b = b, a
            pairs.append((a, b))
        zs = [[p - q for p, q in zip(es[a], space.mu if b < 0 else es[b])] for a, b in pairs]
        zs = [z for z in zs if any(z)]; hash = bytes(r.randrange(256) for _ in range(32))
        V, A, c = self.solve_house(zs, d, space.q0, h.beta, h.C); k = R.finish(V, c, len(zs), space)
        t = L.Taste(L.HP1, space, len(zs), k.beta, k.conf, k.C, hash)
        return {"op": "fold", **self.described(es, panel, space), "house": h.payload().hex(), "houseHash": hash.hex(),
                "pairs": pairs, "weights": hashlib.sha256(struct.pack("<%dH" % len(A), *A)).hexdigest(), "scale": c,
                "payload": t.payload().hex()}

    def solve_house(self, zs, d, q0, beta, C):
        if len(zs) * d > 60_000:
            try: import numpy as np
            except ImportError: return self.L.dual_house(zs, d, q0, beta, C)
            Z = np.array(zs, np.int64); N = len(zs); K = [int(k) for k in (Z ** 2).sum(1)]
            fdiv, rdiv = self.R.fdiv, self.R.rdiv; c = max(1, fdiv(2 * sum(K), N), fdiv(q0, 8)); A = [0] * N
            V0 = np.array([rdiv(c * beta * k, 1 << 24) for k in C], np.int64); V = V0.copy()
            for _ in range(self.R.SWEEPS):
                old = A[:]
                for i in range(N):
                    D = rdiv((self.R.sigma_neg(fdiv(int(V @ Z[i]), c)) - A[i]) * c, c + K[i])
                    if D: A[i] += D; V += D * Z[i]
            A = [o + fdiv((a - o) * (N - i), N) for i, (a, o) in enumerate(zip(A, old))]
            return [int(v) for v in V0 + np.array(A, np.int64) @ Z], A, c
        return self.L.dual_house(zs, d, q0, beta, C)

    # ---- the published vectors, with their inputs spelt out -----------------------------------------------------------
    def published(self):
        R, L = self.R, self.L; ev, owner, X, sp = R.demo(); ids = sorted(X); index = {id: k for k, id in enumerate(ids)}
        place = {}
        for k, id in enumerate(ids): place.setdefault(tuple(X[id]), k)
        space = {"mean": h16(sp.mu), "items": [h16(X[id]) for id in ids], "space": sp.id.hex(),
                 "panel": [(place[tuple(x)], place[tuple(y)]) for x, y in sp.panel]}
        def someone(seed, n):
            h = R._lcg(seed); r = lambda m: next(h) % m; t = [r(2001) - 700 for _ in range(sp.d)]; out = []
            for _ in range(n):
                a, b = ids[r(len(ids))], ids[r(len(ids))]
                if a != b:
                    w = sum(p * (q - s) for p, q, s in zip(t, X[a], X[b])) > 0
                    out.append({"user": "u", "kind": "rank", "winner": a if w else b, "loser": b if w else a})
            return out
        tastes = []
        for k in range(7):
            z = R.comparisons(*R.effective(someone(100 + k, 25 + 9 * k), "u", owner.get), X.get, sp)
            v, _, c = R.dual(z, sp.d, sp.q0); q = R.finish(v, c, len(z), sp); tastes.append((q.beta, q.C, q.n))
        house = L.house(tastes, sp); hash = hashlib.sha256(b"a house version's bytes").digest()
        yield {"op": "house", **space, "payload": house.payload().hex(), "tastes": [[b, n, h16(C)] for b, C, n in tastes]}
        for n in (0, 1, 5, 20, len(ev)):
            rank, like = R.effective(ev[:n], "alice", owner.get)
            pairs = list(rank.values()) + [(item, "") for item in like]
            pairs.sort(key=lambda k: hashlib.sha256(k[0].encode() + b"\0" + k[1].encode()).digest())
            zs = R.comparisons(rank, like, X.get, sp); V, A, c = L.dual_house(zs, sp.d, sp.q0, house.beta, house.C)
            t = L.fold_house(ev[:n], "alice", owner.get, X.get, sp, house, hash)
            yield {"op": "fold", **space, "house": house.payload().hex(), "houseHash": hash.hex(),
                   "pairs": [(index[w], index[l] if l else -1) for w, l in pairs],
                   "weights": hashlib.sha256(struct.pack("<%dH" % len(A), *A)).hexdigest(), "scale": c, "payload": t.payload().hex()}

FOLD_KINDS = [k for k in KINDS if k != "raw"]

def frozen(g):
    yield from g.published()
    for d in (1, 2, 3, 15, 16, 17, 64): yield g.house(d)
    for _ in range(20): yield g.house(g.rng.randrange(1, 40))
    for n in (0, 1, 2, 3, 4, 15, 16, 17, 33):
        for kind in FOLD_KINDS: yield g.fold_from_house(g.rng.choice((1, 2, 3, 8, 15, 16, 17, 31)), n, kind)
    for d, n, kind in ((64, 200, "gauss"), (33, 400, "mixed"), (16, 2000, "axis"), (24, 2000, "gauss"), (512, 30, "gauss")):
        yield g.fold_from_house(d, n, kind)

def randomized(g, count):
    r = g.rng
    for k in range(count):
        d = r.choice((r.randrange(1, 9), r.randrange(1, 65), r.randrange(1, 257), r.randrange(1, 1025)))
        n = r.choice((0, r.randrange(0, 5), r.randrange(0, 40), r.randrange(0, 300), r.randrange(0, 1501)))
        yield g.fold_from_house(d, n, FOLD_KINDS[k % len(FOLD_KINDS)])
        if k % 4 == 0: yield g.house(r.randrange(1, 400))

def main():
    if len(sys.argv) not in (2, 5) or (len(sys.argv) == 5 and sys.argv[2] != "--random"): sys.exit(__doc__)
    learning = load(sys.argv[1]); fold = sys.modules["reference_fold"]
    cases = frozen(HouseGenerator(learning, fold, 23)) if len(sys.argv) == 2 else \
        randomized(HouseGenerator(learning, fold, int(sys.argv[4])), int(sys.argv[3]))
    for case in cases: print(json.dumps(case, separators=(",", ":")))

if __name__ == "__main__": main()
