#!/usr/bin/env python3
"""Shows that faults.py can fail: a right model of a node passes, and each mistake of a wrong one is found. Some minutes.

    prove.py [MISTAKE...]
"""

import sys

import faults
import model_node

# Where a mistake shows, and a part of what is then said.
SHOWS = {
    "asynchronous": ("standby-lost-then-primary", "was acknowledged"),
    "no-barrier": ("primary-restarted-in-place", "was acknowledged"),
    "trust-warning": ("wait-cancelled", "was acknowledged"),
    "append-anew": ("link-down", "in the log twice"),
    "forget": ("node-killed", "was acknowledged"),
    "quick-answer": ("wait-cancelled-and-node-killed", "was acknowledged"),
    "stale-token": ("node-killed", "with the token"),
}


def problems(scenario, mistake, seed, rounds=2):
    options = ["--model", "--scenarios", scenario, "--rounds", str(rounds), "--seed", str(seed)]
    return faults.drive(faults.parser().parse_args(options + (["--mistake", mistake] if mistake else [])))["problems"]


def main(chosen):
    unknown = set(chosen) - set(SHOWS)
    if unknown or set(SHOWS) != set(model_node.MISTAKES):
        sys.exit(f"prove: not known: {', '.join(unknown) or 'a mistake of the model'}")
    failed = False
    for scenario in sorted({scenario for mistake, (scenario, _) in SHOWS.items() if not chosen or mistake in chosen}):
        found = problems(scenario, None, seed=1)
        print(f"{scenario}, without a mistake: {found or 'right'}", flush=True)
        failed = failed or bool(found)
    for mistake, (scenario, words) in SHOWS.items():
        if chosen and mistake not in chosen:
            continue
        for seed in range(1, 17):
            found = [text for text in problems(scenario, mistake, seed) if words in text]
            if found:
                break
        print(f"{scenario}, {mistake}: {f'found with seed {seed}: {found[0]}' if found else 'NOT FOUND'}", flush=True)
        failed = failed or not found
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
