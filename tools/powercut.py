"""Cut the power under an urn, on each store and in settings that must lose: `make powercut`, as root on Linux.

The urn's database lies on ext4 in an image of a disk, the image in memory. The real casting host takes ballots over
HTTP there; every receipt is noted outside. At a random moment host and database are stopped and the image is copied:
it holds what was written to the disk, nothing of what the system still meant to write. The copy is mounted, the
database recovers, and every ballot that had a receipt must be there, with it, and once; the same ballots, cast again,
must have the same receipts. A ballot without a receipt may be there or not.

What it cannot show: a disk that says it has written what it keeps in a memory of its own.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from postgres import Server, end

from urns import Running, Urn, a_host
from voters import Difference, Voters

MEGABYTES = 384
SLIPS = 40_000
AT_LEAST = 200
"""Receipts before the power may be cut."""
ASKED_AGAIN = 50
TRIES = 5
"""So often a setting that must lose is tried until it does."""
SMALL = "-c max_wal_size=64MB -c min_wal_size=32MB -c shared_buffers=32MB"
"""A log that goes round often, so that the power is cut in checkpoints too."""


@dataclass(frozen=True)
class Setting:
    """A store and how it is told to write: options of PostgreSQL's server, Python that is run before the host."""

    name: str
    options: str = SMALL
    altered: str = ""
    postgres: bool = False
    must_lose: bool = False


NORMAL = """
from baolei.urn import sqlite
opened = sqlite.SqliteStore.__init__
def weaker(self, file):
    opened(self, file)
    self._to.execute("PRAGMA synchronous=NORMAL")
sqlite.SqliteStore.__init__ = weaker
"""
LATER = """
from baolei.urn import postgres
postgres.OPTIONS = postgres.OPTIONS.replace("synchronous_commit=on", "synchronous_commit=off")
"""
SETTINGS = (
    Setting("SQLite, as it is"),
    Setting("PostgreSQL, as it is", postgres=True),
    Setting("SQLite, synchronous=NORMAL", altered=NORMAL, must_lose=True),
    Setting("PostgreSQL, synchronous_commit=off", altered=LATER, postgres=True, must_lose=True),
    Setting("PostgreSQL, fsync=off", options=f"{SMALL} -c fsync=off", postgres=True, must_lose=True),
)


@dataclass(frozen=True)
class Outcome:
    """What became of one cut; `unsound` says what the database or the host says of itself afterwards."""

    difference: Difference
    unsound: str = ""

    @property
    def kept(self) -> bool:
        """Whether nothing is wrong."""
        return self.difference.none and not self.unsound


def main() -> int:
    """Print the table; 1 when the urn as it is lost anything, or a setting that must lose never did; 2 where no disk
    can be made.
    """
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=5, help="cuts of each store as it is")
    options.add_argument("--seconds", type=float, default=6, help="at most so long ballots come in before a cut")
    options.add_argument("--only", default="", help="settings whose name holds this")
    said = options.parse_args()
    impossible = no_disk()
    if impossible:
        print(f"the power cannot be cut here: {impossible}", file=sys.stderr)
        return 2
    print(f"{'setting':36}{'told':>8}{'there':>8}{'lost':>8}{'twice':>7}{'strange':>9}  database afterwards")
    wrong = []
    for setting in SETTINGS:
        if said.only in setting.name and not (_lost if setting.must_lose else _kept)(setting, said):
            wrong.append(setting.name)
    for name in wrong:
        print(f"not as it must be: {name}")
    return 1 if wrong else 0


def no_disk() -> str:
    """Why no image of a disk can be mounted here; nothing where it can."""
    if os.geteuid() != 0:
        return "only root mounts the image of a disk; run it as root: sudo make powercut"
    if not shutil.which("mkfs.ext4"):
        return "there is no mkfs.ext4: apt-get install e2fsprogs"
    try:
        with a_memory() as memory, mounted(a_disk(memory / "image", 16)):
            return ""
    except subprocess.CalledProcessError as failed:
        return f"{failed.cmd[0]} failed; loop devices and tmpfs are needed, which a container may not have"


def _kept(setting: Setting, said: argparse.Namespace) -> bool:
    return all([_shown(setting, said.seconds).kept for _run in range(said.runs)])


def _lost(setting: Setting, said: argparse.Namespace) -> bool:
    """A cut may by chance come just after the system wrote everything, so it is tried again."""
    return any(not _shown(setting, said.seconds).kept for _run in range(TRIES))


def _shown(setting: Setting, seconds: float) -> Outcome:
    outcome = cut(setting, random.uniform(0.5, seconds))
    one = outcome.difference
    print(f"{setting.name:36}{one.told:8,}{one.found:8,}{one.lost:8,}{one.twice:7}{one.strange:9}  "
          f"{outcome.unsound or 'sound'}", flush=True)  # fmt: skip
    return outcome


# ---- one cut ----


