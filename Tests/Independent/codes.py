"""Codes, profile digests and version bytes, from docs/format-codes.md and docs/format.md."""
import hashlib
import struct

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _times_alpha(value):
    value <<= 1
    return value ^ 37 if value >= 32 else value


def code(digest, symbol_count):
    """The code of a hash: so many symbols of its first bits, and a check symbol."""
    number = int.from_bytes(digest, "big")
    symbols = [number >> (256 - 5 * (i + 1)) & 31 for i in range(symbol_count)]
    check = 0
    for symbol in symbols:
        check = _times_alpha(check) ^ symbol
    return "".join(ALPHABET[symbol] for symbol in [*symbols, _times_alpha(check)])


def short(text):
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<H", len(data)) + data


def profile_digest(secret, user, space, profile):
    tag = b"pstore.profile" + bytes(2)
    return hashlib.sha256(tag + secret + short(user) + short(space) + short(profile)).digest()


def reference_bits(digest):
    """The number that the reference of the profile with this digest spells."""
    return int.from_bytes(_reference_hash(digest)[:8], "big") >> 4


def reference(digest):
    """The reference of the profile with this digest."""
    return "u" + code(_reference_hash(digest), 12)


def _reference_hash(digest):
    return hashlib.sha256(b"pstore.reference" + bytes(2) + digest).digest()


class Version:
    """The fields of canonical version bytes; refuses bytes that are not canonical."""

    def __init__(self, data):
        if data[:16] != b"pstore.version" + bytes(2):
            raise ValueError("no version bytes")
        form, reserved = struct.unpack_from("<HH", data, 16)
        if form != 1 or reserved != 0:
            raise ValueError(f"version format {form}, reserved {reserved}")
        self.data = data
        self.profile = data[20:52]
        self.rankings, self.likes = struct.unpack_from("<II", data, 52)
        self.payload = data[60:]
        self.fold = data[60:64]
        self.space = data[64:96]
        at = 96
        if self.fold not in (b"DL1\0", b"HP1\0", b"HM1\0"):
            raise ValueError(f"fold {self.fold}")
        self.house = None
        if self.fold == b"HP1\0":
            self.house = data[at : at + 32]
            at += 32
        d, self.comparisons, self.gain, self.confidence = struct.unpack_from("<HIIH", data, at)
        self.direction = list(struct.unpack_from(f"<{d}h", data, at + 12))
        if len(data) != at + 12 + 2 * d:
            raise ValueError("version bytes of another length")
        self.hash = hashlib.sha256(data).digest()


def version_bytes(profile, rankings, likes, payload):
    """Version bytes put together."""
    return b"pstore.version" + bytes(2) + struct.pack("<HH", 1, 0) + profile + struct.pack("<II", rankings, likes) + payload
