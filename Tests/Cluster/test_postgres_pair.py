#!/usr/bin/env python3
"""The harness itself: each fault does what it says, else a cluster test that passes would prove nothing."""

import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from pair import Pair
from servers import Failure


def processes_of(folder):
    """The ids of processes whose command line names the folder."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    if os.fsencode(folder) in file.read():
                        found.append(int(entry))
            except OSError:
                pass
    return found


class PairTests(unittest.TestCase):
    def setUp(self):
        self.parent = tempfile.TemporaryDirectory(prefix="postgres-pair-")
        os.chmod(self.parent.name, 0o755)
        self.folder = pathlib.Path(self.parent.name) / "pair"

    def tearDown(self):
        if (self.folder / "pair.json").exists():
            Pair(self.folder).stop()
        self.parent.cleanup()

    def begin(self, connection, statement):
        return subprocess.Popen(
            ["psql", "-X", "-A", "-t", "-q", "-d", connection, "-c", statement], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_faults(self):
        pair = Pair.start(self.folder)
        for word in ("create table seen (n int)", "grant select, insert on seen to node"):
            pair.sql("primary", word, database="store")
        direct, linked = pair.connection("node"), pair.link("first")

        pair.save("empty")

        with self.subTest("a commit waits while the standby is frozen, and is done when it thaws"):
            pair.named("standby").freeze()
            self.assertEqual(pair.status()["servers"]["b"]["state"], "frozen")
            waiting = self.begin(direct, "insert into seen values (1)")
            with self.assertRaises(subprocess.TimeoutExpired):
                waiting.wait(1)
            pair.named("standby").thaw()
            self.assertEqual(waiting.wait(10), 0)

        with self.subTest("a commit waits while replication is cut, and is done when it is restored"):
            pair.set_link("replication-b", "silent")
            waiting = self.begin(direct, "insert into seen values (2)")
            with self.assertRaises(subprocess.TimeoutExpired):
                waiting.wait(1)
            pair.set_link("replication-b", "open")
            self.assertEqual(waiting.wait(10), 0)

        with self.subTest("a silent link holds what is sent; a deaf one only the answer"):
            for mode, arrived in (("silent", "0"), ("deaf", "1")):
                client = subprocess.Popen(["psql", "-X", "-q", "-d", linked], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
                print("select 'here';", file=client.stdin, flush=True)
                while "here" not in client.stdout.readline():
                    pass
                pair.set_link("first", mode)
                print("insert into seen values (30);", file=client.stdin, flush=True)
                time.sleep(1)
                self.assertEqual(pair.sql("primary", "select count(*) from seen where n = 30", database="store").strip(), arrived)
                pair.set_link("first", "open")
                client.communicate("\\q\n", timeout=10)
                self.assertEqual(pair.sql("primary", "delete from seen where n = 30 returning n", database="store").strip(), "30")

        with self.subTest("a reset link refuses; other links go on"):
            pair.set_link("first", "reset")
            self.assertNotEqual(self.begin(linked, "select 1").wait(10), 0)
            self.assertEqual(self.begin(direct, "select 1").wait(10), 0)
            pair.set_link("first", "open", milliseconds=100)
            before = time.monotonic()
            self.assertEqual(self.begin(linked, "select 1").wait(10), 0)
            self.assertGreater(time.monotonic() - before, 0.4, "a handshake and a query are more than two round trips")

        with self.subTest("a killed primary leaves no process; the standby has every commit and takes over"):
            first = pair.named("primary").postmaster()
            pair.named("primary").kill()
            self.assertFalse([each for each in processes_of(pair.servers["a"].data) if each == first])
            self.assertEqual(pair.status()["servers"]["a"]["state"], "down")
            pair.promote()
            self.assertEqual(pair.facts["primary"], "b")
            self.assertEqual(pair.sql("b", "select string_agg(n::text, ',' order by n) from seen", database="store").strip(), "1,2")
            with self.assertRaises(Failure):
                pair.reclone("b")

        with self.subTest("the former primary, cloned anew, is the standby that commits wait for"):
            pair.reclone()
            self.assertEqual(self.begin(pair.connection("node"), "insert into seen values (4)").wait(10), 0)
            self.assertEqual(pair.sql("a", "select max(n) from seen", database="store").strip(), "4")

        with self.subTest("a primary that was killed starts again in place, and shows what no standby has"):
            pair.named("standby").freeze()
            # libpq tries the frozen server first, until its time to connect is over.
            waiting = self.begin(direct, "insert into seen values (5)")
            pair.wait_for_commit_waiting()
            pair.named("primary").kill()
            self.assertNotEqual(waiting.wait(10), 0)
            with self.assertRaises(Failure):
                pair.sql("primary", "select 1")
            pair.named("primary").start()
            self.assertEqual(pair.sql("primary", "select max(n) from seen", database="store").strip(), "5")
            pair.named("standby").thaw()

        with self.subTest("a restored database is what it was, with a standby"):
            pair.bring_back("empty")
            self.assertEqual(self.begin(direct, "insert into seen values (6)").wait(10), 0)
            for name in ("a", "b"):
                self.assertEqual(pair.sql(name, "select string_agg(n::text, ',') from seen", database="store").strip(), "6")

        pair.stop()
        self.assertEqual(processes_of(self.folder), [])
        self.assertFalse(self.folder.exists())

    def test_tls_and_owner(self):
        owner = subprocess.Popen(["sleep", "600"])
        try:
            pair = Pair.start(self.folder, tls=True, fsync=False, owner=owner.pid)
            sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
            for connection in (pair.connection("node"), pair.link("first")):
                self.assertEqual(self.begin(connection, sql).communicate(timeout=10)[0].strip(), "t")
            plain = pair.connection("node").replace("sslmode=verify-full", "sslmode=disable")
            self.assertNotEqual(self.begin(plain, sql).wait(10), 0)
        finally:
            owner.kill()
            owner.wait()
        deadline = time.monotonic() + 20
        while processes_of(self.folder) or self.folder.exists():
            self.assertLess(time.monotonic(), deadline, f"still there: {processes_of(self.folder)}")
            time.sleep(0.2)

    def test_refusals(self):
        with self.assertRaisesRegex(Failure, "holds no pair"):
            Pair(self.folder)
        self.folder.mkdir()
        (self.folder / "anything").touch()
        with self.assertRaisesRegex(Failure, "not empty"):
            Pair.start(self.folder)


if __name__ == "__main__":
    # Pipes of clients that were left waiting are closed when the test ends.
    unittest.main(warnings="ignore")
