"""Preloaded stores: filled once a run, copied before a measurement that appends, evicted before a cold one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from .plan import IMAGES, StoreKey

# Above this a copy takes longer than the measurement. Larger stores are appended to in place: a measurement adds at
# most 200,000 events to them, the same to every side's.
COPY_LIMIT = 300_000_000


def byte_count(path: Path) -> int:
    """Bytes that a store has allocated on disk."""
    return sum(file.stat().st_blocks * 512 for file in path.rglob("*") if file.is_file())


def evict(path: Path) -> None:
    """Drop a store's files from the page cache: what is read next comes from the disk."""
    for file in path.rglob("*"):
        if not file.is_file():
            continue
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def prepare_parameters(key: StoreKey, record_bytes: int) -> dict[str, int | float | str]:
    """What a program is told to fill a store with."""
    parameters: dict[str, int | float | str] = {
        "events": key.events, "users": key.users, "images": IMAGES, "distribution": key.distribution, "seed": 1,
    }  # fmt: skip
    if key.program == "lmdb":
        parameters |= {"index": key.index, "record-bytes": record_bytes}
    if key.program == "store":
        parameters["dimension"] = 64
    return parameters | dict(key.extra)


class Stores:
    """The preloaded stores of one run, under the scratch directory."""

    def __init__(self, scratch: Path, fill: Callable[[StoreKey, Path], str | None]) -> None:
        self.scratch = scratch
        self._fill = fill
        self._ready: dict[StoreKey, Path] = {}
        self._failed: dict[StoreKey, str] = {}

    def path(self, key: StoreKey) -> Path:
        """The preloaded store of this key, filled when first asked for; raises RuntimeError where that failed."""
        if key in self._failed:
            raise RuntimeError(self._failed[key])
        if key not in self._ready:
            path = self.scratch / f"store-{len(self._ready) + len(self._failed)}"
            reason = self._fill(key, path)
            if reason is not None:
                shutil.rmtree(path, ignore_errors=True)
                self._failed[key] = f"its store could not be filled: {reason}"
                raise RuntimeError(self._failed[key])
            self._ready[key] = path
            os.sync()
        return self._ready[key]

    def working_copy(self, key: StoreKey) -> tuple[Path, bool]:
        """A store that may be changed, and whether it is a copy for the caller to remove."""
        path = self.path(key)
        if byte_count(path) > COPY_LIMIT:
            return path, False
        copy = self.fresh_path()
        shutil.copytree(path, copy)
        os.sync()  # what the copy left in the page cache is written now, not in the first measured flush
        return copy, True

    def fresh_path(self) -> Path:
        """Where a new store of one measurement may be made."""
        path = self.scratch / "working"
        shutil.rmtree(path, ignore_errors=True)
        return path
