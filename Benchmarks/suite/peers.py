"""The programs that are measured: how each is built or installed, and why one is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Peer:
    """One program, with what it needs: a pkg-config module, Debian packages, PyPI packages."""

    name: str
    program: str  # a C program of Benchmarks/Makefile, or a Python file of peers/
    module: str | None = None
    debian: tuple[str, ...] = ()
    pypi: tuple[str, ...] = ()
    optional_debian: tuple[str, ...] = ()  # tried, never a reason to skip


# One version each, so that two runs a year apart measure the same thing.
PEERS = (
    Peer("lmdb", "lmdb_limit", module="lmdb", debian=("liblmdb-dev",)),
    Peer("sqlite", "sqlite_peer", module="sqlite3", debian=("libsqlite3-dev",)),
    Peer("machine", "physical", optional_debian=("libssl-dev",)),
    Peer("generate", "generate"),
    Peer("http", "http_client"),
    Peer("umadb", "umadb_peer.py", pypi=("umadb==0.7.8",)),
    Peer("eventsourcing", "eventsourcing_peer.py", pypi=("eventsourcing==9.5.6",)),
    Peer("scikit-learn", "sklearn_peer.py", pypi=("scikit-learn==1.9.1", "numpy==2.4.6")),
)


class Installer:
    """Makes peers ready, or says in one sentence why one is not."""

    def __init__(self, build: Path, skip: set[str], pretend_missing: set[str]) -> None:
        self.build = build
        self.skip = skip
        self.pretend_missing = pretend_missing
        self.python = build / "venv" / "bin" / "python"
        self.commands: dict[str, list[str]] = {}
        self.skipped: dict[str, str] = {}
        self.versions: dict[str, str] = {}

    def install_all(self) -> None:
        """Fill `commands` with the peers that are ready and `skipped` with the others."""
        for peer in PEERS:
            reason = self._reason_to_skip(peer)
            if reason is not None:
                self.skipped[peer.name] = reason
                print(f"skipped {peer.name}: {reason}", file=sys.stderr)

    def use_service(self, program: Path) -> None:
        """Tell the HTTP client where storeserver is, or skip it where the server is not built."""
        os.environ["STORE_SERVICE"] = str(program.resolve())
        if "http" in self.commands and not program.is_file():
            del self.commands["http"]
            build = "swift build -c release --package-path Server --scratch-path .build --product storeserver"
            self.skipped["http"] = f"storeserver is not built: {build}"
            print(f"skipped http: {self.skipped['http']}", file=sys.stderr)

    def _reason_to_skip(self, peer: Peer) -> str | None:
        if peer.name in self.skip:
            return "skipped on request"
        if peer.name in self.pretend_missing:
            return "could not be installed (pretended)"
        reason = self._install_python(peer) if peer.pypi else self._install_c(peer)
        if reason is None and peer.pypi:
            self.commands[peer.name] = [str(self.python), str(FOLDER / "peers" / peer.program)]
        elif reason is None:
            self.commands[peer.name] = [str(self.build / peer.program)]
        return reason

    # MARK: C programs

    def _install_c(self, peer: Peer) -> str | None:
        for tool in ("cc", "make", "pkg-config"):
            if shutil.which(tool) is None:
                self._apt(["build-essential", "pkg-config"])
        if peer.module is not None and not _has_module(peer.module):
            self._apt(list(peer.debian))
            if not _has_module(peer.module):
                return f"{' '.join(peer.debian)} is missing and could not be installed"
        if peer.optional_debian and not _has_module("libcrypto"):
            self._apt(list(peer.optional_debian))
        make = ["make", "-s", "-C", str(FOLDER), f"BUILD={self.build}", peer.program]
        try:
            result = subprocess.run(make, capture_output=True, text=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            return f"make failed: {error}"
        return None if result.returncode == 0 else f"make failed: {_last_line(result.stderr)}"

    def _apt(self, packages: list[str]) -> None:
        """Install Debian packages where that is possible without asking; what follows checks whether it worked."""
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            return
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-q", *packages]
        for command in (install, ["apt-get", "update", "-q"], install):
            result = subprocess.run(command, capture_output=True, env=environment, timeout=600)
            if command is install and result.returncode == 0:
                return

    # MARK: Python packages

    def _install_python(self, peer: Peer) -> str | None:
        reason = self._make_environment()
        if reason is not None:
            return reason
        if not self._is_installed(peer):
            pip = [str(self.python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *peer.pypi]
            try:
                result = subprocess.run(pip, capture_output=True, text=True, timeout=600)
            except (OSError, subprocess.SubprocessError) as error:
                return f"pip failed: {error}"
            if result.returncode != 0:
                return f"pip could not install {' '.join(peer.pypi)}"
        self.versions[peer.name] = ", ".join(peer.pypi).replace("==", " ")
        return None

    def _make_environment(self) -> str | None:
        if self.python.exists():
            return None
        command = [sys.executable, "-m", "venv", str(self.build / "venv")]
        if subprocess.run(command, capture_output=True).returncode != 0:
            shutil.rmtree(self.build / "venv", ignore_errors=True)
            self._apt(["python3-venv"])
            if subprocess.run(command, capture_output=True).returncode != 0:
                return "a Python environment could not be made (python3-venv)"
        return None

    def _is_installed(self, peer: Peer) -> bool:
        checks = "; ".join(
            f"assert version({name!r}) == {number!r}" for name, number in (package.split("==") for package in peer.pypi)
        )
        code = f"from importlib.metadata import version; {checks}"
        return subprocess.run([str(self.python), "-c", code], capture_output=True).returncode == 0


def _has_module(module: str) -> bool:
    try:
        return subprocess.run(["pkg-config", "--exists", module], capture_output=True).returncode == 0
    except OSError:
        return False


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"
