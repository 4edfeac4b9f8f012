"""Records of format 2, from docs/format.md, section 2 and 3: every record is decoded, and refused when it is not canonical."""
import hashlib
import struct

KINDS = {
    1: "space defined", 2: "image registered", 3: "profile opened", 4: "rank", 5: "like", 6: "unlike",
    7: "version minted", 8: "version recalled", 9: "model assigned", 10: "settings opened", 11: "settings changed",
    12: "code labeled", 13: "code revoked", 14: "code restored", 15: "taste reverted", 16: "event retracted",
    17: "version imported", 18: "code aliased", 19: "pick", 20: "skip", 21: "house pinned", 22: "taste reset",
    23: "fold adopted", 24: "profile changed", 25: "person erased", 26: "erasure scheduled", 27: "erasure cancelled"}
OPENING = {1, 3, 10, 25, 26}
PERSONAL = {3, 4, 5, 6, 7, 8, 10, 11, 15, 16, 19, 20, 21, 22, 23, 24, 26, 27}
PUBLIC = {1, 2, 9, 17, 18, 25}
EITHER = {12, 13, 14}
ERASED, PUBLIC_KIND = 1, 2


class Damage(Exception):
    """What is wrong with a store, and where."""


def crc32c(data, table=[]):
    if not table:
        for byte in range(256):
            for _ in range(8):
                byte = byte >> 1 ^ 0x82F63B78 if byte & 1 else byte >> 1
            table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


