"""Asks a store everything, through storectl alone, and compares what two stores answer."""
import json
import os
import re
import subprocess

TIMEOUT = 300
# Another time answers these otherwise; they are no statement about anybody's taste.
VOLATILE = {"path", "store", "elapsed", "duration", "seconds"}


class Crash(Exception):
    """A command died, hung, or failed without a word."""


def run(storectl, store, *words, stdin=None):
    """Runs a command; returns its status, output and errors. Raises ``Crash`` for what no command may do."""
    environment = dict(os.environ, STORECTL_STORE=store, SWIFT_BACKTRACE="enable=no")
    line = " ".join(words)
    try:
        result = subprocess.run(
            [storectl, *words], input=stdin, capture_output=True, timeout=TIMEOUT, env=environment)
    except subprocess.TimeoutExpired:
        raise Crash(f"'{line}' was still running after {TIMEOUT} s") from None
    if result.returncode < 0 or result.returncode not in (0, 1, 2, 3):
        raise Crash(f"'{line}' ended with {result.returncode}: {result.stderr.decode(errors='replace')[-400:]}")
    if result.returncode and not (result.stderr.strip() or result.stdout.strip()):
        raise Crash(f"'{line}' failed with {result.returncode} and without a word")
    return result.returncode, result.stdout, result.stderr


def questions(users, spaces, codes):
    """Every command that only reads, as words."""
    yield ("log", "--json")
    yield ("export",)
    yield ("space", "list", "--json")
    yield ("replay", "--json")
    for user in users:
        for space in spaces:
            place = ("--space", space)
            yield ("codes", user, *place, "--json")
            yield ("progress", user, *place, "--json")
            yield ("settings", user, *place, "--json")
            yield ("log", "--user", user, *place, "--json")
            yield ("as-of", user, *place, "--position", "200", "--json")
            yield ("timeline", user, *place, "--json")
    for code in codes:
        yield ("show", code, "--json")
        yield ("explain", code, "--json")
        yield ("score", code, "--json")
        yield ("resolve", f"x --p {code}", "--user", users[0], "--json")
    for one, other in zip(codes, codes[1:]):
        yield ("diff", one, other, "--json")
        yield ("resolve", f"x --p {one} {other}::2", "--user", users[-1], "--json")


# Commands about the files and not about what they say: they may answer anything, and may not die.
REPORTS = [("stats", "--json")]


def writes(users, spaces):
    """Commands that write, each of which may be refused, and none of which may die."""
    yield ("rank", users[0], "image1", "image2", "--space", spaces[0], "--json")
    yield ("like", users[-1], "image3", "--space", spaces[0], "--json")
    yield ("resolve", "x --p", "--user", users[0], "--json")
    yield ("settings", users[0], "--space", spaces[0], "--always", "on", "--json")


def settled(status, output):
    """An answer without what is another each time."""
    text = output.decode(errors="replace")
    try:
        return status, json.dumps(_strip(json.loads(text)), sort_keys=True)
    except ValueError:
        return status, re.sub(r"[0-9.]+ (ms|s)\b", "", text)


def _strip(value):
    if isinstance(value, dict):
        return {key: _strip(part) for key, part in value.items() if key not in VOLATILE}
    return [_strip(part) for part in value] if isinstance(value, list) else value


def answers(storectl, store, asked):
    """What a store answers to each question."""
    for words in REPORTS:
        run(storectl, store, *words)
    return {words: settled(*run(storectl, store, *words)[:2]) for words in asked}


def differences(one, other):
    return [words for words in one if one[words] != other[words]]
