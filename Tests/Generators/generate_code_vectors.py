#!/usr/bin/env python3
"""Test vectors of codes, profile digests, references, versions and bundles, computed from the format's text alone.

    generate_code_vectors.py swift                the Swift source Tests/CodeRegistryTests/CodeVectors.swift
    generate_code_vectors.py markdown             the tables of codes and references in the format's documentation
    generate_code_vectors.py check F              fails unless every row of those tables is in the Markdown file F
    generate_code_vectors.py reference U S P      the reference of a profile with the secret 00 01 … 1f

Shares nothing with the Swift sources: field elements are multiplied as polynomials, the check symbol is found by
trying all 32, and coefficients are powers found by repeated multiplication.
"""
import hashlib
import struct
import sys

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def multiply(a, b):
    """The product in GF(2)[x] / (x^5 + x^2 + 1)."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(9, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


POWERS = [1]
while len(POWERS) < 31:
    POWERS.append(multiply(POWERS[-1], 2))
assert sorted(POWERS) == list(range(1, 32)) and multiply(POWERS[-1], 2) == 1


def holds(symbols):
    total = 0
    for place, symbol in enumerate(reversed(symbols)):
        total ^= multiply(POWERS[place], symbol)
    return total == 0


def code(digest, symbol_count=12):
    bits = "".join(f"{byte:08b}" for byte in digest)
    symbols = [int(bits[5 * i:5 * i + 5], 2) for i in range(symbol_count)]
    check = [c for c in range(32) if holds(symbols + [c])]
    assert len(check) == 1
    return "".join(ALPHABET[symbol] for symbol in symbols + check)


def short_text(text):
    data = text.encode()
    return struct.pack("<H", len(data)) + data


def profile_digest(secret, user, space, profile):
    tag = b"pstore.profile\0\0"
    return hashlib.sha256(tag + secret + b"".join(map(short_text, (user, space, profile)))).digest()


def reference(digest):
    """`u`, and what a code of the hash is."""
    return "u" + code(hashlib.sha256(b"pstore.reference\0\0" + digest).digest())


def version(digest, rankings, likes, payload):
    return b"pstore.version\0\0" + struct.pack("<HH", 1, 0) + digest + struct.pack("<II", rankings, likes) + payload


def bundle(version_bytes, label):
    body = b"PSBUNDLE" + struct.pack("<H", 1) + short_text(label)
    body += struct.pack("<I", len(version_bytes)) + version_bytes
    return body + hashlib.sha256(body).digest()


def code_rows():
    digests = [bytes(32), b"\xff" * 32, bytes(range(32)), b"\x80" + bytes(31), bytes(7) + b"\x10" + bytes(24)]
    texts = ["", "abc", "a", "personalization", "warm film look"] + [f"version {n}" for n in range(1, 8)]
    digests += [hashlib.sha256(text.encode()).digest() for text in texts]
    rows = [(digest, 12) for digest in digests]
    rows += [(digests[6], count) for count in (13, 14, 23, 24, 25, 29, 30)]
    return [(digest.hex(), count, code(digest, count)) for digest, count in rows]


def profile_rows():
    secret = bytes(range(32))
    names = [("ann", "v6", "default"), ("an", "nv6", "default"), ("", "", ""), ("Žofie 🦊", "niji6", "večer")]
    return [(*row, profile_digest(secret, *row)) for row in names]


def reference_rows():
    """Of the profiles above, and of some others of a user."""
    rows = profile_rows()
    secret = bytes(range(32))
    names = [("ann", "v6", "evenings"), ("ann", "niji6", "default"), ("ben", "v6", "default"), ("ben", "v6", "Ben's")]
    rows += [(*row, profile_digest(secret, *row)) for row in names]
    return [(user, space, profile, digest.hex(), reference(digest)) for user, space, profile, digest in rows]


def version_row():
    """A version of three dimensions: fold id, space id, d, comparisons, gain, confidence, direction."""
    payload = b"DL1\0" + hashlib.sha256(b"space").digest() + struct.pack("<HIIH3h", 3, 7, 2048, 731, 16384, -1, 0)
    return payload, version(profile_rows()[0][3], 5, 2, payload)


def swift_literal(name, data):
    """A constant of hexadecimal digits, 96 a line; a backslash joins the lines."""
    digits = data.hex()
    pieces = [digits[start:start + 96] for start in range(0, len(digits), 96)]
    joined = "\\\n        ".join(pieces)
    return f'    static let {name} = """\n        {joined}\n        """'


def swift():
    lines = [
        "// Written by Tests/Generators/generate_code_vectors.py; do not edit.",
        "",
        "enum CodeVectors {",
        "    static let codes: [(digest: String, symbolCount: Int, code: String)] = [",
    ]
    lines += [f'        ("{digest}", {count}, "{text}"),' for digest, count, text in code_rows()]
    lines += ["    ]", "", "    /// Of the secret 00 01 … 1f."]
    lines += ["    static let profiles: [(user: String, space: String, profile: String, digest: String)] = ["]
    lines += [f'        ("{u}", "{s}", "{p}", "{d.hex()}"),' for u, s, p, d in profile_rows()]
    lines += ["    ]", "", "    /// Of the same secret."]
    lines += ["    static let references: [(user: String, space: String, profile: String, digest: String, reference: String)] = ["]
    lines += [f'        ("{u}", "{s}", "{p}", "{d}", "{r}"),' for u, s, p, d, r in reference_rows()]
    payload, data = version_row()
    lines += [
        "    ]",
        "",
        "    /// Of the first profile above, 5 rankings and 2 likes.",
    ]
    lines += [
        swift_literal("payload", payload),
        swift_literal("version", data),
        swift_literal("versionHash", hashlib.sha256(data).digest()),
        swift_literal("bundle", bundle(data, "warm film look")),
    ]
    lines += [f'    static let versionCode = "{code(hashlib.sha256(data).digest())}"', "}"]
    return "\n".join(lines)


def markdown():
    rows = [f"| `{digest}` | {count} | `{text}` |" for digest, count, text in code_rows()]
    def cell(name):
        return f" `{name}` |" if name else " |"

    references = ["|" + "".join(map(cell, (u, s, p, r))) for u, s, p, _, r in reference_rows()]
    return "\n".join(
        ["| SHA-256 | symbols | code |", "|---|---|---|", *rows, "",
         "| user | space | profile | reference |", "|---|---|---|---|", *references])


def main():
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "swift":
        print(swift())
    elif command == "markdown":
        print(markdown())
    elif command == "reference" and len(sys.argv) == 5:
        print(reference(profile_digest(bytes(range(32)), *sys.argv[2:])))
    elif command == "check" and len(sys.argv) == 3:
        with open(sys.argv[2], encoding="utf-8") as file:
            lines = set(file.read().splitlines())
        missing = [row for row in markdown().splitlines() if row not in lines]
        for row in missing:
            print("missing:", row)
        sys.exit(1 if missing else 0)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
