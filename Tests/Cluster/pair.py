"""A primary and a synchronous standby in one folder, with links that can be cut. State is in FOLDER/pair.json."""

import json
import os
import pathlib
import random
import secrets
import shutil
import socket
import subprocess
import sys
import time

import links
from servers import Failure, Server, binaries, unprivileged

# What a cluster needs of PostgreSQL (docs/cluster.md), and what keeps a private server small.
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
wal_level = replica
hot_standby = on
max_wal_senders = 10
wal_keep_size = 512MB
wal_retrieve_retry_interval = 200ms
restart_after_crash = off
synchronous_commit = on
synchronous_standby_names = '{standbys}'
primary_conninfo = '{source}'
fsync = {fsync}
full_page_writes = {fsync}
shared_buffers = 64MB
max_connections = 100
dynamic_shared_memory_type = mmap
jit = off
password_encryption = scram-sha-256
log_line_prefix = '%m [%p] %q%u@%d '
ssl = {tls}
"""
ACCESS = """
{kind} all all 127.0.0.1/32 scram-sha-256
{kind} replication postgres 127.0.0.1/32 scram-sha-256
"""


def free_port(taken):
    """A port below those that the kernel gives to outgoing connections: a killed server finds it free again."""
    generator = random.SystemRandom()
    while True:
        port = generator.randrange(15000, 32000)
        if port in taken:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        taken.add(port)
        return port


def make_certificates(folder):
    """An authority and a certificate of 127.0.0.1, for sslmode=verify-full."""
    def openssl(*command):
        finished = subprocess.run(["openssl", *command], cwd=folder, capture_output=True, text=True)
        if finished.returncode != 0:
            raise Failure(f"openssl {command[0]}: {finished.stderr}")

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-days", "30", "-subj", "/CN=private authority", "-keyout", "authority.key", "-out", "authority.crt")
    openssl("req", *key, "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial", "-days", "30",
            "-extfile", "names", "-out", "server.crt")


class Pair:
    """The servers `a` and `b`. One is the primary; the other is the standby that every commit waits for."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        try:
            self.facts = json.loads((self.folder / "pair.json").read_text())
        except FileNotFoundError:
            raise Failure(f"{folder} holds no pair; start one: postgres_pair.py start {folder}") from None
        self.servers = {
            name: Server(name, self.folder / name, port) for name, port in self.facts["ports"].items()}

    # Making and ending

    @classmethod
    def start(cls, folder, tls=False, fsync=True, owner=None):
        """Makes the folder, both servers and the process that serves the links; returns when a commit is synchronous."""
        folder = pathlib.Path(folder).resolve()
        if folder.exists() and any(folder.iterdir()):
            raise Failure(f"{folder} is not empty; give a new folder, or stop the pair that is there")
        binaries()
        folder.mkdir(parents=True, exist_ok=True)
        cls.give_away(folder)
        taken = set()
        facts = {
            "ports": {"a": free_port(taken), "b": free_port(taken)}, "control": free_port(taken), "primary": "a", "tls": tls,
            "fsync": fsync, "links": {}, "passwords": {role: secrets.token_hex(16) for role in ("postgres", "operator", "node")}}
        (folder / "pair.json").touch(mode=0o600)
        (folder / "pair.json").write_text(json.dumps(facts))
        pair = cls(folder)
        try:
            pair.make(owner)
        except BaseException:
            pair.stop()
            raise
        return pair

    @staticmethod
    def give_away(folder):
        """Lets the servers' user own the folder, and checks that this user can get there."""
        prefix, user = unprivileged()
        if user:
            os.chown(folder, user.pw_uid, user.pw_gid)
            reached = subprocess.run([*prefix, "test", "-w", str(folder)], cwd="/")
            if reached.returncode != 0:
                raise Failure(f"the user {user.pw_name}, as whom the servers run, cannot reach {folder}; give a folder under /tmp")

    def make(self, owner):
        if self.facts["tls"]:
            make_certificates(self.folder)
        self.start_links(owner)
        for name in self.servers:
            (self.folder / name).mkdir()
            self.give_away(self.folder / name)
            # Each standby's replication passes a link of its own, so that it can be cut.
            self.open_link(f"replication-{name}", self.other(name))
        primary, standby = self.servers["a"], self.servers["b"]
        primary.initialize(self.facts["passwords"]["postgres"])
        self.configure(primary)
        primary.start()
        # Nothing waits for a standby that does not exist yet.
        self.sql("a", *(["set synchronous_commit = local"] + [
            f"create role {role} login password '{self.facts['passwords'][role]}'" for role in ("operator", "node")] + [
                # Whoever looks at the cluster sees its standbys.
                "grant pg_monitor to operator"]))
        self.sql("a", "set synchronous_commit = local", "create database store owner operator")
        self.clone(standby)
        self.wait_for_standby()

    def start_links(self, owner):
        command = [sys.executable, str(pathlib.Path(links.__file__).resolve()), "--control", str(self.facts["control"])]
        if owner is not None:
            stopping = pathlib.Path(__file__).resolve().parent / "postgres_pair.py"
            command += ["--owner", str(owner), "--at-end", sys.executable, str(stopping), "stop", str(self.folder)]
        with open(self.folder / "links.log", "w") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True, cwd="/")
        if process.stdout.readline().strip() != b"ready":
            raise Failure(f"the links did not start: {(self.folder / 'links.log').read_text()}")
        self.facts["links process"] = process.pid
        self.note_facts()

    def note_facts(self):
        new = self.folder / "pair.json.new"
        new.touch(mode=0o600)
        new.write_text(json.dumps(self.facts, indent=1))
        new.replace(self.folder / "pair.json")

    def stop(self, keep=False):
        """Ends every process that belongs to the pair, by its id, and removes the folder."""
        for server in self.servers.values():
            server.stop()
        process = self.facts.get("links process")
        if process is not None and process != os.getpid():
            try:
                with open(f"/proc/{process}/cmdline", "rb") as file:
                    ours = b"links.py" in file.read()
                if ours:
                    os.kill(process, 15)
            except (FileNotFoundError, ProcessLookupError):
                pass
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    # Configuration

    def other(self, name):
        return "b" if name == "a" else "a"

    def configure(self, server):
        password = self.facts["passwords"]["postgres"]
        source = (
            f"host=127.0.0.1 port={self.facts['links'][f'replication-{server.name}']['port']} user=postgres password={password} "
            f"application_name={server.name} connect_timeout=2 keepalives_idle=2 keepalives_interval=1 keepalives_count=3")
        server.write("pair.conf", SETTINGS.format(
            port=server.port, standbys=f"ANY 1 ({self.other(server.name)})", source=source,
            fsync="on" if self.facts["fsync"] else "off", tls="on" if self.facts["tls"] else "off"))
        main = server.data / "postgresql.conf"
        if "pair.conf" not in main.read_text():
            with open(main, "a") as file:
                file.write("\ninclude 'pair.conf'\n")
        server.write("pg_hba.conf", ACCESS.format(kind="hostssl" if self.facts["tls"] else "host")
                     + ("host replication postgres 127.0.0.1/32 scram-sha-256\n" if self.facts["tls"] else ""))
        if self.facts["tls"]:
            for name in ("server.crt", "server.key"):
                server.write(name, (self.folder / name).read_text())

    def clone(self, server):
        """Makes `server` a new standby of the present primary, from a base backup."""
        primary = self.servers[self.facts["primary"]]
        server.clone(f"host=127.0.0.1 port={primary.port} user=postgres", self.facts["passwords"]["postgres"])
        self.configure(server)
        server.write("standby.signal", "")
        server.start()

    # Roles and faults

    def named(self, name):
        """A server by its name, or by its role."""
        if name == "primary":
            name = self.facts["primary"]
        elif name == "standby":
            name = self.other(self.facts["primary"])
        if name not in self.servers:
            raise Failure(f"there is no server {name}; it is a, b, primary or standby")
        return self.servers[name]

    def promote(self, name="standby"):
        server = self.named(name)
        server.promote()
        self.facts["primary"] = server.name
        self.note_facts()

    def reclone(self, name="standby"):
        """What an operator does with a former primary: its data are thrown away and copied from the present one."""
        server = self.named(name)
        if server.name == self.facts["primary"]:
            raise Failure(f"{name} is the primary; promote the other server first")
        server.stop()
        self.clone(server)
        self.wait_for_standby()

    # Backups

    def save(self, name):
        """A base backup of the primary as it is, to go back to."""
        self.remove_backup(name)
        backup = Server(name, self.folder / f"backup-{name}", 0)
        backup.folder.mkdir()
        self.give_away(backup.folder)
        primary = self.servers[self.facts["primary"]]
        backup.clone(f"host=127.0.0.1 port={primary.port} user=postgres", self.facts["passwords"]["postgres"])

    def bring_back(self, name):
        """A restored database: both servers are killed, and the primary is what it was when it was saved. Its clone, the
        standby, is too."""
        backup = self.folder / f"backup-{name}" / "data"
        if not backup.exists():
            raise Failure(f"there is no backup {name}; make it: postgres_pair.py save {self.folder} {name}")
        primary = self.named("primary")
        for server in self.servers.values():
            server.kill()
        primary.remove_data()
        primary.run("cp", "-a", backup, primary.data)
        self.configure(primary)
        primary.start()
        self.reclone("standby")

    def remove_backup(self, name):
        shutil.rmtree(self.folder / f"backup-{name}", ignore_errors=True)

    def wait_for_standby(self, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            states = self.sql(
                self.facts["primary"], "select count(*) from pg_stat_replication where sync_state in ('sync','quorum') and state='streaming'")
            if states.strip() == "1":
                return
            if time.monotonic() > deadline:
                raise Failure(f"no synchronous standby after {seconds} s; {self.named('standby').last_words()}")
            time.sleep(0.05)

    def wait_for_commit_waiting(self, seconds=15):
        """Returns when a commit on the primary waits for the standby."""
        deadline = time.monotonic() + seconds
        while self.sql("primary", "select count(*) from pg_stat_activity where wait_event = 'SyncRep'").strip() == "0":
            if time.monotonic() > deadline:
                raise Failure(f"no commit waits for a standby after {seconds} s")
            time.sleep(0.02)

    # Links and connections

    def open_link(self, link, server):
        port = free_port({*self.facts["ports"].values(), self.facts["control"], *(each["port"] for each in self.facts["links"].values())})
        links.ask(self.facts["control"], {"do": "open", "link": link, "port": port, "to": self.servers[server].port})
        self.facts["links"][link] = {"port": port, "to": server}
        self.note_facts()

    def link(self, name, role="node"):
        """Opens the links of a node to both servers, and returns the connection string that passes them."""
        for server in self.servers:
            if f"{name}-{server}" not in self.facts["links"]:
                self.open_link(f"{name}-{server}", server)
        return self.connection(role, [self.facts["links"][f"{name}-{server}"]["port"] for server in self.servers])

    def set_link(self, name, mode, milliseconds=0):
        """Sets a link, or all links of a node."""
        chosen = [link for link in self.facts["links"] if link == name or link.rpartition("-")[0] == name]
        if not chosen:
            raise Failure(f"there is no link {name}; open it: postgres_pair.py link {self.folder} {name}")
        for link in chosen:
            links.ask(self.facts["control"], {"do": "mode", "link": link, "mode": mode, "milliseconds": milliseconds})

    def connection(self, role="node", ports=None):
        """A connection string for libpq that names both servers and picks the one that takes writes."""
        ports = ports or [server.port for server in self.servers.values()]
        text = (
            f"host={','.join('127.0.0.1' for _ in ports)} port={','.join(map(str, ports))} dbname=store user={role} "
            f"password={self.facts['passwords'][role]} target_session_attrs=read-write connect_timeout=2")
        if self.facts["tls"]:
            text += f" sslmode=verify-full sslrootcert={self.folder / 'authority.crt'}"
        return text

    def sql(self, name, *statements, database="postgres"):
        """Runs statements as the superuser on one server, in one session each of its own transaction; returns the rows."""
        server = self.named(name)
        command = [
            "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d",
            f"host=127.0.0.1 port={server.port} user=postgres dbname={database} connect_timeout=5"]
        for statement in statements:
            command += ["-c", statement]
        finished = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "PGPASSWORD": self.facts["passwords"]["postgres"]}, cwd="/")
        if finished.returncode != 0:
            raise Failure(f"server {server.name}: {finished.stderr.strip()}")
        return finished.stdout

    def status(self):
        rows = {}
        for name, server in self.servers.items():
            state = server.state()
            rows[name] = {"port": server.port, "state": state, "process": server.postmaster()}
            if state == "running":
                rows[name]["recovery"] = self.sql(name, "select pg_is_in_recovery()").strip() == "t"
        primary = self.facts["primary"]
        standbys = []
        if rows[primary]["state"] == "running":
            lines = self.sql(primary, "select application_name, state, sync_state, replay_lsn from pg_stat_replication").split()
            standbys = [dict(zip(("name", "state", "sync", "replayed"), line.split("|"))) for line in lines]
        return {"primary": primary, "servers": rows, "standbys": standbys, "links": links.ask(self.facts["control"], {"do": "list"})}
