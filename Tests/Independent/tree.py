"""RFC 9162 trees by their recursive definition (sections 2.1.1 to 2.1.4), and the verification of proofs by it."""
import hashlib


def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(count):
    """The largest power of two that is less than the count."""
    return 1 << (count - 1).bit_length() - 1


class Tree:
    """A tree over leaves, with the roots of its perfect subtrees remembered."""

    def __init__(self, leaves):
        self.leaves = leaves
        self.known = {}

    def root(self, start=0, end=None):
        end = len(self.leaves) if end is None else end
        count = end - start
        if count == 0:
            return hashlib.sha256(b"").digest()
        if count == 1:
            return self.leaves[start]
        if (start, end) not in self.known:
            middle = start + split(count)
            self.known[start, end] = node(self.root(start, middle), self.root(middle, end))
        return self.known[start, end]


def root_from_inclusion(leaf_hash, index, size, proof):
    """The root that an inclusion proof leads to; raises ValueError when it has too few or too many hashes."""
    if not 0 <= index < size:
        raise ValueError("the index is not in the tree")
    if size == 1:
        if proof:
            raise ValueError("too many hashes")
        return leaf_hash
    if not proof:
        raise ValueError("too few hashes")
    middle = split(size)
    if index < middle:
        return node(root_from_inclusion(leaf_hash, index, middle, proof[:-1]), proof[-1])
    return node(proof[-1], root_from_inclusion(leaf_hash, index - middle, size - middle, proof[:-1]))


def roots_from_consistency(first, size, proof, first_root, is_whole=True):
    """The roots of the smaller and the larger tree that a consistency proof leads to."""
    if first == size:
        if is_whole:
            if proof:
                raise ValueError("too many hashes")
            return first_root, first_root
        if len(proof) != 1:
            raise ValueError("a wrong number of hashes")
        return proof[0], proof[0]
    if not proof:
        raise ValueError("too few hashes")
    middle = split(size)
    if first <= middle:
        small, large = roots_from_consistency(first, middle, proof[:-1], first_root, is_whole)
        return small, node(large, proof[-1])
    small, large = roots_from_consistency(first - middle, size - middle, proof[:-1], first_root, False)
    return node(proof[-1], small), node(proof[-1], large)


def is_consistent(first, first_root, size, root, proof):
    if first == 0:
        return not proof and first_root == hashlib.sha256(b"").digest()
    if first > size:
        return False
    try:
        return roots_from_consistency(first, size, proof, first_root) == (first_root, root)
    except ValueError:
        return False
