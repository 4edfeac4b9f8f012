#!/usr/bin/env python3
"""Writes Tests/TransparencyLogTests/Vectors/merkle.json: roots and proofs of RFC 9162 trees, right ones and wrong ones.

Written from RFC 9162 (sections 2.1.1 to 2.1.4) alone, by its recursive definitions; the Swift code uses the iterative
algorithms. A verdict is what the RFC's algorithm for verifying says, transcribed here word for word.
"""
import hashlib
import json
import pathlib


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def mth(leaves):
    """MTH(D_n) of section 2.1.1."""
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return sha(b"\x00", leaves[0])
    k = split(len(leaves))
    return sha(b"\x01", mth(leaves[:k]), mth(leaves[k:]))


def split(n):
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m, leaves):
    """PATH(m, D_n) of section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return path(m, leaves[:k]) + [mth(leaves[k:])]
    return path(m - k, leaves[k:]) + [mth(leaves[:k])]


def subproof(m, leaves, known):
    """SUBPROOF(m, D_n, b) of section 2.1.4.1."""
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return subproof(m, leaves[:k], known) + [mth(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [mth(leaves[:k])]


def includes(leaf, index, size, proof, root):
    """Section 2.1.3.2, step by step."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = sha(b"\x01", p, r)
            if not fn & 1:
                while not (fn & 1 or fn == 0):
                    fn, sn = fn >> 1, sn >> 1
        else:
            r = sha(b"\x01", r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def extends(first, first_root, second, second_root, proof):
    """Section 2.1.4.2, step by step, for 0 < first; an empty first tree is refused, since there is nothing to prove."""
    if first > second or first == 0:
        return False
    if first == second:
        return not proof and first_root == second_root
    proof = list(proof)
    if not proof:
        return False
    if first & (first - 1) == 0:
        proof.insert(0, first_root)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha(b"\x01", c, fr), sha(b"\x01", c, sr)
            if not fn & 1:
                while not (fn & 1 or fn == 0):
                    fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha(b"\x01", sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


def flipped(hash_, bit):
    changed = bytearray(hash_)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def wrong_proofs(proof, *roots):
    """What somebody might try in place of a right proof."""
    yield "right", proof
    yield "empty", []
    yield "cut at the end", proof[:-1]
    yield "cut at the start", proof[1:]
    yield "garbage behind", proof + [sha(b"garbage")]
    yield "garbage before", [sha(b"garbage")] + proof
    for number, root in enumerate(roots):
        yield f"root {number} behind", proof + [root]
        yield f"root {number} before", [root] + proof
    yield "reversed", proof[::-1]
    for index in range(len(proof)):
        yield f"bit flipped in hash {index}", proof[:index] + [flipped(proof[index], 4 + index)] + proof[index + 1 :]
    if len(proof) > 1:
        yield "two hashes swapped", [proof[1], proof[0]] + proof[2:]


def main():
    leaves = [bytes([(i * 37 + j) % 256 for j in range(i % 7)]) for i in range(260)]
    roots = [mth(leaves[:n]).hex() for n in range(261)]
    inclusion, consistency = [], []

    def include(name, leaf, index, size, proof, root):
        inclusion.append({
            "name": name, "leaf": leaf.hex(), "index": index, "size": size, "proof": [p.hex() for p in proof],
            "root": root.hex(), "valid": includes(leaf, index, size, proof, root)})

    def extend(name, first, first_root, second, second_root, proof):
        consistency.append({
            "name": name, "first": first, "firstRoot": first_root.hex(), "second": second,
            "secondRoot": second_root.hex(), "proof": [p.hex() for p in proof],
            "valid": extends(first, first_root, second, second_root, proof)})

    for index, size in [(0, 1), (0, 8), (5, 8), (2, 3), (1, 5), (6, 7), (255, 256), (256, 257), (70, 259)]:
        leaf, root, proof = sha(b"\x00", leaves[index]), mth(leaves[:size]), path(index, leaves[:size])
        for name, wrong in wrong_proofs(proof, root):
            include(f"{index} of {size}: {name}", leaf, index, size, wrong, root)
        for other_index, other_size in [
            (index - 1, size), (index ^ 2, size), (index + 1, size), (index + size, size), (index, size * 2),
            (index, size // 2), (index, 0), (index, 2**64 - 1), (2**63, 2**64 - 1)]:
            if other_index >= 0:
                include(f"{index} of {size}: as {other_index} of {other_size}", leaf, other_index, other_size, proof, root)
        include(f"{index} of {size}: another leaf", sha(b"\x00other"), index, size, proof, root)
        include(f"{index} of {size}: another root", leaf, index, size, proof, sha(b"other"))
    for first, second in [(1, 1), (1, 8), (6, 8), (2, 5), (4, 8), (7, 7), (3, 7), (255, 256), (256, 260), (129, 259)]:
        one, two = mth(leaves[:first]), mth(leaves[:second])
        proof = subproof(first, leaves[:second], True)
        for name, wrong in wrong_proofs(proof, one, two):
            extend(f"{first} to {second}: {name}", first, one, second, two, wrong)
        extend(f"{first} to {second}: roots swapped", first, two, second, one, proof)
        extend(f"{first} to {second}: first root wrong", first, sha(b"other"), second, two, proof)
        extend(f"{first} to {second}: second root wrong", first, one, second, sha(b"other"), proof)
        for a, b in [(first - 1, second), (first + 1, second), (first ^ 2, second), (first, second * 2),
                     (first, second // 2), (0, second), (first, 2**64 - 1), (2**63, 2**64 - 1)]:
            extend(f"{first} to {second}: as {a} to {b}", a, one, b, two, proof)
    for size in (0, 1, 9):
        extend(f"nothing to {size}", 0, sha(), size, mth(leaves[:size]), [])
        extend(f"nothing to {size}: wrong root", 0, sha(b"x"), size, mth(leaves[:size]), [])

    vectors = {
        "leaves": [leaf.hex() for leaf in leaves], "roots": roots, "inclusion": inclusion, "consistency": consistency}
    folder = pathlib.Path(__file__).parent.parent / "TransparencyLogTests" / "Vectors"
    (folder / "merkle.json").write_text(json.dumps(vectors, separators=(",", ":")) + "\n")
    print(len(inclusion), "inclusion,", len(consistency), "consistency;",
          sum(v["valid"] for v in inclusion), "and", sum(v["valid"] for v in consistency), "valid")


main()
