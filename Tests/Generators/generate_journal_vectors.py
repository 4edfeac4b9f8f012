#!/usr/bin/env python3
"""Writes the golden bytes of a journal group and of a checkpoint slot, from docs/format.md alone.

  generate_journal_vectors.py > Tests/EventLogTests/Vectors/journal.json
"""
import json
import pathlib
import struct


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def group(epoch, previous, first, records):
    lengths = b"".join(struct.pack("<I", len(record)) for record in records)
    body = lengths + b"".join(records)
    rest = struct.pack("<IQQQII", 40 + len(body), epoch, previous, first, len(records), 0) + body
    return struct.pack("<I", crc32c(rest)) + rest


def meta_page(page, transaction):
    header = struct.pack("<QHHI", page, 0, 0x08, 0)
    database = struct.pack("<IHHQQQQQ", 0, 0, 0, 0, 0, 0, 0, 2**64 - 1)
    free = struct.pack("<IHHQQQQQ", 4096, 8, 0, 0, 0, 0, 0, 2**64 - 1)
    return header + struct.pack("<IIQQ", 0xBEEFC0DE, 1, 0, 1 << 20) + free + database + struct.pack("<QQ", 1, transaction)


def slot(sequence, store, owner, process, state, taken, meta, note, scrubs):
    rest = b"PSCP" + struct.pack("<QQQIIq", sequence, store, owner, process, state, taken)
    rest += meta + struct.pack("<H", len(note)) + note
    rest += bytes(500 - len(rest)) + struct.pack("<Q", scrubs)
    return struct.pack("<I", crc32c(rest)) + rest


def main():
    vectors = pathlib.Path(__file__).parent.parent / "EventLogTests/Vectors/records.json"
    records = [bytes.fromhex(vector["bytes"]) for vector in json.loads(vectors.read_text())[:2]]
    golden = {
        "group": group(0x1112131415161718, 0x2122232425262728, 1, records).hex(),
        "slot": slot(7, 0x3132, 0x4142, 4321, 1, 1_700_000_000_000_000, meta_page(1, 5), bytes(range(40)), 3).hex(),
    }
    print(json.dumps(golden, indent=1))


main()
