"""The folds DL1, HP1 and HM1, from docs/fold.md, in numpy's 64-bit integers and Python's own."""
import math
import struct

import numpy

ONE = 16384  # 1 in Q14
TABLE = [math.floor(ONE / (1 + math.exp((i - 64) / 8)) + 0.5) for i in range(129)]


def rdiv(a, b):
    return (2 * a + b) // (2 * b)


def sigma_minus(m):
    """The logistic function of -m; m in Q12, the result in Q14."""
    k = min(max(m + 32768, 0), 65536)
    i, f = k >> 9, k & 511
    if i == 128:
        return TABLE[128]
    return TABLE[i] * (512 - f) + TABLE[i + 1] * f + 256 >> 9


class Taste:
    def __init__(self, direction, gain, confidence, comparisons):
        self.direction, self.gain = direction, gain
        self.confidence, self.comparisons = confidence, comparisons

    def payload(self, fold, space_id, house=b""):
        numbers = struct.pack("<HIIH", len(self.direction), self.comparisons, self.gain, self.confidence)
        return fold + space_id + house + numbers + struct.pack(f"<{len(self.direction)}h", *self.direction)


class Space:
    """What a fold needs of a space: mean and panel."""

    def __init__(self, mean, panel):
        self.mean = numpy.array(mean, dtype=numpy.int64)
        self.panel = [numpy.array(x, dtype=numpy.int64) - numpy.array(y, dtype=numpy.int64) for x, y in panel]
        self.q0 = sum(int(z @ z) for z in self.panel) // len(self.panel) if self.panel else 0


def normalized(vector):
    """The direction of an integer vector in Q14, the length of what was scaled down, and by how many bits."""
    largest = max((abs(int(x)) for x in vector), default=0)
    h = max(0, largest.bit_length() - 24)
    u = [int(x) >> h for x in vector]
    s = math.isqrt(sum(x * x for x in u))
    if s == 0:
        return [0] * len(u), 0, h
    return [rdiv(x << 14, s) for x in u], s, h


def fold(space, differences, house=None):
    """The taste of differences in canonical order; from a house's taste (HP1) when one is given."""
    d, n = len(space.mean), len(differences)
    z = numpy.array(differences, dtype=numpy.int64).reshape(n, d)
    k = [int(row @ row) for row in z]
    c = max(1, space.q0 // 8)
    if n:
        c = max(c, 2 * sum(k) // n)
    v0 = numpy.zeros(d, dtype=numpy.int64)
    if house is not None:
        v0 = numpy.array([rdiv(c * house.gain * x, 1 << 24) for x in house.direction], dtype=numpy.int64)
    a, v = [0] * n, v0.copy()
    for sweep in range(6):
        before = list(a)
        for i in range(n):
            step = rdiv((sigma_minus(int(v @ z[i]) // c) - a[i]) * c, c + k[i])
            a[i] += step
            v += step * z[i]
    if n:
        a = [before[i] + (a[i] - before[i]) * (n - i) // n for i in range(n)]
        v = v0 + sum(a[i] * z[i] for i in range(n))
    direction, s, h = normalized(v)
    if s == 0:
        return Taste([0] * d, 0, 500, n)
    gain = min((s << h) * 1024 // c, 2**32 - 1)
    agreement = sum(ONE - sigma_minus(abs(int(v @ x)) // c) for x in space.panel)
    return Taste(direction, gain, confidence(agreement, space), n)


def confidence(agreement, space):
    return min(max(1000 * agreement // (ONE * len(space.panel)), 500), 1000) if space.panel else 500


def house(space, tastes):
    """HM1: what tastes have in common."""
    count = len(tastes)
    middle = sorted(taste.gain for taste in tastes)[count // 2]
    cap = min(2 * middle, 65535)
    x = [sum(min(taste.gain, cap) * taste.direction[i] for taste in tastes) for i in range(len(space.mean))]
    direction, s, h = normalized(x)
    n = min(sum(taste.comparisons for taste in tastes), 2**32 - 1)
    if s == 0:
        return Taste(direction, 0, 500, n)
    gain = min((s << h) // (count << 14), 65535)
    c = numpy.array(direction, dtype=numpy.int64)
    agreement = sum(ONE - sigma_minus(gain * abs(int(c @ z)) // (1 << 24)) for z in space.panel)
    return Taste(direction, gain, confidence(agreement, space), n)