def cut(setting: Setting, seconds: float) -> Outcome:
    """Take ballots for so long, cut the power, and look at what is left."""
    with a_memory() as memory:
        disk = a_disk(memory / "disk", MEGABYTES)
        with mounted(disk) as at, an_urn(setting, at, new=True) as (urn, server):
            poll = urn.polled(slips=SLIPS, rev_allowed=True)
            urn.store.close()
            subprocess.run(["sync", "-f", at], check=True)
            host = Running(urn, altered=setting.altered)
            with Voters(poll, host.port) as voters:
                try:
                    if not voters.wait_for(AT_LEAST, 120):
                        raise SystemExit(f"no ballots are taken: {voters.wrong or host.said.read_text()}")
                    time.sleep(seconds)
                    stopped = [*host.family(), *(server.family() if server else ())]
                    for pid in stopped:
                        os.kill(pid, signal.SIGSTOP)
                    copied(disk, memory / "after")
                finally:
                    _switched_off(host)
        with mounted(memory / "after") as at:
            return left(setting, at, voters)


def _switched_off(host: Running) -> None:
    """End the host, the last started first: the system wakes up who is stopped when those above it end, and then more
    ballots would be acknowledged, after the cut.
    """
    for pid in reversed(host.family()):
        end(pid)
    host.process.wait(20)


def left(setting: Setting, at: Path, voters: Voters) -> Outcome:
    """What a machine that is switched on again finds."""
    try:
        with an_urn(setting, at, new=False) as (urn, server):
            difference = voters.difference(urn.store)
            unsound = "; ".join(voters.wrong[:1]) or _unsound(urn, server)
            if difference.none and not unsound:
                unsound = _answers_otherwise(urn, voters)
            urn.store.close()
            return Outcome(difference, unsound)
    except subprocess.CalledProcessError:
        told = len(voters.told)
        return Outcome(Difference(told, 0, told, 0, 0), "does not start")


def _unsound(urn: Urn, server: Server | None) -> str:
    """What the database's own check complains of."""
    if server is None:
        ((said,),) = urn.store._to.execute("PRAGMA integrity_check").fetchmany(1)  # type: ignore[attr-defined]
        return "" if said == "ok" else str(said)
    try:
        server.run("pg_amcheck", "--install-missing", "--heapallindexed", "urn")
    except subprocess.CalledProcessError:
        return "pg_amcheck complains"
    return ""


def _answers_otherwise(urn: Urn, voters: Voters) -> str:
    """Whether the host gives another receipt to a ballot that is cast again."""
    with a_host(urn) as host:
        for body, code in voters.again(ASKED_AGAIN):
            if host.cast(body) != (200, {"receipt": code, "again": True}):
                return "a ballot cast again has another receipt"
    return ""


@contextmanager
def an_urn(setting: Setting, at: Path, *, new: bool) -> Iterator[tuple[Urn, Server | None]]:
    """The urn on a mounted disk, and the server that keeps it; sockets and logs lie in a folder elsewhere."""
    with a_folder() as home:
        if not setting.postgres:
            yield Urn(f"sqlite:///{at}/urn.sqlite3", home), None
            return
        server = Server(home, setting.options if new else SMALL, at / "data")
        if new:
            server.make()
        else:  # nobody of before runs on a machine that was switched off, whoever has these numbers here
            (server.data / "postmaster.pid").unlink(missing_ok=True)
        server.start()
        try:
            if new:
                server.run("createdb", "urn")
            yield Urn(server.url("urn"), home), server
        finally:
            server.kill()


# ---- the disk ----


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder that others may look into, the server is not root; the path of a socket has to be short."""
    with tempfile.TemporaryDirectory(prefix="cut-", dir="/tmp") as home:
        os.chmod(home, 0o755)
        yield Path(home)


@contextmanager
def a_memory() -> Iterator[Path]:
    """A folder in memory, for two images."""
    with a_folder() as folder:
        _run("mount", "-t", "tmpfs", "-o", f"size={2 * MEGABYTES + 64}m,mode=755", "none", folder)
        try:
            yield folder
        finally:
            _run("umount", folder)


def a_disk(image: Path, megabytes: int) -> Path:
    """The image of an empty disk with ext4."""
    _run("truncate", "-s", f"{megabytes}M", image)
    _run("mkfs.ext4", "-q", "-F", image)
    return image


@contextmanager
def mounted(image: Path) -> Iterator[Path]:
    """The folder where an image is mounted; ext4 reads its own log when it is."""
    at = image.with_name(f"{image.name}-{secrets.token_hex(2)}")
    at.mkdir()
    _run("mount", "-o", "loop", image, at)
    try:
        yield at
    finally:
        _patiently(lambda: _run("umount", at))


def copied(image: Path, to: Path) -> None:
    """Copy an image as it is at one moment: the system goes on writing, so until nothing has changed meanwhile."""
    for _attempt in range(20):
        _run("cp", "--sparse=always", image, to)
        if subprocess.run(["cmp", "-s", image, to], check=False).returncode == 0:
            return
    raise SystemExit("the image changed whenever it was copied")


def _patiently(call: Callable[[], None]) -> None:
    """Whoever was killed may hold a file for a moment still."""
    for _attempt in range(100):
        try:
            return call()
        except subprocess.CalledProcessError:
            time.sleep(0.1)
    return call()


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
