"""C2SP's signed notes, checkpoints and proofs, from docs/format.md and c2sp.org; Ed25519 by PyPI's cryptography."""
import base64
import hashlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import tree


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base 64 in another spelling")
    return data


class Key:
    """A verifier key: name+id+key."""

    def __init__(self, text):
        self.name, identifier, key = text.strip().split("+", 2)
        data = unbase64(key)
        if data[0] != 1 or len(data) != 33:
            raise ValueError("no Ed25519 key")
        self.id = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        if self.id.hex() != identifier:
            raise ValueError("the key's id does not fit")
        self.key = Ed25519PublicKey.from_public_bytes(data[1:])

    def verifies(self, text, signature):
        try:
            self.key.verify(signature, text.encode())
            return True
        except InvalidSignature:
            return False


class Checkpoint:
    """A signed checkpoint whose signature holds."""

    def __init__(self, note, key):
        text, _, signatures = note.rpartition("\n\n")
        text += "\n"
        lines = text.split("\n")
        self.origin, self.size, self.root = lines[0], int(lines[1]), unbase64(lines[2])
        if str(self.size) != lines[1] or len(self.root) != 32:
            raise ValueError("no checkpoint")
        if self.origin != key.name:
            raise ValueError(f"a checkpoint of {self.origin}")
        own = 0
        for line in signatures.rstrip("\n").split("\n"):
            dash, name, signature = line.split(" ")
            data = unbase64(signature)
            if dash == "\u2014" and name == key.name and data[:4] == key.id:
                if not key.verifies(text, data[4:]):
                    raise ValueError("the signature is wrong")
                own += 1
        if own == 0:
            raise ValueError("no signature of the key")


class Opening:
    """What a proof shows of a record (docs/format.md, "Proof files")."""

    def __init__(self, data):
        if data[0] != 1:
            raise ValueError(f"opening format {data[0]}")
        length = struct.unpack_from("<I", data, 1)[0]
        at = 5 + length
        self.public = data[5:at]
        if len(self.public) != length:
            raise ValueError("an opening that is cut off")
        if data[at] == 1:
            self.salt, self.private = data[at + 1 : at + 17], data[at + 17 :]
            if len(self.salt) != 16:
                raise ValueError("an opening that is cut off")
            self.commitment = hashlib.sha256(b"pstore.private" + self.salt + self.private).digest()
        elif data[at] == 0 and len(data) == at + 33:
            self.private, self.commitment = None, data[at + 1 :]
        else:
            raise ValueError("an opening that is neither open nor closed")

    @property
    def entry(self):
        return self.public + self.commitment


def check_event(text, key):
    """Checks a proof of an event; returns its position, its opening and the checkpoint."""
    lines = text.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1":
        raise ValueError("no proof")
    extra = unbase64(lines[1].removeprefix("extra "))
    index = int(lines[2].removeprefix("index "))
    end = lines.index("", 3)
    hashes = [unbase64(line) for line in lines[3:end]]
    checkpoint = Checkpoint("\n".join(lines[end + 1 :]), key)
    opening = Opening(extra)
    if tree.root_from_inclusion(tree.leaf(opening.entry), index, checkpoint.size, hashes) != checkpoint.root:
        raise ValueError("the proof does not lead to the root")
    return index + 1, opening, checkpoint


def check_consistency(text, key, earlier):
    """Checks that a log extends an earlier checkpoint; returns the later one."""
    lines = text.split("\n")
    size = int(lines[0].removeprefix("old "))
    end = lines.index("")
    hashes = [unbase64(line) for line in lines[1:end]]
    checkpoint = Checkpoint("\n".join(lines[end + 1 :]), key)
    if size != earlier.size or not tree.is_consistent(size, earlier.root, checkpoint.size, checkpoint.root, hashes):
        raise ValueError("the log does not extend the earlier checkpoint")
    return checkpoint
