#!/usr/bin/env python3
"""A private PostgreSQL primary with a synchronous standby, and faults on demand. For tests and the demonstration.

    postgres_pair.py start FOLDER [--tls] [--without-fsync] [--owner PID]
    postgres_pair.py status FOLDER
    postgres_pair.py sql FOLDER SERVER STATEMENT [--database store]
    postgres_pair.py kill | start-again | freeze | thaw | promote | reclone FOLDER SERVER
    postgres_pair.py link FOLDER NAME
    postgres_pair.py cut FOLDER NAME silent|deaf|reset
    postgres_pair.py restore FOLDER NAME [--milliseconds N]
    postgres_pair.py save | bring-back FOLDER BACKUP
    postgres_pair.py stop FOLDER

SERVER is a, b, primary or standby. `start` prints a JSON object with `conninfo`, of the role that nodes have, and
`operator`, of the role that owns the database. `link` prints a connection string that passes a proxy (links.py says what
the ways to cut it mean); the standby's replication passes the links replication-a and replication-b. `kill` ends a
server as a machine that is gone, `start-again` starts it in place, `reclone` throws its data away and makes it the
standby of the present primary. `bring-back` makes of both what the primary was when it was saved. With --owner everything is stopped when that process has ended.
"""

import argparse
import json
import sys

from pair import Pair
from servers import Failure

# Faults of a server, by the command's name.
FAULTS = ("kill", "start-again", "freeze", "thaw", "promote", "reclone")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    start = commands.add_parser("start")
    start.add_argument("--tls", action="store_true", help="TLS with an authority of its own, and no connections without")
    start.add_argument("--without-fsync", action="store_true", help="a power cut may lose everything; kills lose nothing")
    start.add_argument("--owner", type=int, help="stop when the process with this id has ended")
    status, stop, link = (commands.add_parser(name) for name in ("status", "stop", "link"))
    save, back = (commands.add_parser(name) for name in ("save", "bring-back"))
    sql, cut, restore = (commands.add_parser(name) for name in ("sql", "cut", "restore"))
    faults = [commands.add_parser(name) for name in FAULTS]
    for each in (start, status, stop, link, save, back, sql, cut, restore, *faults):
        each.add_argument("folder")
    for each in (sql, *faults):
        each.add_argument("server")
    for each in (link, save, back, cut, restore):
        each.add_argument("name")
    sql.add_argument("statement", nargs="+")
    sql.add_argument("--database", default="store")
    cut.add_argument("mode", choices=("silent", "deaf", "reset"))
    restore.add_argument("--milliseconds", type=int, default=0, help="delay in each direction")
    stop.add_argument("--keep", action="store_true", help="leave the folder, to look at its logs")
    return parser.parse_args()


def run(arguments):
    command = arguments.command
    if command == "start":
        pair = Pair.start(
            arguments.folder, tls=arguments.tls, fsync=not arguments.without_fsync, owner=arguments.owner)
        print(json.dumps({"conninfo": pair.connection("node"), "operator": pair.connection("operator"), "ports": pair.facts["ports"]}))
        return
    pair = Pair(arguments.folder)
    if command == "status":
        print(json.dumps(pair.status(), indent=1))
    elif command == "stop":
        pair.stop(keep=arguments.keep)
    elif command == "sql":
        print(pair.sql(arguments.server, *arguments.statement, database=arguments.database), end="")
    elif command == "link":
        print(pair.link(arguments.name))
    elif command == "cut":
        pair.set_link(arguments.name, arguments.mode)
    elif command == "restore":
        pair.set_link(arguments.name, "open", arguments.milliseconds)
    elif command == "save":
        pair.save(arguments.name)
    elif command == "bring-back":
        pair.bring_back(arguments.name)
    elif command == "promote":
        pair.promote(arguments.server)
    elif command == "reclone":
        pair.reclone(arguments.server)
    else:
        server = pair.named(arguments.server)
        {"kill": server.kill, "start-again": server.start, "freeze": server.freeze, "thaw": server.thaw}[command]()


if __name__ == "__main__":
    try:
        run(parse())
    except (Failure, RuntimeError, OSError) as error:
        sys.exit(f"postgres_pair: {error}")
