"""A node of the cluster as a process (`clusterworker node`, or `model_node.py`), asked by JSON lines."""

import itertools
import json
import os
import pathlib
import queue
import signal
import subprocess
import threading


class NodeGone(Exception):
    """The process ended, or was killed, before it answered: the outcome is unknown."""


class NodeDown(NodeGone):
    """There is no process: nothing was asked."""


class NodeError(Exception):
    """The node answered with an error."""

    def __init__(self, answer):
        super().__init__(f"{answer['error']}: {answer.get('message', '')}")
        self.kind, self.answer = answer["error"], answer


class Node:
    """One process and those that follow it when it is started again; each of them is an incarnation."""

    def __init__(self, name, command, log):
        self.name, self.command, self.log = name, command, pathlib.Path(log)
        self.incarnation = 0
        self.process = None
        self.guard = threading.Lock()

    def start(self, seconds=60):
        """Returns when the node serves."""
        self.incarnation += 1
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        with self.guard:
            self.numbers = itertools.count(1)
            self.waiting, self.gone = {}, False
        self.ready = queue.Queue()
        threading.Thread(target=self.receive, args=(self.process, self.waiting, self.ready), daemon=True).start()
        try:
            first = self.ready.get(timeout=seconds)
        except queue.Empty:
            first = None
        if first is None:
            self.kill()
            raise NodeGone(f"{self.name} did not come up: {self.last_words()}")

    def receive(self, process, waiting, ready):
        for line in process.stdout:
            answer = json.loads(line)
            if answer.get("ready"):
                ready.put(answer)
                continue
            with self.guard:
                box = waiting.pop(answer.get("id"), None)
            if box is not None:
                box.put(answer)
        # What was not answered never will be.
        with self.guard:
            if process is self.process:
                self.gone = True
            left = list(waiting.values())
            waiting.clear()
        for box in left:
            box.put(None)
        ready.put(None)

    def ask(self, do, **fields):
        """Sends a request and waits for its answer. Raises NodeError, or NodeGone when there will be none."""
        box = queue.Queue()
        with self.guard:
            if self.gone or self.process is None:
                raise NodeDown(f"{self.name} is down")
            number = next(self.numbers)
            self.waiting[number] = box
            try:
                self.process.stdin.write(json.dumps({"id": number, "do": do, **fields}).encode() + b"\n")
                self.process.stdin.flush()
            except (BrokenPipeError, ValueError):
                self.waiting.pop(number, None)
                raise NodeGone(f"{self.name} is gone") from None
        answer = box.get()
        if answer is None:
            raise NodeGone(f"{self.name} is gone")
        if "error" in answer:
            raise NodeError(answer)
        return answer

    def signal(self, number):
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        if self.process is not None:
            with self.guard:
                self.gone = True
            self.process.wait()

    def close(self, seconds=30):
        """Ends the node in order; raises when it does not end well."""
        with self.guard:
            self.gone = True
            self.process.stdin.close()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise NodeGone(f"{self.name} did not end within {seconds} s") from None
        if code != 0:
            raise NodeGone(f"{self.name} ended with {code}: {self.last_words()}")

    def last_words(self):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
        except OSError:
            return ""
