"""Reads LMDB 0.9's data format from a file's bytes: which page belongs to what, and where each entry's value is.

Written from LMDB's format alone; shares nothing with the store's own reader.
"""
import struct

PAGE = 4096
BRANCH, LEAF, OVERFLOW, META = 0x01, 0x02, 0x04, 0x08
BIG_DATA, SUB_DATA = 0x01, 0x02
NO_PAGE = 2**64 - 1


class Database:
    """The pages of a data file, as of its newest meta page."""

    def __init__(self, data):
        self.data = data
        metas = [self._meta(page * PAGE) for page in (0, 1)]
        self.meta = max(metas, key=lambda meta: meta["transaction"])
        self.owner = {0: "meta page", 1: "meta page"}
        self.entries = {}  # tree name -> [(key bytes, value offset, value length)]
        self._walk("free list", self.meta["free"])
        self._walk("main", self.meta["main"])
        for key, offset, length, is_table in list(self.entries.get("main", [])):
            if is_table and length == 48:
                self._walk(key.decode(), struct.unpack_from("<Q", data, offset + 40)[0])
        self.free = set()
        for _, offset, _, _ in self.entries.get("free list", []):
            count = struct.unpack_from("<Q", data, offset)[0]
            self.free.update(struct.unpack_from(f"<{count}Q", data, offset + 8))

    def _meta(self, base):
        free, main = (struct.unpack_from("<Q", self.data, base + at)[0] for at in (80, 128))
        last, transaction = struct.unpack_from("<QQ", self.data, base + 136)
        return {"free": free, "main": main, "last": last, "transaction": transaction}

    def _walk(self, tree, root):
        entries = self.entries.setdefault(tree, [])
        stack = [] if root == NO_PAGE else [root]
        while stack:
            page = stack.pop()
            base = page * PAGE
            self.owner[page] = tree
            flags, lower = struct.unpack_from("<HH", self.data, base + 10)
            for index in range((lower - 16) // 2):
                node = base + struct.unpack_from("<H", self.data, base + 16 + 2 * index)[0]
                low, high, node_flags, key_size = struct.unpack_from("<HHHH", self.data, node)
                if flags & BRANCH:
                    stack.append(low | high << 16 | node_flags << 32)
                    continue
                key = bytes(self.data[node + 8 : node + 8 + key_size])
                offset, length = node + 8 + key_size, low | high << 16
                if node_flags & BIG_DATA:
                    first = struct.unpack_from("<Q", self.data, offset)[0]
                    count = (length + 16 + PAGE - 1) // PAGE
                    for number in range(first, first + count):
                        self.owner[number] = tree
                    offset = first * PAGE + 16
                entries.append((key, offset, length, bool(node_flags & SUB_DATA)))

    def area(self, page):
        """What a page is part of, in the words of the report."""
        tree = self.owner.get(page)
        if tree is None:
            return "free page" if page in self.free else "unused page"
        if tree in ("meta page", "free list", "log", "meta"):
            return tree
        if tree.startswith("checkpoints"):
            return "checkpoints"
        return "table of tables" if tree == "main" else "derived rows"

    def pages_by_area(self):
        areas = {}
        for page in range(len(self.data) // PAGE):
            areas.setdefault(self.area(page), []).append(page)
        return areas


def used_bytes(data, page):
    """The bytes of a page that mean something: its header, and what lies below and above its free space."""
    flags, lower, upper = struct.unpack_from("<HHH", data, page * PAGE + 10)
    if flags & META:
        return range(152)
    if flags & OVERFLOW or not 16 <= lower <= upper <= PAGE:
        return range(PAGE)
    return [*range(lower), *range(upper, PAGE)]


def crc32c(data, crc=0):
    """CRC-32C by a table."""
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ 0x82F63B78 if byte & 1 else byte >> 1
        table.append(byte)
    return table


_TABLE = _table()
