#!/usr/bin/env python3
"""A second implementation of the store's formats that only reads, to audit the first one.

  auditor.py store FOLDER [--checkpoint FILE --key KEY]    a whole store, and that it extends a signed checkpoint
  auditor.py leaves FOLDER [--count N]                     the leaves of the tree over a store, or the first of them
  auditor.py erased FOLDER                                 the positions of people's records that are erased
  auditor.py proof FILE --key KEY [--code CODE] [--from CHECKPOINT]

KEY is a verifier key. Written from docs/format.md, docs/format-codes.md and docs/fold.md alone; needs lmdb, numpy and
cryptography from PyPI. Checks every record, link, reference and commitment, the tree, and folds every mint again. Prints
what is wrong, a line each, and has exit status 1 then.
"""
import argparse
import struct
import sys

import lmdb

import codes
import proofs
import records
import tree
from history import History


def audit(folder, checkpoint=None, key=None):
    """Reads a store and returns its history and the tree over it."""
    environment = lmdb.open(folder, readonly=True, lock=False, max_dbs=128)
    meta = environment.open_db(b"meta", create=False)
    log = environment.open_db(b"log", integerkey=True, create=False)
    with environment.begin() as transaction:
        for name in (b"format", b"records"):
            value = transaction.get(name, db=meta)
            if value is None or struct.unpack("<I", value)[0] != 2:
                raise records.Damage(f"{name.decode()} is not 2")
        secret = transaction.get(b"secret", db=meta)
        if secret is None or len(secret) != 36:
            raise records.Damage("no secret")
        if struct.unpack_from("<I", secret, 32)[0] != records.crc32c(secret[:32]):
            raise records.Damage("the secret's checksum does not match")
        finished = meta_number(transaction, meta, b"erased")
        meta_number(transaction, meta, b"journal")
        history = History(secret[:32])
        leaves = []
        for number, (name, value) in enumerate(transaction.cursor(db=log), 1):
            position = struct.unpack("<Q", name)[0]
            if position != number:
                history.report(number, f"the next record is at {position}")
                break
            try:
                record = records.Record(bytes(value), position)
            except (records.Damage, UnicodeDecodeError) as flaw:
                history.report(position, str(flaw))
                history.records.append(None)
                leaves.append(bytes(32))
                continue
            history.add(record)
            try:
                leaves.append(tree.leaf(record.entry(history.salt(record))))
            except (records.Damage, TypeError):
                history.report(position, "no salt for its commitment")
                leaves.append(bytes(32))
        whole = tree.Tree(leaves)
        check_tiles(environment, transaction, history, leaves)
    history.check_erasures(finished)
    history.check_versions()
    if checkpoint:
        signed = proofs.Checkpoint(checkpoint, key)
        if signed.size > len(leaves):
            history.report(signed.size, "the log is shorter than when the checkpoint was signed")
        elif whole.root(0, signed.size) != signed.root:
            history.report(signed.size, "history up to here was rewritten since the checkpoint was signed")
    return history, whole


def meta_number(transaction, meta, name):
    """A number of the table `meta`, 0 when it has none of that name."""
    value = transaction.get(name, db=meta)
    if value is None:
        return 0
    if len(value) != 8 or value == bytes(8):
        raise records.Damage(f"{name.decode()} is no number of 8 bytes")
    return struct.unpack("<Q", value)[0]


def check_tiles(environment, transaction, history, leaves):
    """Every stored tile is what the log gives: hash i of tile n on level L is the root over 256^L records."""
    whole = tree.Tree(leaves)
    for name in (b"tree.1.2.a", b"tree.1.2.b"):
        try:
            table = environment.open_db(name, txn=transaction, create=False)
        except lmdb.Error:
            continue
        for key, row in transaction.cursor(db=table):
            level, index = key[0], struct.unpack(">Q", key[1:])[0]
            span = 256**level
            for i in range(256):
                start = (256 * index + i) * span
                hash = row[12 + 32 * i : 44 + 32 * i]
                if start + span > len(leaves) or whole.root(start, start + span) != hash:
                    history.report(start + 1, f"tile {level}/{index} differs from the log")
                    break


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    store = commands.add_parser("store")
    store.add_argument("folder")
    store.add_argument("--checkpoint")
    store.add_argument("--key")
    leaves = commands.add_parser("leaves")
    leaves.add_argument("folder")
    leaves.add_argument("--count", type=int)
    commands.add_parser("erased").add_argument("folder")
    proof = commands.add_parser("proof")
    proof.add_argument("file")
    proof.add_argument("--key", required=True)
    proof.add_argument("--code")
    proof.add_argument("--from", dest="earlier")
    options = parser.parse_args()
    try:
        return {"store": run_store, "leaves": run_leaves, "erased": run_erased, "proof": run_proof}[options.command](options)
    except (records.Damage, ValueError, lmdb.Error, IndexError, struct.error) as flaw:
        print(f"auditor: {flaw}")
        return 1


def run_store(options):
    key = proofs.Key(options.key) if options.key else None
    checkpoint = open(options.checkpoint, encoding="utf-8").read() if options.checkpoint else None
    history, whole = audit(options.folder, checkpoint, key)
    for finding in history.findings:
        print(f"auditor: {finding}")
    if not history.findings:
        print(f"{len(whole.leaves)} records, {history.folded} mints folded again, root {whole.root().hex()}")
    return 1 if history.findings else 0


def run_leaves(options):
    history, whole = audit(options.folder)
    print("\n".join(leaf.hex() for leaf in whole.leaves[: options.count]))
    return 1 if history.findings else 0


def run_erased(options):
    history, _ = audit(options.folder)
    print("\n".join(str(record.position) for record in history.records[1:] if record and record.kind is None))
    return 1 if history.findings else 0


def run_proof(options):
    key = proofs.Key(options.key)
    text = open(options.file, encoding="utf-8").read()
    if text.startswith("old "):
        earlier = proofs.Checkpoint(open(options.earlier, encoding="utf-8").read(), key)
        later = proofs.check_consistency(text, key, earlier)
        print(f"the log of {later.size} begins with all {earlier.size} that it had")
        return 0
    position, opening, checkpoint = proofs.check_event(text, key)
    record = records.from_opening(opening, position)
    if record is None:
        print(f"position {position} of {checkpoint.size}, not shown")
        return 0 if options.code is None else 1
    code = None
    if "version" in record.body:
        code = codes.code(codes.Version(record.body["version"]).hash, record.body["symbols"])
    print(f"position {position} of {checkpoint.size}: {records.KINDS[record.kind]} {code or ''}".rstrip())
    if options.code and code != options.code:
        raise ValueError(f"the proof is not of {options.code}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
