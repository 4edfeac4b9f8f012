#!/usr/bin/env python3
"""TCP links that can be cut, between a node and a database server or between two servers.

One process serves all links of a pair. It listens on a control port for one JSON object a line:
  {"do": "open", "link": NAME, "port": P, "to": PORT}   begin to listen
  {"do": "mode", "link": NAME, "mode": MODE, "milliseconds": N}
  {"do": "list"}
MODE is one of
  open    bytes pass, each direction later by `milliseconds`
  silent  nothing passes in either direction, connections stay: a cable that is out
  deaf    what the client sends arrives, answers do not come back: a commit whose outcome the client cannot know
  reset   present connections are reset, new ones too: a host that is down
What was withheld passes when the link is opened again, as it does after a short outage of a real network. Unlike there,
the client's kernel sees its bytes acknowledged: `tcp_user_timeout` and keepalives notice nothing, so that a client must
have a deadline of its own.
"""

import argparse
import asyncio
import json
import os
import socket
import struct
import sys

MODES = ("open", "silent", "deaf", "reset")


def reset(writer):
    """Closes a connection with RST, so that its peer sees an error and not an orderly end."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
    writer.transport.abort()


class Link:
    def __init__(self, port, target):
        self.port, self.target = port, target
        self.mode, self.delay = "open", 0.0
        self.forward, self.backward = asyncio.Event(), asyncio.Event()
        self.forward.set()
        self.backward.set()
        self.writers = set()

    async def listen(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)

    def set_mode(self, mode, milliseconds):
        self.mode, self.delay = mode, milliseconds / 1000
        for gate, passes in ((self.forward, mode in ("open", "deaf")), (self.backward, mode == "open")):
            gate.set() if passes else gate.clear()
        if mode == "reset":
            for writer in list(self.writers):
                reset(writer)

    async def serve(self, reader, writer):
        self.writers.add(writer)
        upstream = None
        try:
            if self.mode == "reset":
                return reset(writer)
            await self.forward.wait()
            server_reader, upstream = await asyncio.open_connection("127.0.0.1", self.target)
            self.writers.add(upstream)
            if self.mode == "reset":
                reset(upstream)
                return reset(writer)
            await asyncio.gather(
                self.pump(reader, upstream, self.forward), self.pump(server_reader, writer, self.backward))
        except OSError:
            pass
        finally:
            for end in (writer, upstream):
                if end is not None:
                    self.writers.discard(end)
                    # A server that refused or died is, for the client, a connection that was reset.
                    reset(end) if end is writer and upstream is None else end.close()

    async def pump(self, reader, writer, gate):
        """Passes bytes on. A queue keeps pipelined requests pipelined when there is a delay."""
        queue = asyncio.Queue(64)
        clock = asyncio.get_running_loop().time

        async def read():
            while True:
                try:
                    chunk = await reader.read(65536)
                except OSError:
                    chunk = b""
                await queue.put((clock() + self.delay, chunk))
                if not chunk:
                    return

        reading = asyncio.create_task(read())
        try:
            while True:
                due, chunk = await queue.get()
                if due > clock():
                    await asyncio.sleep(due - clock())
                await gate.wait()
                if not chunk:
                    break
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        finally:
            reading.cancel()
            # Either end's close ends both: half-closed connections do not occur in PostgreSQL's protocol.
            writer.close()


class Control:
    def __init__(self):
        self.links = {}

    async def answer(self, request):
        if request["do"] == "open":
            link = Link(request["port"], request["to"])
            await link.listen()
            self.links[request["link"]] = link
            return {"port": link.port}
        if request["do"] == "mode":
            if request["mode"] not in MODES:
                raise ValueError(f"{request['mode']} is no mode; one of {', '.join(MODES)}")
            self.links[request["link"]].set_mode(request["mode"], request.get("milliseconds", 0))
            return {"mode": request["mode"]}
        return {name: {"port": link.port, "to": link.target, "mode": link.mode} for name, link in self.links.items()}

    async def serve(self, reader, writer):
        while line := await reader.readline():
            try:
                answer = await self.answer(json.loads(line))
            except (OSError, KeyError, ValueError) as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()


def ask(port, request):
    """Sends one request to the control port and returns the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(connection.makefile().readline())
    if "error" in answer:
        raise RuntimeError(f"links: {answer['error']}")
    return answer


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--control", type=int, required=True, help="the control port")
    parser.add_argument("--owner", type=int, help="end when the process with this id has ended")
    parser.add_argument("--at-end", nargs=argparse.REMAINDER, help="a command to run when the owner has ended")
    arguments = parser.parse_args()
    await asyncio.start_server(Control().serve, "127.0.0.1", arguments.control)
    print("ready", flush=True)
    while arguments.owner is None or os.path.exists(f"/proc/{arguments.owner}"):
        await asyncio.sleep(0.5)
    if arguments.at_end:
        os.execvp(arguments.at_end[0], arguments.at_end)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
