#!/usr/bin/env python3
"""Routes synthetic users to the shards of a cluster and says how even that is: what one machine cannot hold, it can count.

    scripts/simulate_cluster.py --users 100000000 --events 10000000000      # docs/cluster.md; two minutes on two cores
    scripts/simulate_cluster.py --users 1000000 --check                     # what CI runs

Every user's name is really hashed, by the rule of docs/format.md: the shard is the first byte of SHA-256 over
"pstore.shard" and the name. How many events a user has follows Zipf's law: the user of rank r has C / r^s of them, at
most --most-events, with C such that all have --events together. Ranks have nothing to do with names, as in life.
"""

import argparse
import hashlib
import math
import multiprocessing
import statistics

SHARDS = 256
DOMAIN = b"pstore.shard"
# Bytes in the database for an event, by the events in a group, measured (docs/cluster.md); between them, by logarithms.
DATABASE_BYTES = ((1, 189), (10, 38), (100, 16), (1_000, 14))


def shard(user):
    """The shard of a user's name, in UTF-8."""
    return hashlib.sha256(DOMAIN + user).digest()[0]


def power_sum(count, exponent):
    """The sum of r^-s for r from 1 to `count`: the first terms one by one, the rest by Euler and Maclaurin."""
    first = min(count, 1000)
    total = math.fsum(rank**-exponent for rank in range(1, first + 1))
    if count > first:
        a, b = float(first), float(count)
        integral = math.log(b / a) if exponent == 1 else (b ** (1 - exponent) - a ** (1 - exponent)) / (1 - exponent)
        total += integral + (b**-exponent - a**-exponent) / 2 - exponent * (b ** (-exponent - 1) - a ** (-exponent - 1)) / 12
    return total


def scale(users, events, exponent, most):
    """C, so that users with min(C / r^s, most) events each have `events` together."""
    if most * users < events:
        raise SystemExit(f"{users:,} users with at most {most:,} events each cannot have {events:,}")

    def total(c):
        capped = min(users, int((c / most) ** (1 / exponent)))
        return capped * most + c * (power_sum(users, exponent) - (power_sum(capped, exponent) if capped else 0))

    low, high = 0.0, 1.0
    while total(high) < events:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if total(middle) < events else (low, middle)
    return high


def route(work):
    """Counts users and events of each shard for a part of the users."""
    start, stop, laws, most = work
    users = [0] * SHARDS
    events = [[0.0] * SHARDS for _ in laws]
    highest = [[0.0] * SHARDS for _ in laws]
    sha256 = hashlib.sha256
    prefix = DOMAIN + b"user"
    for rank in range(start, stop):
        number = sha256(b"%b%d" % (prefix, rank)).digest()[0]
        users[number] += 1
        for (exponent, c), sums, top in zip(laws, events, highest):
            count = c * rank**-exponent
            if count > most:
                count = most
            sums[number] += count
            if count > top[number]:
                top[number] = count
    return users, events, highest


def add(parts):
    """Adds up what parts have counted; the order of parts is fixed, so that sums are the same in every run."""
    users, events, highest = [0] * SHARDS, None, None
    for more_users, more_events, more_highest in parts:
        users = [one + other for one, other in zip(users, more_users)]
        events = more_events if events is None else [
            [one + other for one, other in zip(a, b)] for a, b in zip(events, more_events)]
        highest = more_highest if highest is None else [
            [max(one, other) for one, other in zip(a, b)] for a, b in zip(highest, more_highest)]
    return users, events, highest


def place(loads, servers):
    """Shards on so many servers, the heaviest first, each where there is least."""
    placed, sums = [0] * SHARDS, [0.0] * servers
    for number in sorted(range(SHARDS), key=lambda number: -loads[number]):
        placed[number] = min(range(servers), key=sums.__getitem__)
        sums[placed[number]] += loads[number]
    return placed


def grow(loads, placed, servers):
    """Moves shards one by one, from the fullest server to the emptiest, while that makes the fullest less full."""
    placed, moved = list(placed), set()
    while True:
        sums = server_sums(loads, placed, servers)
        full, empty = max(range(servers), key=sums.__getitem__), min(range(servers), key=sums.__getitem__)
        room = sums[full] - sums[empty]
        fitting = [number for number in range(SHARDS) if placed[number] == full and loads[number] < room]
        # The one that leaves the two most alike.
        best = min(fitting, key=lambda number: abs(room - 2 * loads[number]), default=None)
        # Nothing moves for a gain below a thousandth of a server: copying costs more than it brings.
        if best is None or min(room, 2 * loads[best], 2 * (room - loads[best])) < sum(loads) / servers / 1000:
            return placed, moved
        placed[best] = empty
        moved.add(best)


def server_sums(loads, placed, servers):
    sums = [0.0] * servers
    for number, server in enumerate(placed):
        sums[server] += loads[number]
    return sums


def database_bytes(group):
    """Bytes in the database for an event in groups of this mean size."""
    points = DATABASE_BYTES
    if group >= points[-1][0]:
        return points[-1][1]
    for (size, low), (next_size, high) in zip(points, points[1:]):
        if group <= next_size:
            part = math.log(group / size) / math.log(next_size / size)
            return low + part * (high - low)


def text_bytes(count):
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"


