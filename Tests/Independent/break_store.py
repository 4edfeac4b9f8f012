#!/usr/bin/env python3
"""Breaks copies of stores in eighteen ways, checksums made right, and fails unless the auditor finds each.

break_store.py FOLDER KEY_OF_LARGE KEY_OF_EVERY, where FOLDER has what make_world.py made, and NAME.checkpoint.
"""
import os
import shutil
import struct
import sys

import lmdb

import auditor
import proofs
from records import Damage, Record, crc32c

folder, large_key, every_key = sys.argv[1:]


def key(position):
    return struct.pack("<Q", position)


def sealed(position, data):
    return struct.pack("<I", crc32c(key(position) + data[4:])) + data[4:]


class Copy:
    """A copy of a store whose records can be changed."""

    def __init__(self, name):
        self.name, self.path = name, f"{folder}/broken"
        shutil.rmtree(self.path, ignore_errors=True)
        os.mkdir(self.path)
        shutil.copy(f"{folder}/{name}/data.mdb", self.path)
        self.environment = lmdb.open(self.path, max_dbs=128, map_size=1 << 32)
        self.log = self.environment.open_db(b"log", integerkey=True, create=False)

    def read(self, position):
        with self.environment.begin() as transaction:
            data = transaction.get(key(position), db=self.log)
            return None if data is None else bytes(data)

    def write(self, position, data, seal=True):
        with self.environment.begin(write=True) as transaction:
            data = data if data is None or not seal else sealed(position, data)
            if data is None:
                transaction.delete(key(position), db=self.log)
            else:
                transaction.put(key(position), data, db=self.log)

    def find(self, kind, after=0):
        """The first record of a kind after a position."""
        position = after + 1
        while (data := self.read(position)) is not None:
            if Record(data, position).kind == kind:
                return position, data
            position += 1
        raise SystemExit(f"{self.name} has no record of kind {kind}")

    def last(self):
        with self.environment.begin() as transaction:
            return transaction.stat(db=self.log)["entries"]

    def put(self, table, name, value):
        with self.environment.begin(write=True) as transaction:
            transaction.put(name, value, db=self.environment.open_db(table, txn=transaction, create=False))

    def get(self, table, name):
        with self.environment.begin() as transaction:
            return transaction.get(name, db=self.environment.open_db(table, txn=transaction, create=False))


def flip(data, at, bit=1):
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def bit_flipped(store):
    position, data = store.find(4)
    store.write(position, flip(data, len(data) - 1), seal=False)


def choice_changed(store):
    position, data = store.find(4)
    store.write(position, flip(data, len(data) - 1))


def end_cut_off(store):
    store.write(store.last(), None)


def record_removed(store):
    store.write(store.find(4)[0], None)


def records_exchanged(store):
    one, first = store.find(4)
    other, second = store.find(4, one)
    store.write(one, second)
    store.write(other, first)


def time_changed(store):
    position, data = store.find(9)
    store.write(position, data[:6] + struct.pack("<q", 0) + data[14:])


def version_changed(store):
    position, data = store.find(7)
    store.write(position, flip(data, len(data) - 1))


def salt_changed(store):
    position, data = store.find(3)
    store.write(position, flip(data, 20))


def author_changed(store):
    position, data = store.find(2)
    while Record(data, position).body["author"] is None:
        position, data = store.find(2, position)
    store.write(position, flip(data, len(data) - 1))


def erased_in_secret(store):
    position, data = store.find(20)
    record = Record(data, position)
    commitment = record.entry(Record(store.read(record.stream), record.stream).salt)[-32:]
    store.write(position, data[:5] + bytes([data[5] | 1]) + data[6:14] + commitment)


def secret_changed(store):
    store.put(b"meta", b"secret", bytes(32) + struct.pack("<I", crc32c(bytes(32))))


def secret_flipped(store):
    store.put(b"meta", b"secret", flip(store.get(b"meta", b"secret"), 5))


def erased_record_changed(store):
    """The commitment of an erased record of a person; only the tree knows it."""
    position, data = store.find(None)
    store.write(position, flip(data, 20))


def authorship_changed(store):
    """The commitment of an erased record of a space."""
    position, data = store.find(2)
    while not Record(data, position).is_erased:
        position, data = store.find(2, position)
    store.write(position, flip(data, len(data) - 1))


def erasure_undone(store):
    """An event that erased somebody becomes an event that erased somebody else."""
    position, data = store.find(25)
    store.write(position, flip(data, 15))


def erasures_forgotten(store):
    """The events that erased people are gone, and the end of the log with them."""
    position, _ = store.find(25)
    for later in range(store.last(), position - 1, -1):
        store.write(later, None)


def reference_changed(store):
    position, data = store.find(24)
    private = Record(data, position)
    at = data.index(struct.pack("<Q", private.body["reference"]))
    store.write(position, flip(data, at))


def tile_changed(store):
    for table in (b"tree.1.2.a", b"tree.1.2.b"):
        name = bytes([1]) + bytes(8)
        row = store.get(table, name)
        if row is not None:
            store.put(table, name, flip(bytes(row), 1000))


def judge(way, name, key):
    store = Copy(name)
    way(store)
    store.environment.close()
    checkpoint = open(f"{folder}/{name}.checkpoint", encoding="utf-8").read()
    try:
        history, _ = auditor.audit(store.path, checkpoint, key)
        found = history.findings
    except (Damage, ValueError) as flaw:
        found = [str(flaw)]
    print(f"{way.__name__}: {found[0] if found else 'nothing found'}")
    return bool(found)


WAYS = [bit_flipped, choice_changed, end_cut_off, record_removed, records_exchanged, time_changed, version_changed,
        salt_changed, author_changed, erased_in_secret, secret_changed, secret_flipped, erased_record_changed, authorship_changed,
        erasure_undone, erasures_forgotten, reference_changed]
large_key, every_key = proofs.Key(large_key), proofs.Key(every_key)


def nothing(store):
    """A sound copy, in which nothing may be found."""


ok = all([*(judge(way, "every", every_key) for way in WAYS), judge(tile_changed, "large", large_key)])
sys.exit(0 if ok and not judge(nothing, "every", every_key) else 1)
