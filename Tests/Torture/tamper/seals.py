"""Changes records and derived rows as somebody would who knows the format, and makes their checksums right again.

Written from docs/format.md: a record's checksum is CRC-32C over its position and all of its bytes from the fourth on; a
derived row's over the projection's version, the table's name, the key with its length before it, and the row.
"""
import struct

import pages


def change(database, data, generator, number):
    """A changed copy of the file: what was changed, in words, and ``(description, bytes)``."""
    copy = bytearray(data)
    kind = ("record", "row", "checkpoint")[number % 3]
    if kind == "record":
        text = _change_record(database, copy, generator)
    else:
        tables = [name for name in database.entries if database.entries[name]
                  and (_is_derived(name) if kind == "row" else name.startswith("checkpoints"))]
        text = _change_row(database, copy, generator, generator.choice(sorted(tables)))
    return kind, (text, bytes(copy))


def _is_derived(name):
    return name.endswith((".a", ".b"))


def _change_record(database, copy, generator):
    key, offset, length, _ = generator.choice(database.entries["log"])
    at, text = _mutate(copy, offset + 4, length - 4, generator)
    position = struct.unpack("<Q", key)[0]
    seal(copy, offset, length, key)
    return f"record {position}, byte {at - offset}: {text}"


def seal(copy, offset, length, key):
    """Makes a record's checksum right."""
    struct.pack_into("<I", copy, offset, pages.crc32c(key + bytes(copy[offset + 4 : offset + length])))


def _change_row(database, copy, generator, table):
    key, offset, length, _ = generator.choice(database.entries[table])
    at, text = _mutate(copy, offset + 4, length - 4, generator)
    seal_row(copy, offset, length, table, key)
    return f"row of {table}, byte {at - offset}: {text}"


def seal_row(copy, offset, length, table, key):
    """Makes a derived row's checksum right."""
    name, version = (table, 0) if table.startswith("checkpoints") else (table.split(".")[0], int(table.split(".")[1]))
    text = struct.pack("<Q", version) + name.encode() + struct.pack("<Q", len(key)) + key
    struct.pack_into("<I", copy, offset, pages.crc32c(text + bytes(copy[offset + 4 : offset + length])))


def _mutate(copy, start, length, generator):
    """Changes some of the bytes, mostly as a field: a small step, an extreme, a bit, or noise."""
    width = generator.choice([w for w in (1, 2, 4, 8) if w <= length])
    at = start + generator.randrange(length - width + 1)
    old = int.from_bytes(copy[at : at + width], "little")
    top = 256**width - 1
    new = generator.choice([
        old ^ 1 << generator.randrange(8 * width), (old + 1) & top, (old - 1) & top, 0, 1, top, top >> 1,
        generator.randrange(top + 1)])
    copy[at : at + width] = new.to_bytes(width, "little")
    return at, f"{old:#x} to {new:#x} in {width} bytes"
