#!/usr/bin/env python3
"""Changes a store behind its back and asks whether anybody notices.

  tamper.py flips  BUILD [--count N] [--seed S]    single bits, in every area of the file in turn
  tamper.py reseal BUILD [--count N] [--seed S]    records and rows, changed and given right checksums
  tamper.py rewrite BUILD [--count N] [--seed S]   history rewritten, with everything derived made to fit it

BUILD is the folder with storectl and storeworker. Works in a folder of its own and prints its seed.

A flip must be found by `storectl verify`, or every answer must be as before. A resealed file may be a log that somebody
else could have written: so when `verify` finds nothing, every answer must be the one that the same log gives with all
derived tables rebuilt. Rewritten history must be found by `storectl verify --since` with a checkpoint that was signed
before, and appended events and erased people must not. No command may die of any of it.
"""
import argparse
import concurrent.futures
import os
import random
import shutil
import struct
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import answers as ask
import pages
import rewrites
import seals
import world

AREAS = ["meta page", "free list", "table of tables", "meta", "checkpoints", "derived rows", "log", "free page"]
# The files beside the data file, and which of their bytes mean something (docs/format.md, section 8): each slot's two copies,
# and of a journal what groups were written to, with as much again behind it.
BESIDE = ["checkpoint", "journal.a", "journal.b"]


class Bench:
    """A worker's own copy of the store."""

    def __init__(self, folder, number, original, storectl):
        self.store = f"{folder}/copy-{number}"
        self.storectl, self.original = storectl, original
        self.reset()

    def reset(self):
        shutil.rmtree(self.store, ignore_errors=True)
        shutil.copytree(self.original, self.store)

    def write(self, data, file="data.mdb"):
        self.reset()
        with open(f"{self.store}/{file}", "wb") as out:
            out.write(data)


def judge_flip(bench, files, flip, asked, expected):
    file, offset, bit = flip
    changed = bytearray(files[file])
    changed[offset] ^= 1 << bit
    bench.write(changed, file)
    try:
        status, _, _ = ask.run(bench.storectl, bench.store, "verify", "--json")
        if status in (1, 3):
            return "detected", None
        if status != 0:
            return "crashed", f"verify ended with {status}"
        found = ask.answers(bench.storectl, bench.store, asked)
        wrong = ask.differences(expected, found)
        if not wrong:
            # A damaged free list answers rightly until its pages are reused.
            for words in ask.writes(world.USERS, world.SPACES):
                ask.run(bench.storectl, bench.store, *words)
            status, output, errors = ask.run(bench.storectl, bench.store, "verify")
            if status:
                return "missed", f"after some writes: {(output + errors).decode(errors='replace')[:300]}"
        return ("missed", f"another answer to {wrong[0]}") if wrong else ("harmless", None)
    except ask.Crash as crash:
        return "crashed", str(crash)


# A line of progress every so many changes.
PROGRESS = 500
# Of a file's many answers a few are asked for; over all files every command has its turn.
SAMPLE = 6


def judge_reseal(bench, change, asked, seed):
    name, data = change
    generator = random.Random(seed)
    bench.write(data)
    asked = generator.sample(asked, min(SAMPLE, len(asked)))
    try:
        status, _, _ = ask.run(bench.storectl, bench.store, "verify", "--json")
        found = ask.answers(bench.storectl, bench.store, asked)
        verdict, text = "detected" if status else "consistent", None
        if status == 0:
            rebuilt, _, errors = ask.run(bench.storectl, bench.store, "rebuild")
            if rebuilt:
                return "missed", f"verify is content, and rebuild says {errors.decode(errors='replace')[:300]}"
            wrong = ask.differences(ask.answers(bench.storectl, bench.store, asked), found)
            if wrong:
                verdict, text = "missed", f"{wrong[0]} answers otherwise after a rebuild"
        ask.run(bench.storectl, bench.store, *generator.choice(list(ask.writes(world.USERS, world.SPACES))))
        return verdict, text
    except ask.Crash as crash:
        return "crashed", str(crash)


def flips(files, count, generator):
    """Bits to flip: as many in each area of the files, whatever its size; in the used parts of pages."""
    data = files["data.mdb"]
    areas = pages.Database(data).pages_by_area()
    present = [area for area in AREAS if areas.get(area)] + BESIDE
    for number in range(count):
        area = present[number % len(present)]
        bit = generator.randrange(8)
        if area in BESIDE:
            yield area, (area, generator.choice(used_beside(area, files[area])), bit)
            continue
        page = generator.choice(areas[area])
        within = generator.choice(pages.used_bytes(data, page))
        yield area, ("data.mdb", page * pages.PAGE + within, bit)


