"""What a server must bear: many idle connections, slow and half-open clients, headers of a megabyte, tiny requests.

connections.py URL TOKEN PID [IDLE_CONNECTIONS]
Prints what was seen, and ends with 1 when the server did not bear it.
"""

from __future__ import annotations

import json
import resource
import select
import socket
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path


class Server:
    """The server under load, and what the system says of its process."""

    def __init__(self, url: str, token: str, pid: int) -> None:
        parts = urllib.parse.urlsplit(url)
        self.url, self.token, self.pid = url, token, pid
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.failures: list[str] = []

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=30)

    def resident_bytes(self) -> int:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def is_well(self) -> bool:
        with urllib.request.urlopen(self.url + "/v1/health", timeout=30) as answer:
            return json.load(answer)["status"] == "ok"

    def expect(self, holds: bool, what: str) -> None:
        print(f"{'ok    ' if holds else 'FAILED'} {what}", flush=True)
        if not holds:
            self.failures.append(what)

    def head(self, path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n".encode()


def read_until_closed(connection: socket.socket) -> bytes:
    received = b""
    try:
        while chunk := connection.recv(1 << 16):
            received += chunk
    except OSError:
        pass
    return received


def idle(server: Server, count: int) -> None:
    """Connections that have been used once, and then say nothing."""
    before = server.resident_bytes()
    request = server.head("/v1/me") + b"\r\n"
    connections = []
    for _ in range(count):
        connection = server.connect()
        connection.sendall(request)
        connections.append(connection)
        if len(connections) % 256 == 0:
            for one in connections[-256:]:
                one.recv(1 << 16)
    bytes_now = server.resident_bytes()
    server.expect(server.is_well(), f"{count} idle connections are held, and another one is answered")
    server.expect(bytes_now < 300 << 20, f"with {bytes_now >> 20} MB resident, {before >> 20} MB before")
    for connection in connections:
        connection.close()


def slow(server: Server) -> None:
    """Clients that send a byte now and then, and readers that read nothing."""
    dripping = [server.connect() for _ in range(200)]
    for number in range(10):
        for connection in dripping:
            connection.sendall(server.head("/v1/me")[number : number + 1])
        time.sleep(0.1)
    server.expect(server.is_well(), "200 clients that send a byte at a time keep nobody from being answered")
    deaf = []
    for _ in range(100):
        connection = server.connect()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall((server.head("/v1/spaces/v6/images?limit=500&embeddings=true") + b"\r\n") * 20)
        deaf.append(connection)
    time.sleep(1)
    server.expect(server.is_well(), "100 clients that read nothing of 20 large answers each keep nobody either")
    for connection in dripping + deaf:
        connection.close()


def half_open(server: Server) -> None:
    """Connections that end in the middle of everything."""
    for number in range(500):
        connection = server.connect()
        text = server.head("/v1/me") + b"\r\n" if number % 3 else b"POST /v1/events HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"
        connection.sendall(text[: len(text) * (number % 4 + 1) // 4])
        if number % 2:
            connection.shutdown(socket.SHUT_WR)
        # A reset instead of an orderly end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    server.expect(server.is_well(), "500 connections are broken off")


def large_head(server: Server) -> None:
    connection = server.connect()
    try:
        connection.sendall(server.head("/v1/me") + b"X-Large: " + b"a" * (1 << 20) + b"\r\n\r\n")
    except OSError:
        pass
    answer = read_until_closed(connection)[:40]
    server.expect(b" 200 " not in answer, f"a head of a megabyte is refused: {answer.splitlines()[:1]}")
    server.expect(server.is_well(), "and others are answered")


def tiny(server: Server, count: int) -> None:
    """Requests one after the other on one connection, as fast as they are taken."""
    connection = server.connect()
    connection.setblocking(False)
    request = b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n"
    pending = memoryview(request * count)
    answers, tail, started = 0, b"", time.monotonic()
    while answers < count and time.monotonic() - started < 300:
        readable, writable, _ = select.select([connection], [connection] if pending else [], [], 30)
        if writable:
            pending = pending[connection.send(pending[: 1 << 16]) :]
        if readable:
            data = tail + connection.recv(1 << 18)
            answers += data.count(b"HTTP/1.1 200")
            # What may be the beginning of a status line is looked at again.
            tail = data[-11:]
    connection.close()
    took = time.monotonic() - started
    server.expect(answers == count, f"{answers} of {count} tiny requests on one connection are answered in {took:.1f} s")


def main() -> int:
    url, token, pid = sys.argv[1], sys.argv[2], int(sys.argv[3])
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 10_000
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    server = Server(url, token, pid)
    slow(server)
    half_open(server)
    large_head(server)
    tiny(server, 100_000)
    time.sleep(2)
    bytes_before, descriptors_before = server.resident_bytes(), server.descriptors()
    half_open(server)
    tiny(server, 100_000)
    time.sleep(2)
    grown = server.resident_bytes() - bytes_before
    server.expect(grown < 16 << 20, f"the same again takes {grown >> 20} MB more")
    server.expect(server.descriptors() <= descriptors_before + 5, f"{server.descriptors()} descriptors are open, {descriptors_before} before")
    idle(server, count)
    return 1 if server.failures else 0


if __name__ == "__main__":
    sys.exit(main())
