"""What the figures were measured on: enough to judge them by, nothing that identifies the machine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import date
from pathlib import Path


def _first_line(command: list[str]) -> str:
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
        return (result.stdout or result.stderr).splitlines()[0].strip()
    except (OSError, subprocess.SubprocessError, IndexError):
        return "unknown"


def _processor() -> str:
    try:
        match = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        return match.group(1).strip() if match else platform.machine()
    except OSError:
        return platform.machine()


def filesystem(directory: Path) -> str:
    """The type and mount options of the file system that holds the directory."""
    path, best, found = str(directory.resolve()), "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount, kind, options, *_ = line.split()
        inside = path == mount or path.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best):
            best, found = mount, f"{kind} ({options})"
    return found


def describe(scratch: Path) -> dict[str, str]:
    """The machine, by what matters to the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": date.today().isoformat(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "distribution": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
        "file system": filesystem(scratch),
        "load at start": f"{os.getloadavg()[0]:.2f}",
        "C compiler": _first_line(["cc", "--version"]),
        "Swift": _first_line(["swift", "--version"]),
        "LMDB": _first_line(["pkg-config", "--modversion", "lmdb"]),
        "SQLite": _first_line(["pkg-config", "--modversion", "sqlite3"]),
        "Python": platform.python_version(),
    }