def used_beside(file, data):
    """The bytes of a file beside the data file that mean something."""
    if file == "checkpoint":
        return [at for start in (0, 3584, 4096, 7680) for at in range(start, start + 512)]
    written = len(data.rstrip(b"\0"))
    return range(min(len(data), 2 * written + 4096))


def reseals(data, count, generator, seed):
    database = pages.Database(data)
    for number in range(count):
        yield *seals.change(database, data, generator, number), f"{seed} {number}"


def sign(storectl, store, folder):
    """Signs what the store is; returns the checkpoint's file and the verifier key."""
    checkpoint = f"{folder}/checkpoint"
    for words in (["key", "--make", "--origin", "example.com/tampered"], ["checkpoint", "--output", checkpoint]):
        status, _, errors = ask.run(storectl, store, *words)
        if status:
            sys.exit(f"cannot sign a checkpoint: {errors.decode()}")
    _, key, _ = ask.run(storectl, store, "key")
    return checkpoint, key.decode().strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=["flips", "reseal", "rewrite"])
    parser.add_argument("build")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    generator = random.Random(options.seed)
    storectl, worker = f"{options.build}/storectl", f"{options.build}/storeworker"
    parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        store, codes = world.make(storectl, worker, folder)
        files = {name: open(f"{store}/{name}", "rb").read() for name in ["data.mdb", *BESIDE]}
        asked = list(ask.questions(world.USERS, world.SPACES, codes[::5] + codes[-1:]))
        if options.tool == "rewrite":
            checkpoint, key = sign(storectl, store, folder)
            benches = [Bench(folder, number, store, storectl) for number in range(options.jobs)]
            data = files["data.mdb"]
            work = rewrites.rewrites(pages.Database(data), data, options.count, generator, options.seed)
            sys.exit(report(work, benches, lambda bench, item: rewrites.judge(
                bench, item, checkpoint, key, random.Random(item[2]))))
        benches = [Bench(folder, number, store, storectl) for number in range(options.jobs)]
        expected = ask.answers(storectl, benches[0].store, asked)
        if ask.answers(storectl, benches[0].store, asked) != expected:
            sys.exit("the sound store answers otherwise the second time: nothing can be compared")
        if options.tool == "flips":
            work = list(flips(files, options.count, generator))
            def judge(bench, item): return judge_flip(bench, files, item[1], asked, expected)
        else:
            work = reseals(files["data.mdb"], options.count, generator, options.seed)
            def judge(bench, item): return judge_reseal(bench, item[1], asked, item[2])
        sys.exit(report(work, benches, judge))


def report(work, benches, judge):
    """Judges all the work, prints failures as they come and a table at the end; returns the exit status."""
    counts, failures, judged = {}, 0, 0
    work = iter(work)

    def next_for(bench):
        item = next(work, None)
        return None if item is None else (item, bench, pool.submit(judge, bench, item))

    with concurrent.futures.ThreadPoolExecutor(len(benches)) as pool:
        running = [job for job in (next_for(bench) for bench in benches) if job]
        while running:
            job = running.pop(0)
            item, bench, future = job
            verdict, text = future.result()
            row = counts.setdefault(item[0], {})
            row[verdict] = row.get(verdict, 0) + 1
            judged += 1
            if judged % PROGRESS == 0:
                print(f"{judged} judged, {failures} failures", flush=True)
            if text:
                failures += 1
                if failures <= 20:
                    where = item[1] if isinstance(item[1][1], int) else item[1][0]
                    print(f"failure {failures}: {item[0]} {where}: {text}", flush=True)
            if following := next_for(bench):
                running.append(following)
    columns = ["detected", "only --since", "harmless", "consistent", "missed", "crashed"]
    print(f"{'':24}" + "".join(f"{column:>14}" for column in columns))
    for name, row in sorted(counts.items()):
        print(f"{name:24}" + "".join(f"{row.get(column, 0):>14}" for column in columns))
    total = sum(sum(row.values()) for row in counts.values())
    print(f"{total} changes, {failures} failures")
    return 1 if failures or total == 0 else 0


main()
