"""Makes the store that is tampered with: every kind of event, free pages, flushed rows, several people and spaces."""
import json
import os
import subprocess

SPACES = ["v6", "niji6"]
USERS = ["ada", "ben", "cleo", "dan"]
# Who has been erased.
ERASED = ["fay", "gus"]


def make(storectl, worker, folder):
    """Makes the store and returns its codes."""
    store, other = f"{folder}/store", f"{folder}/other"
    # The worker flushes its rows in small slices, so that tables, checkpoints and the free list are lived in.
    subprocess.run([worker, "write", store, "--batches", "60", "--clients", "2"], check=True, stdout=subprocess.DEVNULL)
    environment = dict(os.environ, STORECTL_STORE=store)

    def run(*words, of=None):
        result = subprocess.run(
            [storectl, *words], capture_output=True, env=dict(environment, STORECTL_STORE=of or store))
        if result.returncode:
            raise SystemExit(f"cannot make the world: {words}: {result.stderr.decode()}")
        return result.stdout.decode()

    def code(user, space, of=None):
        prompt = "x --p" if space == "v6" else "x --niji 6 --p"
        return json.loads(run("resolve", prompt, "--user", user, "--json", of=of))["codes"][0]["code"]

    images = [{"kind": "image", "id": f"image{i}", "author": f"author{i % 3}",
               "embedding": [((i * 37 + k * 101 + i * i * (k + 1)) % 199) - 99 for k in range(8)]} for i in range(24)]
    write(f"{folder}/images.jsonl", images)
    run("space", "define", "niji6", "--models", "niji 6", "--images", f"{folder}/images.jsonl", "--threshold", "5")
    codes = []
    for round_ in range(3):
        for number, user in enumerate(USERS):
            for space in SPACES:
                lines = [rank(user, space, number, n) for n in range(round_ * 9, round_ * 9 + 9)]
                write(f"{folder}/lines.jsonl", lines)
                run("import", f"{folder}/lines.jsonl")
                codes.append(code(user, space))
    run("label", codes[0], "film")
    run("revoke", codes[1])
    run("revoke", codes[2])
    run("restore", codes[2])
    run("revert", "--to", codes[0])
    codes.append(code(USERS[0], "v6"))
    run("settings", "ada", "--space", "v6", "--always", "on", "--pin", f"{codes[4]}::2")
    run("settings", "ben", "--space", "v6", "--always", "on")
    run("init", of=other)
    run("space", "define", "niji6", "--models", "niji 6", "--images", f"{folder}/images.jsonl", "--threshold", "5", of=other)
    write(f"{folder}/lines.jsonl", [rank("eve", "niji6", 5, n) for n in range(12)])
    run("import", f"{folder}/lines.jsonl", of=other)
    foreign = code("eve", "niji6", of=other)
    run("export-code", foreign, "--output", f"{folder}/bundle", of=other)
    run("import-code", f"{folder}/bundle")
    erase(run, code, folder)
    run("verify")
    os.remove(f"{store}/lock.mdb")
    return store, list(dict.fromkeys(codes)) + [foreign]


def erase(run, code, folder):
    """People who were, with codes, a label, settings, a board and an image, and are no more."""
    for number, user in enumerate(ERASED):
        write(f"{folder}/lines.jsonl", [rank(user, "v6", number + 7, n) for n in range(9)])
        run("import", f"{folder}/lines.jsonl")
        run("label", code(user, "v6"), "gone")
        run("settings", user, "--space", "v6", "--always", "on")
        run("board", "create", user, "boats", "--images", "image3", "--space", "v6")
    for user in [*ERASED, "author1"]:
        run("erase", user, "--yes")


def rank(user, space, trait, n):
    one, other = n % 24, (n * 5 + 1 + n // 24 + trait) % 24
    if one == other:
        other = (one + 1) % 24
    return {"kind": "rank", "user": user, "space": space, "winner": f"image{one}", "loser": f"image{other}"}


def write(path, lines):
    with open(path, "w") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
