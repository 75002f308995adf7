"""Run a command beside a PostgreSQL of its own: `tools/postgres.py python -m pytest -m stores`.

With `--durable` before the command it keeps what it acknowledges, as a server in use does: for benchmarks.

The server lives in a temporary folder, listens on a socket there and nowhere else, and is gone afterwards. The command
finds it by BAOLEI_DATABASE_URL, PostgreSQL's own programs by PGHOST and PGUSER. Fails loudly where no PostgreSQL is
installed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

OWNER = "postgres"
QUICK = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=4GB -c shared_buffers=256MB "
    "-c jit=off"
)
"""For tests alone: what is lost with the machine is made anew."""


def programs() -> Path:
    """The folder of initdb and pg_ctl: the newest of Debian's versions, else where initdb is found."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[4]))
    found = versions[-1] if versions else shutil.which("initdb")
    if not found:
        sys.exit("no PostgreSQL here: apt-get install postgresql")
    return Path(found).parent


class Server:
    """A server with its socket and log in one folder, `home`, and its data there or in another."""

    def __init__(self, home: Path, options: str = "", data: Path | None = None) -> None:
        self.home, self.data = home, data or home / "data"
        self._options = f"-c listen_addresses= -k {home} {options}"
        # PostgreSQL refuses to be run by root.
        self._owner = {"user": OWNER} if os.geteuid() == 0 else {}
        self.user = OWNER if self._owner else pwd.getpwuid(os.geteuid()).pw_name
        if self._owner:
            shutil.chown(home, OWNER)

    def make(self) -> None:
        """An empty cluster."""
        self.data.mkdir(mode=0o700)
        if self._owner:
            shutil.chown(self.data, OWNER)
        self.run("initdb", "-D", self.data, "-U", self.user, "--encoding=UTF8", "--locale=C.UTF-8", "-N")

    def start(self) -> None:
        """Start it, and wait until it answers. Raises CalledProcessError where it does not."""
        self.run("pg_ctl", "-D", self.data, "start", "-w", "-t", "120", "-l", self.home / "log", "-o", self._options)

    def stop(self) -> None:
        """Stop it at once, as if it had crashed."""
        self.run("pg_ctl", "-D", self.data, "stop", "-m", "immediate")

    def run(self, program: str, *arguments: str | Path, database: str = "postgres") -> None:
        """Run one of PostgreSQL's programs. Raises CalledProcessError where it fails."""
        named = {"PGHOST": str(self.home), "PGUSER": self.user, "PGDATABASE": database}
        call = [programs() / program, *arguments]
        subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, cwd=self.home,
                       env={**os.environ, **named}, **self._owner)  # fmt: skip

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases."""
        return f"postgresql://{self.user}@{quote(str(self.home), safe='')}/{database}"

    # ---- its processes ----

    def family(self) -> list[int]:
        """Its processes while it runs: the one that starts the others, then these."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text()
        return [postmaster, *map(int, children.split())]

    def kill(self) -> None:
        """kill -9 for all its processes, and wait until they are gone."""
        killed = self.family()
        for pid in killed:
            end(pid)
        while not all(map(_gone, killed)):
            time.sleep(0.05)


def end(pid: int) -> None:
    """kill -9 for a process, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _gone(pid: int) -> bool:
    """Whether a process has ended, though nobody may have asked yet how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@contextmanager
def a_server(options: str = "") -> Iterator[Server]:
    """A server of one's own that runs, gone afterwards with all it kept, whatever became of it meanwhile."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as home:  # a socket's path has to be short
        server = Server(Path(home), options)
        server.make()
        server.start()
        try:
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):  # it may not run any more
                server.stop()


def main(command: list[str]) -> int:
    """Start a server, run the command, stop the server; the command's exit status."""
    durable = command[:1] == ["--durable"]
    command = command[1:] if durable else command
    with a_server("" if durable else QUICK) as server:
        found = {"BAOLEI_DATABASE_URL": server.url(), "PGHOST": str(server.home), "PGUSER": server.user}
        return subprocess.run(command, env={**os.environ, **found}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
