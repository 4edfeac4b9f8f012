"""The Python library `eventsourcing` with its SQLite application recorder (WAL, synchronous=FULL)."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from measurement import Arguments, Event, EventSource, Histogram, Random, dispatch, print_result, run_callers

PAGE = 1000  # notifications a read


class Store:
    """A recorder over `--store`, and the revisions that its callers need to state."""

    def __init__(self, arguments: Arguments) -> None:
        directory = Path(arguments.text("store"))
        directory.mkdir(parents=True, exist_ok=True)
        self.datastore = SQLiteDatastore(str(directory / "events.sqlite"))
        self.recorder = SQLiteApplicationRecorder(self.datastore)
        self.recorder.create_table()
        self.versions: Counter[UUID] = Counter()
        self.writer = threading.Lock()

    def synchronous(self) -> str:
        """The sync mode of the connections that the library makes, as SQLite reports it."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("PRAGMA synchronous")
            return ("OFF", "NORMAL", "FULL", "EXTRA")[cursor.fetchone()[0]]

    def load_versions(self) -> None:
        """Read the last version of each stream, which an aggregate would carry."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT originator_id, max(originator_version) AS last FROM stored_events GROUP BY 1")
            self.versions.update({UUID(row["originator_id"]): row["last"] for row in cursor.fetchall()})

    def append(self, events: list[Event]) -> None:
        """Insert the events as one durable batch."""
        stored = []
        with self.writer:
            for event in events:
                stream = UUID(int=event.user)
                self.versions[stream] += 1
                state = b"".join(number.to_bytes(8, "little") for number in (event.winner, event.loser, event.at))
                stored.append(StoredEvent(stream, self.versions[stream], "rank", state))
            self.recorder.insert_events(stored)


def prepare(arguments: Arguments) -> None:
    """Fill a fresh store, 10,000 events a batch."""
    store, source, events = Store(arguments), EventSource(arguments), arguments.number("events", 100_000)
    start = time.monotonic()
    for begin in range(0, events, 10_000):
        store.append(source.take(min(10_000, events - begin)))
    print_result(arguments, "eventsourcing", "events/s", [events / (time.monotonic() - start)], events=events)


def _request(store: Store, source: EventSource, batch: int) -> Callable[[int], None]:
    def request(_: int) -> None:
        store.append(source.take(batch))

    return request


def append(arguments: Arguments) -> None:
    """Durable appends by `--callers` threads with `--batch` events each."""
    store, batch = Store(arguments), arguments.number("batch", 1)
    store.load_versions()
    sources = [EventSource(arguments, 1 + caller) for caller in range(arguments.number("callers", 1))]
    result = run_callers(arguments, [_request(store, source, batch) for source in sources])
    rate = result.events / result.seconds
    print_result(
        arguments,
        "eventsourcing",
        "events/s",
        [rate],
        events=result.events,
        latency=result.latency,
        sync=f"WAL, synchronous={store.synchronous()} (one flush)",
    )


def scan(arguments: Arguments) -> None:
    """Read the whole log in pages of notifications, after one warm-up pass unless `--cold 1`."""
    store = Store(arguments)

    def one_pass() -> int:
        count, start = 0, 1
        while page := store.recorder.select_notifications(start, PAGE):
            count += len(page)
            start = page[-1].id + 1
        return count

    if not arguments.number("cold", 0):
        one_pass()
    begin = time.monotonic()
    count = one_pass()
    print_result(arguments, "eventsourcing", "events/s", [count / (time.monotonic() - begin)], events=count)


def stream(arguments: Arguments) -> None:
    """Read the events of one stream at a time."""
    store, random, latency, count, busy = Store(arguments), Random(arguments.number("seed", 1)), Histogram(), 0, 0
    cold = bool(arguments.number("cold", 0))
    for _ in range(arguments.number("count", 100)):
        user = UUID(int=random.below(arguments.number("users", 10_000)))
        if not cold:
            store.recorder.select_events(user)
        start = time.monotonic_ns()
        count += len(store.recorder.select_events(user))
        latency.record(elapsed := time.monotonic_ns() - start)
        busy += elapsed
    print_result(arguments, "eventsourcing", "events/s", [count * 1e9 / busy], events=count, latency=latency)


def get(arguments: Arguments) -> None:
    """Read single events at random positions."""
    store, random, count = Store(arguments), Random(arguments.number("seed", 1)), arguments.number("count", 5000)
    events = store.recorder.max_notification_id()
    start = time.monotonic()
    for _ in range(count):
        position = 1 + random.below(events)
        if len(store.recorder.select_notifications(position, 1)) != 1:
            sys.exit("an event is missing")
    print_result(arguments, "eventsourcing", "reads/s", [count / (time.monotonic() - start)], events=count)


def open_store(arguments: Arguments) -> None:
    """Open the recorder and read its last position."""
    start = time.monotonic()
    events = Store(arguments).recorder.max_notification_id()
    print_result(arguments, "eventsourcing", "ms", [(time.monotonic() - start) * 1000], events=events)


def disk(arguments: Arguments) -> None:
    """Bytes per event after VACUUM."""
    store = Store(arguments)
    connection = store.datastore.pool.get_connection(is_writer=True)
    connection.cursor().execute("VACUUM")
    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.datastore.pool.put_connection(connection)
    events = store.recorder.max_notification_id()
    byte_count = (Path(arguments.text("store")) / "events.sqlite").stat().st_size
    print_result(arguments, "eventsourcing", "bytes/event", [byte_count / max(1, events)], events=events)


def peer_version(arguments: Arguments) -> None:
    """Print the version of the installed package."""
    print_result(arguments, "eventsourcing", "version", [], version=version("eventsourcing"))


if __name__ == "__main__":
    dispatch(
        {
            "prepare": prepare,
            "append": append,
            "scan": scan,
            "stream": stream,
            "get": get,
            "open": open_store,
            "disk": disk,
            "version": peer_version,
        }
    )