def report(arguments, users, events, highest, laws):
    mean_users = arguments.users / SHARDS
    print(f"{arguments.users:,} users in {SHARDS} shards: {min(users):,} to {max(users):,} users a shard, "
          f"fullest {max(users) / mean_users:.4f} of the mean, deviation {statistics.pstdev(users) / mean_users:.4%} "
          f"(chance alone: {math.sqrt((1 - 1 / SHARDS) / mean_users):.4%})")
    print()
    print("| events by Zipf's law with s = | most of one user | events of the hottest shard | beside the mean | its share due to its "
          "first user | deviation |")
    print("| --- | --- | --- | --- | --- | --- |")
    mean = arguments.events / SHARDS
    for (exponent, _), sums, top in zip(laws, events, highest):
        hottest = max(range(SHARDS), key=sums.__getitem__)
        print(f"| {exponent} | {max(top):,.0f} | {sums[hottest]:,.0f} | {sums[hottest] / mean:.3f} | "
              f"{top[hottest] / sums[hottest]:.2%} | {statistics.pstdev(sums) / mean:.2%} |")
    # What follows is for the most skewed law.
    (exponent, _), sums = laws[-1], events[-1]
    hottest = max(sums)
    print()
    print(f"Bytes of a shard on a node at {arguments.local_bytes} an event, mean and hottest: {text_bytes(mean * arguments.local_bytes)}, "
          f"{text_bytes(hottest * arguments.local_bytes)}; all shards: {text_bytes(arguments.events * arguments.local_bytes)}")
    print()
    print("| all events, per second | hottest shard, per second | events a group there | database, bytes an event | all events in the database |")
    print("| --- | --- | --- | --- | --- |")
    for rate in arguments.rates:
        hot = rate * hottest / arguments.events
        group = 1 + hot * arguments.gather_milliseconds / 1000
        size = database_bytes(group)
        print(f"| {rate:,} | {hot:,.1f} | {group:.2f} | {size:.0f} | {text_bytes(arguments.events * size)} |")
    print()
    print("| database servers | fullest beside the mean | shards moved | share of the bytes moved | least possible | moved by shard mod servers |")
    print("| --- | --- | --- | --- | --- | --- |")
    placed, before = None, None
    for servers in arguments.servers:
        if placed is None:
            placed, moved = place(sums, servers), set()
        else:
            placed, moved = grow(sums, placed, servers)
        loads = server_sums(sums, placed, servers)
        share = sum(sums[number] for number in moved) / sum(sums)
        least = 0 if before is None else 1 - before / servers
        modulo = 0 if before is None else sum(number % before != number % servers for number in range(SHARDS)) / SHARDS
        print(f"| {servers} | {max(loads) * servers / sum(loads):.4f} | {len(moved)} | {share:.1%} | {least:.1%} | {modulo:.0%} |")
        before = servers
    return placed


def check(users, events, arguments):
    """What must hold whatever the names are, within six standard deviations."""
    assert shard(b"ada") == hashlib.sha256(b"pstore.shardada").digest()[0]
    assert sum(users) == arguments.users
    expected = arguments.users / SHARDS
    assert max(abs(count - expected) for count in users) < 6 * math.sqrt(expected), "users are not spread evenly"
    for sums in events:
        assert abs(sum(sums) / arguments.events - 1) < 1e-6, f"{sum(sums):,.0f} events were given out"
    for before, after in ((4, 5), (5, 8)):
        placed, moved = grow(events[-1], place(events[-1], before), after)
        share = sum(events[-1][number] for number in moved) / sum(events[-1])
        assert share < 1.1 * (1 - before / after) + 0.02, f"{share:.0%} of the bytes move from {before} to {after} servers"
        loads = server_sums(events[-1], placed, after)
        assert max(loads) * after / sum(loads) < 1.05, "servers are not evenly full after the moves"
    assert scale(10, 100, 1.0, 10) >= 10 and abs(power_sum(10**6, 1.0) - 14.392726722865) < 1e-9
    print("the simulation is sound")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, help="of all users together; default: 100 for each user")
    parser.add_argument("--exponents", type=float, nargs="+", default=[0.6, 0.8, 1.0, 1.2])
    parser.add_argument("--most-events", type=int, default=262_144, help="of one user; the default is the most that a fold takes")
    parser.add_argument("--servers", type=int, nargs="+", default=[4, 5, 8])
    parser.add_argument("--rates", type=int, nargs="+", default=[300, 3_000, 30_000, 300_000], help="events per second")
    parser.add_argument("--gather-milliseconds", type=float, default=2)
    parser.add_argument("--local-bytes", type=float, default=45, help="an event takes on a node, with derived tables")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--check", action="store_true", help="check that the figures are possible")
    arguments = parser.parse_args()
    arguments.events = arguments.events or 100 * arguments.users
    laws = [(exponent, scale(arguments.users, arguments.events, exponent, arguments.most_events)) for exponent in arguments.exponents]
    part = 100_000
    work = [(start, min(start + part, arguments.users + 1), laws, arguments.most_events)
            for start in range(1, arguments.users + 1, part)]
    with multiprocessing.Pool(arguments.processes) as pool:
        users, events, highest = add(pool.imap(route, work))
    report(arguments, users, events, highest, laws)
    if arguments.check:
        check(users, events, arguments)


if __name__ == "__main__":
    main()
