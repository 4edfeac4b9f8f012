#!/usr/bin/env python3
"""Writes cases for the TasteFold tests, one JSON object a line, computed by the Python reference of the fold.

  generate_fold_vectors.py REFERENCE                      the frozen set: Tests/TasteFoldTests/Resources/fold-cases.jsonl
  generate_fold_vectors.py REFERENCE --random COUNT SEED  COUNT fold cases and COUNT/4 of each other kind, for
      FOLD_CASES=FILE swift test -c release --filter DifferentialTests

REFERENCE is the path of reference_fold.py.  Vectors are hexadecimal little-endian Int16 (or binary64 in "x"), so that
no parser can round them.  Numpy, when installed, only speeds up large folds: the reference's own exact variant is used.
"""
import hashlib, importlib.util, json, math, random, struct, sys

def load(path):
    spec = importlib.util.spec_from_file_location("reference_fold", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

def h16(v): return struct.pack("<%dh" % len(v), *v).hex()
def h64(v): return struct.pack("<%dd" % len(v), *v).hex()

class Generator:
    def __init__(self, reference, seed):
        self.R, self.rng = reference, random.Random(seed)

    # ---- embeddings ---------------------------------------------------------------------------------------------
    def gauss(self, d, cone=0.0):
        c = random.Random(d)                                   # one cone axis for each dimension
        return self.R.canon_embedding([self.rng.gauss(0, 1) + cone * c.gauss(0, 1) for _ in range(d)])

    def axis(self, d):
        e = [0] * d; e[self.rng.randrange(d)] = self.rng.choice((16384, -16384)); return e

    def item(self, d, kind):
        if kind == "gauss": return self.gauss(d)
        if kind == "cone": return self.gauss(d, 2.0)
        if kind == "axis": return self.axis(d)
        if kind == "sparse":
            x = [0.0] * d
            for _ in range(min(d, 3)): x[self.rng.randrange(d)] = self.rng.gauss(0, 1)
            return self.R.canon_embedding(x)
        if kind == "sign": return self.R.canon_embedding([self.rng.choice((1.0, -1.0)) for _ in range(d)])
        if kind == "raw":                                      # not canonical, but within the fold's bounds
            b = max(2, min(30000, int(20000 / math.sqrt(d)))); return [self.rng.randrange(-b, b) for _ in range(d)]
        return [0] * d

    def items(self, d, kind, count):
        out = []
        for _ in range(count):
            k = kind if kind != "mixed" else self.rng.choice(("gauss", "cone", "axis", "sparse", "sign", "zero"))
            e = self.item(d, k); roll = self.rng.random()
            if out and roll < 0.08: e = list(self.rng.choice(out))                        # duplicate
            elif out and roll < 0.16: e = [-v for v in self.rng.choice(out)]              # opposite
            elif out and roll < 0.22:                                                     # near-duplicate
                e = list(self.rng.choice(out)); k = self.rng.randrange(d); e[k] = max(-16384, min(16384, e[k] + 1))
            out.append(e)
        return out

    # ---- cases --------------------------------------------------------------------------------------------------
    def canonicalize(self, d=None):
        r = self.rng; d = d or r.randrange(1, 1025); kind = r.randrange(7)
        if kind == 0: x = [r.gauss(0, 1) for _ in range(d)]
        elif kind == 1: x = [r.gauss(0, 1) * 2.0 ** r.randrange(-1074, 1020) for _ in range(d)]
        elif kind == 2: x = [r.randrange(-9, 10) * 5e-324 for _ in range(d)]
        elif kind == 3: x = [r.choice((1, -1)) * r.uniform(0.9, 1) * 1.7976931348623157e308 for _ in range(d)]
        elif kind == 4: x = [1.0] + [r.randrange(-64, 64) / 2.0 ** 24 for _ in range(d - 1)]   # halfway at 24 bits
        elif kind == 5: x = [r.choice((0.0, -0.0, 1.0, -1.0)) for _ in range(d)]
        else: x = [struct.unpack("<f", struct.pack("<f", r.gauss(0, 1)))[0] for _ in range(d)]
        return {"op": "canonicalize", "float": kind == 6, "x": h64(x), "e": h16(self.R.canon_embedding(x))}

    def space(self, d, count=None):
        r = self.rng; n = count or r.randrange(2, 150); name = r.choice(("v6", "niji6", "raum-\u00e4", ""))
        ids = ["%s-%d" % (r.choice(("img", "b\u00fccher", "z")), i) for i in range(n)]; es = self.items(d, "mixed", n)
        order = sorted(range(n), key=lambda i: hashlib.sha256(b"panel" + ids[i].encode()).digest())
        panel = [(order[2 * k % n], order[(2 * k + 1 + 2 * k // n) % n]) for k in range(64)]
        s = self.R.Space(name, self.R.mean_embedding(es), [(es[a], es[b]) for a, b in panel])
        return {"op": "space", "name": name, "ids": ids, "items": [h16(e) for e in es], "mean": h16(s.mu),
                "panel": panel, "id": s.id.hex(), "q0": s.q0}

    def fold(self, d, n, kind):
        R, r = self.R, self.rng
        count = max(2, min(60, n // 2 + 2)); es = self.items(d, kind, count)
        canonical = es if kind != "raw" else self.items(d, "gauss", 4)
        panel = [(r.randrange(len(canonical)), r.randrange(len(canonical))) for _ in range(r.choice((0, 1, 8, 64)))]
        mean = R.mean_embedding(es)
        s = R.Space("fold", mean, [(canonical[a], canonical[b]) for a, b in panel])
        pairs = []
        taste = self.gauss(d); noise = r.choice((0.0, 0.1, 0.5, 1.0))
        while len(pairs) < n:
            a = r.randrange(count); b = -1 if r.random() < 0.15 else r.randrange(count)
            if pairs and r.random() < 0.05: a, b = pairs[r.randrange(len(pairs))]                    # duplicate
            elif pairs and r.random() < 0.05:                                                         # contradiction
                b, a = pairs[r.randrange(len(pairs))]
                if a < 0: a, b = b, a
            elif b >= 0 and r.random() >= noise and sum(t * (p - q) for t, p, q in zip(taste, es[a], es[b])) < 0: a, b = b, a
            pairs.append((a, b))
        zs = [[p - q for p, q in zip(es[a], mean if b < 0 else es[b])] for a, b in pairs]
        kept = [any(z) for z in zs]; zs = [z for z in zs if any(z)]
        V, A, c = self.solve(zs, d, s.q0); code = R.finish(V, c, len(zs), s)
        return {"op": "fold", "mean": h16(mean), "items": [h16(e) for e in es], "panelItems": [h16(e) for e in canonical],
                "panel": panel, "pairs": pairs, "dropped": kept.count(False), "space": s.id.hex(),
                "weights": hashlib.sha256(struct.pack("<%dH" % len(A), *A)).hexdigest(), "scale": c,
                "payload": code.bytes().hex()}

    def solve(self, zs, d, q0):
        if len(zs) * d > 60_000:
            try:
                import numpy as np
                V, A, c = self.R.dual_numpy(np.array(zs), np.int64, q0)
                return [int(v) for v in V], [int(a) for a in A], c
            except ImportError: pass
        return self.R.dual(zs, d, q0)

    def code(self, d, space_id):
        r = self.rng; kind = r.randrange(6)
        if kind == 0: return self.R.Code(space_id, r.randrange(9), 0, 500, [0] * d)
        C = self.R.normalise([r.randrange(-9, 10) for _ in range(d)]) if kind == 1 else self.gauss(d)
        if not any(C): C[0] = 16384
        beta = r.choice((0, 1, r.randrange(5000), r.randrange(2 ** 32), 2 ** 32 - 1))
        return self.R.Code(space_id, r.randrange(1, 2 ** 18), beta, r.randrange(500, 1000), C)

    def blend(self, d):
        r = self.rng; sid = bytes(r.randrange(256) for _ in range(32))
        pool = [self.code(d, sid) for _ in range(r.randrange(1, 6))]
        if r.random() < 0.4:
            k = pool[0]; pool.append(self.R.Code(sid, k.n, k.beta, k.conf, [-v for v in k.C]))
        parts = [(r.choice(pool), r.choice((1, 1, 2, 3, 1000, r.randrange(1, 1001)))) for _ in range(r.randrange(1, 9))]
        return {"op": "blend", "parts": [[k.bytes().hex(), w] for k, w in parts],
                "payload": self.R.blend(parts).bytes().hex()}

    def use(self, d):
        R, r = self.R, self.rng; es = self.items(d, "mixed", 5); mean = R.mean_embedding(es)
        s = R.Space("use", mean, [(es[0], es[1])]); code = self.code(d, s.id); out = []
        for t in (0, 1, 25, 100, 399, 400, 401, 1000):
            e = r.choice(es + [code.C] if R.normalise(code.C) == code.C and max(map(abs, code.C)) else es)
            out.append({"stylize": t, "e": h16(e), "steered": h16(R.steer(e, code, t)),
                        "strength": (t * R.trust(code)) / (400 * 1024)})
        pairs = [(r.randrange(5), r.randrange(5)) for _ in range(4)]
        return {"op": "use", "mean": h16(mean), "items": [h16(e) for e in es], "payload": code.bytes().hex(),
                "trust": R.trust(code), "scores": [R.score(code, e, s) for e in es],
                "preferences": [[a, b, R.prefer(code, es[a], es[b])] for a, b in pairs], "steering": out}

    def order(self):
        r = self.rng; ids = ["%x" % r.getrandbits(40) for _ in range(12)] + ["\u00fc", "a b"]
        keys = [(r.choice(ids), r.choice(ids + [""])) for _ in range(20)]
        return {"op": "order", "keys": [[w, l, hashlib.sha256(w.encode() + b"\0" + l.encode()).hexdigest()] for w, l in keys]}

    def sigma(self):
        ms = list(range(-33000, 33001, 613)) + [-32769, -32768, -32767, -1, 0, 1, 32255, 32256, 32767, 32768, 2 ** 62, -2 ** 62]
        return {"op": "sigma", "values": [[m, self.R.sigma_neg(m)] for m in ms],
                "tableHash": self.R.TABLE_SHA, "table": list(self.R.T)}

KINDS = ("gauss", "cone", "mixed", "axis", "sparse", "sign", "raw")

def frozen(g):
    yield g.sigma()
    yield g.order()
    for d in (1, 2, 3, 7, 8, 9, 16, 17, 64, 257, 512, 1024): yield g.canonicalize(d)
    for _ in range(60): yield g.canonicalize(g.rng.randrange(1, 40))
    for d, n in ((1, 2), (3, 3), (5, 7), (16, 64), (64, 100), (8, 140)): yield g.space(d, n)
    for n in (0, 1, 2, 3, 4, 5, 15, 16, 17, 33):
        for kind in KINDS: yield g.fold(g.rng.choice((1, 2, 3, 8, 15, 16, 17, 31)), n, kind)
    for d, n, kind in ((64, 200, "gauss"), (64, 700, "cone"), (33, 400, "mixed"), (16, 3000, "axis"), (24, 3000, "gauss"),
                       (256, 60, "sign"), (512, 40, "gauss"), (1024, 20, "cone"), (100, 300, "sparse"), (12, 900, "raw")):
        yield g.fold(d, n, kind)
    for _ in range(40): yield g.blend(g.rng.randrange(1, 40))
    for _ in range(40): yield g.use(g.rng.randrange(1, 40))

def randomized(g, count):
    r = g.rng
    for k in range(count):
        d = r.choice((r.randrange(1, 9), r.randrange(1, 65), r.randrange(1, 257), r.randrange(1, 1025)))
        n = r.choice((r.randrange(0, 5), r.randrange(0, 40), r.randrange(0, 300), r.randrange(0, 3001)))
        yield g.fold(d, n, KINDS[k % len(KINDS)])
        if k % 4 == 0:
            yield g.canonicalize()
            yield g.blend(r.randrange(1, 600))
            yield g.use(r.randrange(1, 600))
            yield g.space(r.randrange(1, 100))

def main():
    if len(sys.argv) not in (2, 5) or (len(sys.argv) == 5 and sys.argv[2] != "--random"): sys.exit(__doc__)
    reference = load(sys.argv[1])
    cases = frozen(Generator(reference, 20)) if len(sys.argv) == 2 else \
        randomized(Generator(reference, int(sys.argv[4])), int(sys.argv[3]))
    for case in cases: print(json.dumps(case, separators=(",", ":")))

if __name__ == "__main__": main()
