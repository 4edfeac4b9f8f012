#!/usr/bin/env python3
"""Writes seeds for the fuzzers into FOLDER/NAME, from the golden vectors and the documentation.

    make_seeds.py FOLDER

Corpus/ holds what `run.sh` has minimised of these and of what it found; run this after a format has changed.
"""

import base64
import hashlib
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
DOCS = TESTS.parent / "docs"


def records():
    """Records with their position in place of the checksum, as FuzzRecord expects."""
    for vector in json.loads((TESTS / "EventLogTests/Vectors/records.json").read_text()):
        for text in filter(None, (vector["bytes"], vector["erased"])):
            yield vector["position"].to_bytes(4, "little") + bytes.fromhex(text)[4:]


def journal():
    """A group of the journal and a checkpoint slot; FuzzJournal puts their checksums right."""
    golden = json.loads((TESTS / "EventLogTests/Vectors/journal.json").read_text())
    for digits in golden.values():
        yield bytes.fromhex(digits)


def code_vector(name):
    """A multi-line string of CodeVectors.swift, which holds hexadecimal digits."""
    text = (TESTS / "CodeRegistryTests/CodeVectors.swift").read_text()
    digits = re.search(rf'static let {name} = """(.*?)"""', text, re.DOTALL).group(1)
    return bytes.fromhex(re.sub(r"[\\\s]", "", digits))


def versions():
    yield code_vector("version")
    yield code_vector("payload")
    golden = json.loads((TESTS / "TasteFoldTests/Resources/golden-vectors.json").read_text())
    payloads = [case["expect"]["bytes"] for case in golden["cases"]] + [golden["use"]["blend_1_2"]]
    header = code_vector("version")[:60]
    for payload in payloads:
        yield bytes.fromhex(payload)
        yield header + bytes.fromhex(payload)


def codes():
    text = (TESTS / "CodeRegistryTests/CodeVectors.swift").read_text()
    for digest, code in re.findall(r'\("([0-9a-f]{64})", \d+, "(\w+)"\)', text):
        yield from (digest.encode(), code.encode(), code.upper().encode())
    yield b"Q9WI-DFWF-O77Y-T"
    bundle = code_vector("bundle")
    yield bundle
    yield bundle[:-32]  # FuzzCode adds the checksum
    empty_label = bundle[:10] + b"\0\0" + bundle[12 + int.from_bytes(bundle[10:12], "little"):-32]
    yield empty_label + hashlib.sha256(empty_label).digest()


def proofs():
    """Notes and keys as they are, and the beginnings of proofs, to which FuzzProof adds a signed checkpoint."""
    yield "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".encode()
    signature = "\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    yield f"This is an example message.\n\n{signature}".encode()
    hashes = [base64.b64encode(hashlib.sha256(bytes([number])).digest()).decode() + "\n" for number in range(3)]
    yield f"example.com/foo\n3\n{hashes[0]}\n{signature}".encode()
    for first in ("old 5\n", "c2sp.org/tlog-proof@v1\nindex 4\n", "c2sp.org/tlog-proof@v1\nextra AAEC\nindex 0\n"):
        yield (first + "".join(hashes)).encode()
        yield first.encode()


def lines():
    page = (DOCS / "interchange.md").read_text()
    yield from (line.encode() for line in page.splitlines() if line.startswith("{"))
    profile = {"user": "u1", "space": "v6", "profile": "default"}
    stamp = {"position": 7, "recordedAt": "2024-05-01T12:00:00.000000Z"}
    code = {"code": "q9w1dfwf077yt"}
    version = {**code, "hash": hashlib.sha256(b"abc").hexdigest()}
    identified = {"at": 1714564800000, "eventID": "01234567-89ab-4cde-8f01-23456789abcd"}
    for line in (
        {"kind": "space", "name": "v6", "threshold": 40, "meanQ14": [256, -2], "panelQ14": [3, 4, 5, -6]},
        {"kind": "model", "space": "v6", "model": "6.1", "isDefault": True},
        {"kind": "image", "space": "v6", "id": "flowers/0", "author": None, "embeddingQ14": [9830, 13107]},
        {"kind": "image", "space": "v6", "id": "flowers/1", "embedding": [0.1, -1e-30, 3.5e20]},
        {"kind": "profile", **profile},
        {"kind": "settingsOpened", **profile},
        {"kind": "rank", **profile, "winner": "flowers/0", "loser": "flowers/1", **identified},
        {"kind": "like", **profile, "image": "flowers/0", "at": "1969-12-31T23:59:59.999999Z"},
        {"kind": "unlike", "user": "Žofie 🦊", "image": "flowers/0", "at": "2024-05-01T14:00:00+02:00"},
        {"kind": "pick", **profile, "chosen": ["flowers/0"], "shown": ["flowers/1", "flowers/0", "flowers/2"], **identified},
        {"kind": "skip", **profile, "shown": ["flowers/0", "flowers/1"]},
        {"kind": "reset", **profile},
        {"kind": "minted", **profile, **version, "foldedThrough": 42},
        {"kind": "recalled", **profile, **version, "foldedThrough": 43},
        {"kind": "label", **code, "label": "warm film look"},
        {"kind": "revoke", **code}, {"kind": "restore", **code}, {"kind": "revert", **code},
        {"kind": "retract", **profile, "event": 5},
        {"kind": "settings", **profile, "always": True, "pinned": [{**code, "weight": 2}]},
        {"kind": "alias", "space": "v6", "alias": "yfbxsj7", **version},
        {"kind": "unalias", "space": "v6", "alias": "yfbxsj7"},
        {"kind": "importedVersion", "space": "v6", **version, "bytes": "cHN0b3JlLnZlcnNpb24="},
    ):
        yield json.dumps({**line, **stamp}, ensure_ascii=False, separators=(",", ":")).encode()


def prompts():
    def unescape(text):
        text = re.sub(r"\\u\{(\w+)\}", lambda match: chr(int(match.group(1), 16)), text)
        text = re.sub(r"\\repeat\{(\d+)\}\{(.*?)\}", lambda match: match.group(2) * int(match.group(1)), text)
        return text.replace("\\n", "\n").replace("\\t", "\t").replace("\\|", "|")

    for line in (DOCS / "prompt.md").read_text().splitlines():
        match = re.match(r"\| `(.*?)` \|", line)
        if match:
            yield unescape(match.group(1)).encode()


def main():
    folder = pathlib.Path(sys.argv[1])
    makers = {
        "Record": records, "Journal": journal, "Version": versions, "Code": codes, "Proof": proofs, "Line": lines, "Prompt": prompts,
    }
    for name, make in makers.items():
        target = folder / f"Fuzz{name}"
        target.mkdir(parents=True, exist_ok=True)
        for seed in make():
            (target / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


if __name__ == "__main__":
    main()
