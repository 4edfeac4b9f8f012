"""Rewrites history as somebody would who has the files, knows every format, and lacks the signing key.

Changes records that a signed checkpoint covers, makes their checksums right, and leaves the derived rows and the tiles of
the tree to `storectl rebuild`, which makes them all fit the changed log: nobody could seal them better. Some of the people
were erased before the checkpoint was signed, so that commitments are among what is changed, and others are erased after the
change, which must not hide it. `storectl verify --since` must find each change; and it must find nothing where events were only
appended and people erased.
"""
import json
import os
import shutil
import struct

import answers as ask
import seals
import world

KINDS = ["field", "image", "exchange", "copy", "time", "commitment"]
# So often the log is not rewritten but appended to, or has somebody erased, and so often it is imported anew without one of its
# events.
APPEND_EVERY, OMIT_EVERY = 10, 25
# So many of the rewritten ones have somebody erased afterwards, in hundredths.
ERASED_AFTERWARDS = 25


def rewrites(database, data, count, generator, seed):
    """What to do to the store, one after the other: ``(kind, (description, bytes or None), seed)``."""
    for number in range(count):
        if number % APPEND_EVERY == APPEND_EVERY - 1:
            kind = ("append", "erase")[number // APPEND_EVERY % 2]
            yield kind, ("nothing rewritten", data), f"{seed} {number}"
        elif number % OMIT_EVERY == OMIT_EVERY - 2:
            yield "omit", ("an event left out", data), f"{seed} {number}"
        else:
            kind = KINDS[number % len(KINDS)]
            yield kind, _change(kind, database, data, generator), f"{seed} {number}"


def _change(kind, database, data, generator):
    while True:
        copy = bytearray(data)
        text = _CHANGES[kind](database.entries["log"], copy, generator)
        if text and copy != data:
            return text, bytes(copy)


def _change_field(log, copy, generator):
    key, offset, length, _ = generator.choice(log)
    at, text = seals._mutate(copy, offset + 4, length - 4, generator)
    seals.seal(copy, offset, length, key)
    return f"record {_position(key)}, byte {at - offset}: {text}"


def _change_image(log, copy, generator):
    """Turns a bit of the last bytes of a short record, where an event names its images."""
    key, offset, length, _ = generator.choice([entry for entry in log if entry[2] < 60])
    at = offset + length - 1 - generator.randrange(min(8, length - 15))
    copy[at] ^= 1 << generator.randrange(3)
    seals.seal(copy, offset, length, key)
    return f"record {_position(key)}, the bit of a name"


def _exchange(log, copy, generator):
    """Two records of one size change places."""
    one, other = generator.sample(log, 2)
    if one[2] != other[2]:
        return None
    a, b = (bytes(copy[entry[1] : entry[1] + entry[2]]) for entry in (one, other))
    for (key, offset, length, _), value in ((one, b), (other, a)):
        copy[offset : offset + length] = value
        seals.seal(copy, offset, length, key)
    return f"records {_position(one[0])} and {_position(other[0])} exchanged"


def _copy(log, copy, generator):
    """One record is replaced by another of its size."""
    one, other = generator.sample(log, 2)
    if one[2] != other[2]:
        return None
    key, offset, length, _ = one
    copy[offset : offset + length] = copy[other[1] : other[1] + length]
    seals.seal(copy, offset, length, key)
    return f"record {_position(other[0])} written over {_position(key)}"


def _change_time(log, copy, generator):
    """A record was made a little earlier or later; its neighbours may allow it."""
    key, offset, length, _ = generator.choice(log)
    at = offset + TIME_OFFSET
    time = struct.unpack_from("<q", copy, at)[0]
    struct.pack_into("<q", copy, at, time + generator.choice([-1, 1, -1000, 1000]))
    seals.seal(copy, offset, length, key)
    return f"record {_position(key)}, its time"


def _change_commitment(log, copy, generator):
    """Turns a bit of the commitment of a record of somebody who was erased."""
    erased = [entry for entry in log if entry[2] == 46 and copy[entry[1] + 5] == 1]
    key, offset, length, _ = generator.choice(erased)
    at = offset + 14 + generator.randrange(32)
    copy[at] ^= 1 << generator.randrange(8)
    seals.seal(copy, offset, length, key)
    return f"record {_position(key)}, its commitment"


# Where `recordedAt` stands (docs/format.md, section 2).
TIME_OFFSET = 6
_CHANGES = {"field": _change_field, "image": _change_image, "exchange": _exchange, "copy": _copy, "time": _change_time,
            "commitment": _change_commitment}


def _position(key):
    return struct.unpack("<Q", key)[0]


LEGITIMATE = ("append", "erase")


def _append(bench):
    for words in ask.writes(world.USERS, world.SPACES):
        ask.run(bench.storectl, bench.store, *words)


def _erase(bench, user):
    status, _, errors = ask.run(bench.storectl, bench.store, "erase", user, "--yes", "--wait", "60")
    if status:
        raise ask.Crash(f"erasing {user} ended with {status}: {errors.decode(errors='replace')[:300]}")


def judge(bench, item, checkpoint, key, generator):
    """Whether `verify --since` sees what was done to the log; a verdict, and what is wrong with it."""
    kind, (text, data), _ = item
    bench.write(data)
    try:
        if kind in LEGITIMATE:
            _append(bench)
            if kind == "erase":
                for user in generator.sample(world.USERS, generator.randrange(1, len(world.USERS))):
                    _erase(bench, user)
                _append(bench)
                if generator.randrange(2):
                    ask.run(bench.storectl, bench.store, "rebuild")
        elif kind == "omit":
            _omit(bench, generator)
        else:
            ask.run(bench.storectl, bench.store, "rebuild")
        if kind not in LEGITIMATE and generator.randrange(100) < ERASED_AFTERWARDS:
            # Not always possible: the store may not open any more.
            ask.run(bench.storectl, bench.store, "erase", generator.choice(world.USERS), "--yes", "--wait", "20")
        alone, _, _ = ask.run(bench.storectl, bench.store, "verify", "--json")
        since, output, errors = ask.run(
            bench.storectl, bench.store, "verify", "--since", checkpoint, "--verifier-key", key, "--json")
    except ask.Crash as crash:
        return "crashed", str(crash)
    if kind in LEGITIMATE:
        said = (output + errors).decode(errors="replace")[:300]
        verb = {"append": "appending", "erase": "erasing"}[kind]
        return ("harmless", None) if since == 0 else ("missed", f"{verb} was taken for rewriting: {said}")
    if since == 0:
        return "missed", f"{text}: verify --since is content"
    # What only the signed checkpoint gives away: everything else in the store fits.
    return ("only --since" if alone == 0 else "detected"), None


def _omit(bench, generator):
    """Makes the store anew, from its own export and with its own secret and key, without one of its events."""
    exported, secret = f"{bench.store}.jsonl", f"{bench.store}.secret"
    key = f"{bench.store}.key"
    for path in (exported, secret, key):
        if os.path.exists(path):
            os.remove(path)
    _, output, _ = ask.run(bench.storectl, bench.store, "export", "--secret-file", secret)
    events = output.decode().splitlines(keepends=True)
    kinds = [json.loads(line).get("kind") for line in events]
    ranks = [index for index, kind in enumerate(kinds) if kind in ("rank", "like", "skip")]
    del events[generator.choice(ranks)]
    with open(exported, "w") as out:
        out.writelines(events)
    shutil.move(f"{bench.store}/signing.key", key)
    shutil.rmtree(bench.store)
    ask.run(bench.storectl, bench.store, "init", "--secret-file", secret)
    ask.run(bench.storectl, bench.store, "import", exported)
    shutil.move(key, f"{bench.store}/signing.key")
