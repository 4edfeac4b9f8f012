#!/usr/bin/env python3
"""Golden bytes of log records, written from docs/format.md alone, without the Swift code.

  python3 generate_record_vectors.py > ../EventLogTests/Vectors/records.json

Each vector has the position, the record in hexadecimal, what it becomes when it is erased (or null), its entry and its leaf
in the tree, which are the same for both, and what it says, in the words of the Swift test.
"""
import hashlib
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


def varint(value: int) -> bytes:
    """Unsigned LEB128, shortest form."""
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def varints(*values: int) -> bytes:
    return b"".join(varint(value) for value in values)


def text(value: str) -> bytes:
    data = value.encode()
    return varint(len(data)) + data


def i16(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}h", *values)


def ascending(positions: list[int]) -> bytes:
    out, last = varint(len(positions)), 0
    for position in positions:
        out += varint(position - last)
        last = position
    return out


OPENING = {1, 3, 10, 25, 26}
PUBLIC = {1, 2, 9, 17, 18, 25}


def salt(name: str) -> bytes:
    """The test's salts: for every vector that has one, the first 16 bytes of SHA-256 of its name."""
    return hashlib.sha256(name.encode()).digest()[:16]


def sealed(position: int, rest: bytes) -> bytes:
    return struct.pack("<I", crc32c(struct.pack("<Q", position) + rest)) + rest


def vector(name, position, kind, stream=None, previous=None, revision=None, body=b"", private=b"", recorded_at=1_700_000_000_000_000,
           occurred_at=None, event_id=None, of_space=False, stream_salt=None):
    """Sections 2 to 4 of docs/format.md. `private` is what a record that is no person's keeps private, after its salt."""
    is_public = kind in PUBLIC or of_space
    fields = bytes([kind | (0x40 if occurred_at is not None else 0) | (0x80 if event_id else 0)])
    if kind in OPENING:
        if not is_public:
            fields += salt(name)
    else:
        fields += varints(stream, position - previous, revision)
    if occurred_at is not None:
        distance = recorded_at // 1000 - occurred_at
        fields += varint((distance << 1 if distance >= 0 else (-distance << 1) - 1) % 2**64)
    if event_id:
        fields += uuid.UUID(event_id).bytes
    head = struct.pack("<BBq", 2, 2 if is_public else 0, recorded_at)
    if is_public:
        public, hidden = head + fields + body, salt(name) + private if private else b""
        own_salt = salt(name)
    else:
        public, hidden = head, fields + body
        own_salt = salt(name) if kind in OPENING else salt(stream_salt)
    commitment = bytes(32)
    if hidden:
        record_salt = hashlib.sha256(b"pstore.salt" + own_salt + struct.pack("<Q", position)).digest()[:16]
        commitment = hashlib.sha256(b"pstore.private" + record_salt + hidden).digest()
    entry = public + commitment
    erased = sealed(position, public[:1] + bytes([public[1] | 1]) + public[2:] + commitment) if hidden else None
    return {
        "name": name, "position": position, "bytes": sealed(position, public + hidden).hex(),
        "erased": erased.hex() if erased else None, "salt": own_salt.hex() if hidden else None, "entry": entry.hex(),
        "leaf": hashlib.sha256(b"\0" + entry).hexdigest()}


EVENT_ID = "01234567-89ab-4cde-8f01-23456789abcd"
VERSION = bytes(range(64))
PERSON = hashlib.sha256(b"person").digest()


def of_profile(name, position, kind, previous, revision, body=b"", **fields):
    return vector(name, position, kind, 4, previous, revision, body, stream_salt="profileOpened", **fields)


def of_settings(name, position, previous, revision, body):
    return vector(name, position, 11, 12, previous, revision, body, stream_salt="settingsOpened")


def of_house(name, position, kind, previous, revision, body):
    return vector(name, position, kind, 23, previous, revision, body, stream_salt="houseOpened")


