"""Faults, each with what has to hold while it lasts. They begin and end with a primary, a synchronous standby and all nodes up.

A scenario gets the cluster (`pair`, `nodes`), the load that goes on meanwhile, and a random generator. What must hold of
every acknowledgement is checked afterwards, of the whole history (faults.py).
"""

import signal
import time

from nodes import NodeError

EVERY = {}


def scenario(function):
    EVERY[function.__name__.replace("_", "-")] = function
    return function


def fail_over(cluster, load, random):
    """The standby takes over from a dead primary, which comes back as its standby."""
    pair = cluster.pair
    time.sleep(random.random() * 0.3)
    pair.promote()
    time.sleep(random.random() * 0.5)
    pair.reclone()
    load.wait_for_progress()


def isolate_standby(pair, random):
    """Lets commits wait, by a standby that stands still or cannot be reached; returns what undoes it."""
    link = f"replication-{pair.named('standby').name}"
    if random.random() < 0.5:
        standby = pair.named("standby")
        standby.freeze()
        return standby.thaw
    pair.set_link(link, "silent")

    def restore():
        # What was under way is lost with the primary's machine, and not delivered later.
        pair.set_link(link, "reset")
        pair.set_link(link, "open")

    return restore


@scenario
def primary_killed(cluster, load, random):
    """kill -9 of the primary, and promotion."""
    cluster.pair.named("primary").kill()
    fail_over(cluster, load, random)


@scenario
def standby_lost_then_primary(cluster, load, random):
    """The standby falls behind, and the primary is lost with what no standby has."""
    restore = isolate_standby(cluster.pair, random)
    time.sleep(1 + random.random())
    cluster.pair.named("primary").kill()
    restore()
    fail_over(cluster, load, random)


@scenario
def primary_restarted_in_place(cluster, load, random):
    """A primary shows, after a restart, commits that no standby has, and is lost with them."""
    pair = cluster.pair
    restore = isolate_standby(pair, random)
    pair.wait_for_commit_waiting()
    pair.named("primary").kill()
    pair.named("primary").start()
    # Nodes connect again and may look; none may believe.
    time.sleep(1 + random.random())
    pair.named("primary").kill()
    restore()
    fail_over(cluster, load, random)


@scenario
def link_down(cluster, load, random):
    """A node's links go silent, lose answers, or are reset."""
    node = random.choice(cluster.nodes)
    mode = random.choice(("silent", "deaf", "reset"))
    cluster.pair.set_link(node.name, mode)
    time.sleep(random.choice((0.5, 3)))
    if random.random() < 0.5:
        # Answers that were withheld never come.
        cluster.pair.set_link(node.name, "reset")
        time.sleep(0.2)
    cluster.pair.set_link(node.name, "open")
    load.wait_for_progress()


@scenario
def node_killed(cluster, load, random):
    """kill -9 of a node, with commits under way."""
    node = random.choice(cluster.nodes)
    node.kill()
    time.sleep(random.random() * 0.5)
    node.start()
    load.wait_for_progress()


@scenario
def node_stopped(cluster, load, random):
    """A node stands still, perhaps with a shard's lock in its hands: others go on."""
    node = random.choice(cluster.nodes)
    others = [each for each in cluster.nodes if each is not node]
    node.signal(signal.SIGSTOP)
    try:
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            # Every user, so that a shard whose lock is held is among them.
            for user in load.users:
                began = time.monotonic()
                load.single.attempt(random.choice(others), user, [load.single.event(user)])
                cluster.note("one node stopped: an append on another", time.monotonic() - began)
    finally:
        node.signal(signal.SIGCONT)
    load.wait_for_progress()


def cancel_waits(pair, random):
    """Ends the waits of commits for the standby, of several nodes if they come: visible, and not replicated."""
    pair.wait_for_commit_waiting()
    time.sleep(0.1)
    end = random.choice(("pg_cancel_backend", "pg_terminate_backend"))
    pair.sql("primary", f"select {end}(pid) from pg_stat_activity where wait_event = 'SyncRep'")
    time.sleep(random.random() * 0.5)


@scenario
def wait_cancelled(cluster, load, random):
    """Waits for the standby are cancelled, and what was not replicated is lost, or not."""
    pair = cluster.pair
    restore = isolate_standby(pair, random)
    for _ in range(3):
        cancel_waits(pair, random)
    if random.random() < 0.7:
        pair.named("primary").kill()
        restore()
        fail_over(cluster, load, random)
    else:
        restore()
        load.wait_for_progress()


@scenario
def wait_cancelled_and_node_killed(cluster, load, random):
    """Callers of a node that dies retry on others, which see their events there: that does not make them safe."""
    pair = cluster.pair
    restore = isolate_standby(pair, random)
    cancel_waits(pair, random)
    node = random.choice(cluster.nodes)
    node.kill()
    time.sleep(1)
    pair.named("primary").kill()
    restore()
    node.start()
    fail_over(cluster, load, random)


@scenario
def appender_killed_while_waiting(cluster, load, random):
    """A node dies while its commit waits for a standby: its group keeps the place, others come after it."""
    pair = cluster.pair
    restore = isolate_standby(pair, random)
    pair.wait_for_commit_waiting()
    node = random.choice(cluster.nodes)
    node.kill()
    time.sleep(0.5)
    restore()
    node.start()
    load.wait_for_progress()


@scenario
def former_primary_lives_on(cluster, load, random):
    """A primary stands still, is replaced, and comes to again: nobody confirms what it takes from then on."""
    pair = cluster.pair
    former = pair.named("primary")
    former.freeze()
    time.sleep(0.2)
    pair.promote()
    former.thaw()
    time.sleep(1.5)
    former.kill()
    pair.reclone(former.name)
    load.wait_for_progress()


@scenario
def database_gone(cluster, load, random):
    """Both servers are gone: reads go on, appends fail with a typed error, a retry elsewhere writes once."""
    pair = cluster.pair
    shard, ids = cluster.some_acknowledged()
    pair.named("standby").kill()
    pair.named("primary").kill()
    try:
        time.sleep(0.5)
        for node in cluster.nodes:
            answer = node.ask("read", shard=shard, **{"from": 1, "limit": 10})
            if not answer["events"]:
                load.failures.append(f"{node.name} reads nothing while the database is gone")
        event = load.single.event(load.users[0])
        first, other = random.sample(cluster.nodes, 2)
        began = time.monotonic()
        try:
            first.ask("append", events=[event])
            load.failures.append(f"{first.name} acknowledged an event while the database was gone")
        except NodeError as error:
            if error.kind not in ("outcomeUnknown", "unavailable"):
                load.failures.append(f"{first.name} answered {error} while the database was gone")
            cluster.note("database gone: seconds to the error", time.monotonic() - began)
    finally:
        pair.named("primary").start()
        pair.named("standby").start()
        pair.wait_for_standby()
    load.wait_for_progress()
    for node in (other, first):
        # Both answers go into the history: the event must be in the log once.
        load.single.attempt(node, event["user"], [event])


@scenario
def database_restored(cluster, load, random):
    """The database comes back from an older backup: nodes are stopped, and put back what it has lost before they go on."""
    if not cluster.arguments.worker:
        return
    cluster.pair.save("earlier")
    time.sleep(1 + random.random())
    for node in cluster.nodes:
        node.close()
    cluster.pair.bring_back("earlier")
    refilled = [cluster.refill(node) for node in random.sample(cluster.nodes, len(cluster.nodes))]
    if not any(refilled):
        load.failures.append("the backup lacked nothing: the test has tested nothing")
    for node in cluster.nodes:
        node.start()
    load.wait_for_progress()
