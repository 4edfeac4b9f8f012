"""UmaDB, the server of the PyPI package `umadb`, driven by its own Python client over gRPC on loopback.

Every figure includes the loopback round trip; the store itself is measured in process (see docs/performance.md).
The client releases the interpreter lock while it waits, so threads are real concurrent clients.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import umadb

from measurement import Arguments, Event, EventSource, Histogram, Random, dispatch, print_result, run_callers

RECORD_BYTES = 52
TRANSPORT = "gRPC over loopback"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(arguments: Arguments) -> Iterator[str]:
    """Start the server on a free loopback port over `--store`; yields its address and stops it afterwards."""
    store = Path(arguments.text("store"))
    store.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{_free_port()}"
    command = [str(Path(sys.executable).with_name("umadb")), "--listen", address, "--db-path", str(store / "uma.db")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(process, address)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    host, port = address.split(":")
    for _ in range(600):
        if process.poll() is not None:
            sys.exit(f"the umadb server left with status {process.returncode}")
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    sys.exit("the umadb server did not start within 12 s")


def uma_event(event: Event) -> umadb.Event:
    """A rank event with a payload as large as the store's own record, tagged with its user."""
    numbers = (event.user, event.winner, event.loser, event.at)
    payload = b"".join(number.to_bytes(8, "little") for number in numbers).ljust(RECORD_BYTES, b"\0")
    return umadb.Event("rank", payload, tags=[f"user-{event.user:06}"])


def prepare(arguments: Arguments) -> None:
    """Fill a fresh store over the client, 1,000 events a batch."""
    events = arguments.number("events", 100_000)
    source = EventSource(arguments)
    start = time.monotonic()
    with server(arguments) as url:
        client = umadb.Client(url)
        for begin in range(0, events, 1000):
            client.append([uma_event(event) for event in source.take(min(1000, events - begin))])
    print_result(arguments, "umadb", "events/s", [events / (time.monotonic() - start)], events=events)


def _client_request(arguments: Arguments, url: str, caller: int) -> Callable[[int], None]:
    """One connected client; its batches are built before the clock starts, so that only the store is timed."""
    client = umadb.Client(url)
    batch = arguments.number("batch", 1)
    source = EventSource(arguments, 1 + caller)
    ready = [[uma_event(event) for event in source.take(batch)] for _ in range(max(1, min(64, 2000 // batch)))]

    def request(number: int) -> None:
        client.append(ready[number % len(ready)])

    return request


def append(arguments: Arguments) -> None:
    """Durable appends by `--callers` clients with `--batch` events each."""
    with server(arguments) as url:
        requests = [_client_request(arguments, url, caller) for caller in range(arguments.number("callers", 1))]
        result = run_callers(arguments, requests)
    rate = result.events / result.seconds
    print_result(
        arguments, "umadb", "events/s", [rate], events=result.events, latency=result.latency, transport=TRANSPORT
    )


def scan(arguments: Arguments) -> None:
    """Read the whole log once, after one warm-up pass unless `--cold 1`."""
    with server(arguments) as url:
        client = umadb.Client(url)
        if not arguments.number("cold", 0):
            sum(1 for _ in client.read())
        start = time.monotonic()
        count = sum(len(item.event.data) > 0 for item in client.read())
        elapsed = time.monotonic() - start
    print_result(arguments, "umadb", "events/s", [count / elapsed], events=count, transport=TRANSPORT)


def stream(arguments: Arguments) -> None:
    """Read the events of one user at a time, by tag."""
    random, latency, count, busy = Random(arguments.number("seed", 1)), Histogram(), 0, 0
    cold = bool(arguments.number("cold", 0))
    with server(arguments) as url:
        client = umadb.Client(url)
        for _ in range(arguments.number("count", 100)):
            tag = f"user-{random.below(arguments.number('users', 10_000)):06}"
            query = umadb.Query(items=[umadb.QueryItem(types=[], tags=[tag])])
            if not cold:
                sum(1 for _ in client.read(query=query))
            start = time.monotonic_ns()
            count += sum(1 for _ in client.read(query=query))
            latency.record(elapsed := time.monotonic_ns() - start)
            busy += elapsed
    rate = count * 1e9 / busy
    print_result(arguments, "umadb", "events/s", [rate], events=count, latency=latency, transport=TRANSPORT)


def get(arguments: Arguments) -> None:
    """Read single events at random positions."""
    random, count = Random(arguments.number("seed", 1)), arguments.number("count", 2000)
    with server(arguments) as url:
        client = umadb.Client(url)
        events = client.head() or 0
        start = time.monotonic()
        for _ in range(count):
            found = sum(1 for _ in client.read(start=1 + random.below(events), limit=1))
            if found != 1:
                sys.exit("an event is missing")
        elapsed = time.monotonic() - start
    print_result(arguments, "umadb", "reads/s", [count / elapsed], events=count, transport=TRANSPORT)


def open_store(arguments: Arguments) -> None:
    """Start the server and read the head: process start and connection included."""
    start = time.monotonic()
    with server(arguments) as url:
        events = umadb.Client(url).head() or 0
        elapsed = time.monotonic() - start
    print_result(arguments, "umadb", "ms", [elapsed * 1000], events=events, transport=TRANSPORT)


def disk(arguments: Arguments) -> None:
    """Allocated bytes per event. UmaDB allocates its file ahead in large steps, so small stores look worse."""
    with server(arguments) as url:
        events = umadb.Client(url).head() or 0
    files = [path for path in Path(arguments.text("store")).rglob("*") if path.is_file()]
    allocated = sum(os.stat(path).st_blocks * 512 for path in files)
    print_result(arguments, "umadb", "bytes/event", [allocated / max(1, events)], events=events)


def peer_version(arguments: Arguments) -> None:
    """Print the version of the installed package."""
    print_result(arguments, "umadb", "version", [], version=version("umadb"))


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
