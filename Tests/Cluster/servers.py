"""One private PostgreSQL server: made, started, stopped, killed, frozen, cloned. It is run by an unprivileged user."""

import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import time


class Failure(Exception):
    """What went wrong, and what to do about it."""


def binaries():
    """The folder of PostgreSQL's programs. Debian keeps them out of PATH, one folder for each version."""
    named = os.environ.get("POSTGRES_BINARIES")
    found = [pathlib.Path(named)] if named else sorted(
        pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))
    if not found and shutil.which("pg_ctl"):
        found = [pathlib.Path(os.path.realpath(shutil.which("pg_ctl"))).parent]
    if not found or not (found[-1] / "postgres").exists():
        raise Failure("PostgreSQL's server is not installed; run: make dependencies (or set POSTGRES_BINARIES)")
    return found[-1]


def unprivileged():
    """The prefix of commands, and the user to own the files: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return [], None
    for name in (os.environ.get("POSTGRES_USER"), "postgres", "nobody"):
        try:
            user = pwd.getpwnam(name) if name else None
        except KeyError:
            user = None
        if user and user.pw_uid != 0:
            return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--init-groups", "--"], user
    raise Failure("run as root, and neither a user postgres nor nobody exists; set POSTGRES_USER to an unprivileged user")


def children(process):
    """The ids of the processes whose parent is `process`."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as file:
                    # The name, in parentheses, may hold anything; the state and the parent stand behind it.
                    if int(file.read().rpartition(b")")[2].split()[1]) == process:
                        found.append(int(entry))
            except (FileNotFoundError, ProcessLookupError):
                pass
    return found


def signal_all(processes, number):
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass


class Server:
    """A server of the pair. `folder` holds `data` and `log`; everything else follows from the files there."""

    def __init__(self, name, folder, port):
        self.name, self.folder, self.port = name, pathlib.Path(folder), port
        self.data = self.folder / "data"

    def run(self, *command, check=True, environment=None, output=subprocess.PIPE):
        prefix, _ = unprivileged()
        if environment:
            prefix = [*prefix, "env", *(f"{key}={value}" for key, value in environment.items())]
        finished = subprocess.run(
            [*prefix, *map(str, command)], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, text=True,
            cwd=self.folder, errors="replace")
        if check and finished.returncode != 0:
            raise Failure(f"{pathlib.Path(command[0]).name} of server {self.name}: {finished.stdout or ''}{self.last_words()}")
        return finished

    def last_words(self):
        try:
            return "\n".join((self.folder / "log").read_text(errors="replace").splitlines()[-8:])
        except OSError:
            return ""

    def initialize(self, password):
        """A new, empty database cluster with checksums on its pages."""
        file = self.folder / "password"
        file.write_text(password)
        _, user = unprivileged()
        if user:
            os.chown(file, user.pw_uid, user.pw_gid)
        self.run(
            binaries() / "initdb", "--pgdata", self.data, "--username", "postgres", "--pwfile", file, "--auth", "scram-sha-256",
            "--locale", "C", "--encoding", "UTF8", "--data-checksums", "--no-sync")
        file.unlink()

    def write(self, name, text, mode=0o600):
        """Writes a file of the data folder, owned by the server's user."""
        path = self.data / name
        path.write_text(text)
        path.chmod(mode)
        _, user = unprivileged()
        if user:
            os.chown(path, user.pw_uid, user.pw_gid)

    def start(self):
        if self.postmaster() is None:
            # A killed process that nobody has waited for yet still has an id, for which a server would refuse to start.
            self.release_memory()
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        # pg_ctl hands its standard output on to the server, which would keep a pipe open for ever.
        self.run(
            binaries() / "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", self.data, "-l", self.folder / "log",
            output=subprocess.DEVNULL)

    def postmaster(self):
        """The id of the server's first process, or None. A file that a killed server left does not count."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            process = int(lines[0])
            with open(f"/proc/{process}/cmdline", "rb") as file:
                command = file.read()
            with open(f"/proc/{process}/stat", "rb") as file:
                dead = file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
        except (OSError, IndexError, ValueError):
            return None
        return process if b"postgres" in command and str(self.data).encode() in command and not dead else None

    def kill(self):
        """All processes at once with SIGKILL, as when the machine is gone: no backend outlives the first process."""
        first = self.postmaster()
        if first is None:
            return
        # A stopped process forks nothing, so that the list of its children is complete.
        os.kill(first, signal.SIGSTOP)
        processes = [first, *children(first)]
        signal_all(processes, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while any(os.path.exists(f"/proc/{process}") and not self.is_zombie(process) for process in processes):
            if time.monotonic() > deadline:
                raise Failure(f"server {self.name}: processes {processes} survive SIGKILL")
            time.sleep(0.005)

    @staticmethod
    def is_zombie(process):
        try:
            with open(f"/proc/{process}/stat", "rb") as file:
                return file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
        except (FileNotFoundError, ProcessLookupError):
            return True

    def freeze(self):
        first = self.postmaster()
        if first is None:
            raise Failure(f"server {self.name} does not run")
        os.kill(first, signal.SIGSTOP)
        signal_all(children(first), signal.SIGSTOP)

    def thaw(self):
        first = self.postmaster()
        if first is not None:
            signal_all([*children(first), first], signal.SIGCONT)

    def state(self):
        first = self.postmaster()
        if first is None:
            return "down"
        with open(f"/proc/{first}/stat", "rb") as file:
            return "frozen" if file.read().rpartition(b")")[2].split()[0] == b"T" else "running"

    def promote(self):
        self.run(binaries() / "pg_ctl", "promote", "-w", "-t", "60", "-s", "-D", self.data)

    def reload(self):
        self.run(binaries() / "pg_ctl", "reload", "-s", "-D", self.data)

    def stop(self):
        """Stops at once, without a checkpoint: what is stopped here is thrown away."""
        if self.postmaster() is not None:
            self.thaw()
            if self.run(binaries() / "pg_ctl", "stop", "-m", "immediate", "-w", "-t", "20", "-s", "-D", self.data,
                        check=False).returncode != 0:
                self.kill()
        self.release_memory()

    def release_memory(self):
        """Removes the System V segment that a killed server leaves; its id is in the file of the first process."""
        try:
            segment = (self.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
        except (OSError, IndexError):
            return
        self.run("ipcrm", "-m", segment, check=False)

    def remove_data(self):
        self.release_memory()
        shutil.rmtree(self.data, ignore_errors=True)

    def clone(self, connection, password):
        """A base backup of another server, as the ground of a standby."""
        self.remove_data()
        self.run(
            binaries() / "pg_basebackup", "--pgdata", self.data, "--dbname", connection, "--checkpoint", "fast", "--wal-method",
            "stream", "--no-sync", environment={"PGPASSWORD": password})
