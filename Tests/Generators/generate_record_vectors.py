#!/usr/bin/env python3
"""Golden bytes of log records, written from docs/format.md alone, without the Swift code.

  python3 generate_record_vectors.py > ../EventLogTests/Vectors/records.json

Each vector has the position, the record in hexadecimal, and what it says, in the words of the Swift test.
"""
import json
import struct
import uuid

CRC_POLYNOMIAL = 0x82F63B78


def crc32c(data: bytes) -> int:
    """CRC-32C, bit by bit: slow and obviously right."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ CRC_POLYNOMIAL if crc & 1 else crc >> 1
    return crc ^ 0xFFFFFFFF


def short_text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<H", len(data)) + data


def i16(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)


def record(position, kind, stream, previous, version, body, recorded_at=1_700_000_000_000_000, occurred_at=None,
           event_id=None) -> str:
    """Section 2 of docs/format.md."""
    flags = (1 if occurred_at is not None else 0) | (2 if event_id else 0)
    rest = struct.pack("<BBBBqQQI", 1, kind, flags, 0, recorded_at, stream, previous, version)
    if occurred_at is not None:
        rest += struct.pack("<q", occurred_at)
    if event_id:
        rest += uuid.UUID(event_id).bytes
    rest += body
    return (struct.pack("<I", crc32c(struct.pack("<Q", position) + rest)) + rest).hex()


EVENT_ID = "01234567-89ab-4cde-8f01-23456789abcd"
VERSION = bytes(range(64))
VECTORS = [
    ("spaceDefined", 1, record(1, 1, 1, 0, 1, struct.pack("<HHI", 2, 1, 40) + i16([1, -2]) + i16([3, 4, 5, -6]) + short_text("v6"))),
    ("imageRegistered", 2, record(2, 2, 1, 1, 2, struct.pack("<HHH", 2, 2, 9) + i16([16384, -1]) + b"u7" + b"flowers/0")),
    ("imageWithoutAuthor", 3, record(3, 2, 1, 2, 3, struct.pack("<HHH", 2, 65535, 6) + i16([0, 0]) + "žluť".encode())),
    ("profileOpened", 4, record(4, 3, 4, 0, 1, struct.pack("<Q", 1) + short_text("u1") + short_text("default"))),
    ("rank", 5, record(5, 4, 4, 4, 2, struct.pack("<QQ", 2, 3))),
    ("rankWithTimeAndID", 6, record(6, 4, 4, 5, 3, struct.pack("<QQ", 3, 2), occurred_at=-5, event_id=EVENT_ID)),
    ("like", 7, record(7, 5, 4, 6, 4, struct.pack("<Q", 2), occurred_at=1_600_000_000_000)),
    ("unlike", 8, record(8, 6, 4, 7, 5, struct.pack("<Q", 2), event_id=EVENT_ID)),
    ("versionMinted", 9, record(9, 7, 4, 8, 6, struct.pack("<IBBQ", 5, 12, 0, 0) + VERSION)),
    ("versionRecalled", 10, record(10, 8, 4, 9, 7, struct.pack("<IQQ", 6, 9, 9))),
    ("modelAssigned", 11, record(11, 9, 1, 3, 4, struct.pack("<BB", 1, 0) + short_text("6.1"))),
    ("settingsOpened", 12, record(12, 10, 12, 0, 1, struct.pack("<Q", 1) + short_text("u1"))),
    ("settingsChanged", 13, record(13, 11, 12, 12, 2, struct.pack("<BBQH", 1, 1, 9, 1000) + short_text("default"))),
    ("codeLabeled", 14, record(14, 12, 4, 10, 8, struct.pack("<Q", 9) + short_text("warm film look"))),
    ("codeRevoked", 15, record(15, 13, 4, 14, 9, struct.pack("<Q", 9))),
    ("codeRestored", 16, record(16, 14, 4, 15, 10, struct.pack("<Q", 9))),
    ("tasteReverted", 17, record(17, 15, 4, 16, 11, struct.pack("<QQ", 9, 8))),
    ("eventRetracted", 18, record(18, 16, 4, 17, 12, struct.pack("<Q", 5))),
    ("versionImported", 19, record(19, 17, 1, 11, 5, struct.pack("<BB", 13, 0) + VERSION)),
    ("codeAliased", 20, record(20, 18, 1, 19, 6, short_text("yfbxsj7") + struct.pack("<Q", 9))),
    ("aliasRemoved", 21, record(21, 18, 1, 20, 7, short_text("yfbxsj7") + struct.pack("<Q", 0))),
    ("pick", 20, record(20, 19, 4, 18, 13, struct.pack("<BBHQQQ", 3, 0, 5, 3, 1, 2))),
    ("skip", 21, record(21, 20, 4, 20, 14, struct.pack("<BBQQ", 2, 0, 2, 3), event_id=EVENT_ID)),
    ("tasteReset", 22, record(22, 22, 4, 21, 15, b"")),
    ("foldAdopted", 23, record(23, 23, 4, 22, 16, struct.pack("<Q", 21))),
    ("houseMinted", 24, record(24, 7, 23, 23, 2, struct.pack("<IBBQQI", 1, 12, 1, 0, 22, 20) + VERSION)),
    ("housePinned", 25, record(25, 21, 23, 24, 3, struct.pack("<QI", 24, 10))),
    ("noHousePinned", 26, record(26, 21, 23, 25, 4, struct.pack("<QI", 0, 0))),
    ("settingsWithoutHouse", 27, record(27, 11, 12, 13, 3, struct.pack("<BB", 2, 0) + short_text("default"))),
]

if __name__ == "__main__":
    print(json.dumps([{"name": n, "position": p, "bytes": b} for n, p, b in VECTORS], indent=1))