class Reader:
    """Fields from the front of some bytes."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        part = self.data[self.at : self.at + count]
        if len(part) != count:
            raise Damage("a field is cut off")
        self.at += count
        return part

    def rest(self):
        return self.take(len(self.data) - self.at)

    def u8(self):
        return self.take(1)[0]

    def varint(self, bits=64):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if value >> bits or (byte == 0 and shift > 7):
            raise Damage("a number that is too large, or not in its shortest form")
        return value

    def position(self):
        value = self.varint()
        if value == 0:
            raise Damage("a position that is 0")
        return value

    def text(self):
        return self.take(self.varint()).decode("utf-8")

    def numbers(self, count):
        return struct.unpack(f"<{count}h", self.take(2 * count))

    def end(self):
        if self.at != len(self.data):
            raise Damage("bytes after the last field")


def check_name(text, low, high):
    if not low <= len(text.encode()) <= high:
        raise Damage(f"a name of {len(text.encode())} bytes")
    return text


class Record:
    """One record, decoded whole: `kind` is None for an erased one of a person."""

    def __init__(self, data, position):
        self.position, self.data = position, data
        if len(data) < 15:
            raise Damage("shorter than a header")
        self.checksum, form, self.flags, self.time = struct.unpack_from("<IBBq", data)
        if self.checksum != crc32c(struct.pack("<Q", position) + data[4:]):
            raise Damage("its checksum does not match")
        if form != 2:
            raise Damage(f"record format {form}")
        if self.flags & ~3:
            raise Damage("unknown flags")
        self.is_erased, self.is_personal = bool(self.flags & ERASED), not self.flags & PUBLIC_KIND
        self.kind = self.stream = self.previous = self.salt = None
        self.revision, self.occurred_at, self.event_id = 0, None, None
        self.body = {}
        reader = Reader(data)
        reader.at = 14
        if self.is_personal:
            self.private_at = 14
            if self.is_erased:
                self.commitment = reader.take(32)
                reader.end()
                return
        self._fields(reader)
        if self.is_personal:
            self._personal(reader)
            reader.end()
        else:
            self._public(reader)

    def _fields(self, reader):
        byte = reader.u8()
        self.kind = byte & 63
        allowed = PERSONAL | EITHER if self.is_personal else PUBLIC | EITHER
        if self.kind not in allowed:
            raise Damage(f"the kind {self.kind} here")
        if self.kind in OPENING:
            if self.is_personal:
                self.salt = reader.take(16)
            self.stream, self.previous, self.revision = self.position, 0, 1
        else:
            self.stream = reader.position()
            distance = reader.varint()
            self.previous, self.revision = self.position - distance, reader.varint(32)
            if distance < 1 or not self.stream <= self.previous or self.revision < 2:
                raise Damage("links that do not lead back")
        if byte & 64:
            stored = reader.varint()
            distance = stored >> 1 if stored % 2 == 0 else -(stored >> 1) - 1
            occurred = (self.time // 1000 - distance + 2**63) % 2**64 - 2**63
            self.occurred_at = occurred
        if byte & 128:
            self.event_id = reader.take(16)

    def _personal(self, reader):
        kind, body = self.kind, self.body
        if kind == 3:
            body.update(space=reader.position(), user=reader.text(), profile=check_name(reader.text(), 1, 128))
            is_house = body["user"] == "" and body["profile"] == "house"
            check_name(body["user"], 0 if is_house else 1, 255)
        elif kind == 4:
            body.update(winner=reader.position(), loser=reader.position())
        elif kind in (5, 6):
            body.update(image=reader.position())
        elif kind == 7:
            body.update(covers=reader.varint(32), symbols=reader.u8(), house=reader.u8(), previous_mint=reader.varint())
            if not 12 <= body["symbols"] <= 30 or body["house"] > 1:
                raise Damage("a symbol count or a house that cannot be")
            if body["house"]:
                body.update(as_of=reader.position(), contributors=reader.varint(32))
            body.update(version=reader.rest())
        elif kind == 8:
            body.update(covers=reader.varint(32), previous_mint=reader.position(), mint=reader.position())
        elif kind == 10:
            body.update(space=reader.position(), user=check_name(reader.text(), 1, 255))
        elif kind == 11:
            body.update(flags=reader.u8())
            body["pinned"] = [(reader.position(), reader.varint()) for _ in range(reader.u8())]
            if body["flags"] & 4:
                profiles = []
                for _ in range(reader.u8()):
                    weight = reader.varint()
                    profiles.append((weight, check_name(reader.text(), 1, 128)))
                if not profiles or len(profiles) == 1 and profiles[0][0] == 1:
                    raise Damage("a list of profiles that is none")
            else:
                profiles = [(1, check_name(reader.text(), 1, 128))]
            body.update(profiles=profiles)
            weights = [weight for weight, _ in profiles] + [weight for _, weight in body["pinned"]]
            if body["flags"] > 7 or any(not 1 <= weight <= 1000 for weight in weights):
                raise Damage("settings that cannot be")
        elif kind == 12:
            body.update(mint=reader.position(), label=check_name(reader.text(), 0, 255))
        elif kind in (13, 14):
            body.update(mint=reader.position())
        elif kind == 15:
            body.update(mint=reader.position(), resumes_at=reader.varint())
        elif kind in (16, 23):
            body.update(event=reader.position())
        elif kind in (19, 20):
            count = reader.u8()
            chosen = reader.varint() if kind == 19 else 0
            shown = [reader.position() for _ in range(count)]
            if not 2 <= count <= 16 or len(set(shown)) != count:
                raise Damage("a slate that cannot be")
            if kind == 19 and not 0 < chosen < (1 << count) - 1:
                raise Damage("a choice of none or all")
            body.update(shown=shown, chosen=[chosen >> i & 1 for i in range(count)])
        elif kind == 21:
            body.update(mint=reader.varint(), threshold=reader.varint(32))
        elif kind == 24:
            body.update(flags=reader.u8(), reference=struct.unpack("<Q", reader.take(8))[0])
            body.update(label=check_name(reader.text(), 0, 255))
            if body["flags"] > 7 or body["reference"] >> 60:
                raise Damage("a profile that cannot be")
        elif kind == 26:
            body.update(user=check_name(reader.text(), 1, 255), due=struct.unpack("<q", reader.take(8))[0])
        elif kind == 27:
            body.update(user=check_name(reader.text(), 1, 255))

    def _public(self, reader):
        kind, body = self.kind, self.body
        if kind == 1:
            d, pairs = reader.varint(16), reader.varint(16)
            body.update(d=d, threshold=reader.varint(32), mean=reader.numbers(d))
            panel = [reader.numbers(d) for _ in range(2 * pairs)]
            body.update(panel=list(zip(panel[::2], panel[1::2])), name=check_name(reader.text(), 1, 128))
        elif kind == 2:
            body.update(id=check_name(reader.text(), 1, 255))
            body.update(embedding=reader.numbers(reader.varint(16)), author=None)
        elif kind == 9:
            body.update(default=reader.u8(), model=check_name(reader.text(), 1, 128))
            if body["default"] > 1:
                raise Damage("a default that is neither")
        elif kind in (13, 14):
            body.update(mint=reader.position())
        elif kind == 18:
            body.update(code=reader.text(), mint=reader.varint())
            if not 6 <= len(body["code"]) <= 11 or not all(c in "0123456789abcdefghijklmnopqrstuvwxyz" for c in body["code"]):
                raise Damage("no foreign code")
        elif kind == 25:
            body.update(person=reader.take(32))
            for field in ("streams", "records"):
                positions, last = [], 0
                for _ in range(reader.varint()):
                    last += reader.position()
                    positions.append(last)
                body[field] = positions
        self.private_at = reader.at
        if self.is_erased:
            if kind not in (2, 12, 17):
                raise Damage("a kind that has nothing to erase")
            self.commitment = reader.take(32)
            reader.end()
        elif kind in (12, 17) or kind == 2 and reader.at < len(self.data):
            self.salt = reader.take(16)
            if kind == 2:
                body.update(author=check_name(reader.rest().decode("utf-8"), 1, 255))
            elif kind == 12:
                body.update(mint=reader.position(), label=check_name(reader.text(), 0, 255))
                reader.end()
            else:
                body.update(symbols=reader.u8(), version=reader.rest())
                if not 12 <= body["symbols"] <= 30:
                    raise Damage("a symbol count that cannot be")
        else:
            reader.end()

    def entry(self, salt):
        """What the tree has of the record; `salt` is that of the stream's opening event for a record of a person."""
        public = bytearray(self.data[4 : self.private_at])
        public[1] &= ~ERASED
        private = self.data[self.private_at :]
        if self.is_erased:
            return bytes(public) + self.commitment
        if not private:
            return bytes(public) + bytes(32)
        salt = salt if self.is_personal else self.salt
        salt_p = hashlib.sha256(b"pstore.salt" + salt + struct.pack("<Q", self.position)).digest()[:16]
        return bytes(public) + hashlib.sha256(b"pstore.private" + salt_p + private).digest()


def from_opening(opening, position):
    """The record that a proof shows, or None when it shows only the public part of one that has more."""
    private = opening.private
    if private is None:
        if opening.commitment != bytes(32):
            return None
        private = b""
    body = opening.public + private
    return Record(struct.pack("<I", crc32c(struct.pack("<Q", position) + body)) + body, position)