VECTORS = [
    vector("spaceDefined", 1, 1, body=varints(2, 1, 40) + i16([1, -2]) + i16([3, 4, 5, -6]) + text("v6")),
    vector("imageRegistered", 2, 2, 1, 1, 2, text("flowers/0") + varint(2) + i16([16384, -1]), b"u7"),
    vector("imageWithoutAuthor", 3, 2, 1, 2, 3, text("žluť") + varint(2) + i16([0, 0])),
    vector("profileOpened", 4, 3, body=varint(1) + text("u1") + text("default")),
    of_profile("rank", 5, 4, 4, 2, varints(2, 3)),
    of_profile("rankWithTimeAndID", 6, 4, 5, 3, varints(3, 2), occurred_at=-5, event_id=EVENT_ID),
    of_profile("like", 7, 5, 6, 4, varint(2), occurred_at=1_600_000_000_000),
    of_profile("likeFromTheFuture", 7, 5, 6, 4, varint(2), occurred_at=1_700_000_000_001),
    of_profile("likeAtTheEndOfTime", 7, 5, 6, 4, varint(2), recorded_at=-1, occurred_at=2**63 - 1),
    of_profile("unlike", 8, 6, 7, 5, varint(2), event_id=EVENT_ID),
    of_profile("versionMinted", 9, 7, 8, 6, varint(5) + bytes([12, 0]) + varint(0) + VERSION),
    of_profile("versionRecalled", 10, 8, 9, 7, varints(6, 9, 9)),
    vector("modelAssigned", 11, 9, 1, 3, 4, bytes([1]) + text("6.1")),
    vector("settingsOpened", 12, 10, body=varint(1) + text("u1")),
    of_settings("settingsChanged", 13, 12, 2, bytes([1, 1]) + varints(9, 1000) + text("default")),
    of_profile("codeLabeled", 14, 12, 10, 8, varint(9) + text("warm film look")),
    of_profile("codeRevoked", 15, 13, 14, 9, varint(9)),
    of_profile("codeRestored", 16, 14, 15, 10, varint(9)),
    of_profile("tasteReverted", 17, 15, 16, 11, varints(9, 8)),
    of_profile("eventRetracted", 18, 16, 17, 12, varint(5)),
    vector("versionImported", 19, 17, 1, 11, 5, private=bytes([13]) + VERSION),
    vector("importLabeled", 20, 12, 1, 19, 6, private=varint(19) + text("from afar"), of_space=True),
    vector("importTakenDown", 21, 13, 1, 20, 7, varint(19), of_space=True),
    vector("importPutBack", 22, 14, 1, 21, 8, varint(19), of_space=True),
    vector("codeAliased", 20, 18, 1, 19, 6, text("yfbxsj7") + varint(9)),
    vector("aliasRemoved", 21, 18, 1, 20, 7, text("yfbxsj7") + varint(0)),
    of_profile("pick", 20, 19, 18, 13, bytes([3]) + varints(5, 3, 1, 2)),
    of_profile("skip", 21, 20, 20, 14, bytes([2]) + varints(2, 3), event_id=EVENT_ID),
    of_profile("tasteReset", 22, 22, 21, 15),
    of_profile("foldAdopted", 23, 23, 22, 16, varint(21)),
    of_house("houseMinted", 24, 7, 23, 2, varint(1) + bytes([12, 1]) + varints(0, 22, 20) + VERSION),
    of_house("housePinned", 25, 21, 24, 3, varints(24, 10)),
    of_house("noHousePinned", 26, 21, 25, 4, varints(0, 0)),
    of_settings("settingsWithoutHouse", 27, 13, 3, bytes([2, 0]) + text("default")),
    of_profile("profileChanged", 28, 24, 23, 17, struct.pack("<BQ", 6, 0x0123456789ABCDE) + text("Warm evenings"), event_id=EVENT_ID),
    of_profile("boardMade", 30, 24, 4, 2, struct.pack("<BQ", 1, (1 << 60) - 1) + text("")),
    of_settings("severalProfiles", 31, 27, 4, bytes([5, 1]) + varints(9, 1000) + bytes([2]) + varint(3) + text("default") + varint(1) + text("evenings")),
    of_settings("oneWeighedProfile", 32, 31, 5, bytes([4, 0, 1]) + varint(2) + text("default")),
    vector("erasureScheduled", 28, 26, body=text("u1") + struct.pack("<q", 1_700_000_000_000_000)),
    vector("erasureCancelled", 29, 27, 28, 28, 2, text("u1"), stream_salt="erasureScheduled"),
    vector("personErased", 300, 25, body=PERSON + ascending([4, 12, 288]) + ascending([2])),
    of_profile("farApart", 3_000_000_000, 4, 5, 200, varints(2_900_000_000, 300)),
]

if __name__ == "__main__":
    print(json.dumps(VECTORS, indent=1))
