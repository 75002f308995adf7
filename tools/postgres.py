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
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

OWNER = "postgres"
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=4GB -c shared_buffers=256MB"
"""For tests alone: what is lost with the machine is made anew."""


def programs() -> Path:
    """The folder of initdb and pg_ctl: the newest of Debian's versions, else where initdb is found."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[4]))
    found = versions[-1] if versions else shutil.which("initdb")
    if not found:
        sys.exit("no PostgreSQL here: apt-get install postgresql")
    return Path(found).parent


def main(command: list[str]) -> int:
    """Start a server, run the command, stop the server; the command's exit status."""
    durable = command[:1] == ["--durable"]
    command = command[1:] if durable else command
    binaries, owner = programs(), {"user": OWNER} if os.geteuid() == 0 else {}
    me = OWNER if owner else pwd.getpwuid(os.geteuid()).pw_name
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as home:
        if owner:
            shutil.chown(home, OWNER)
        data = f"{home}/data"
        options = f"-c listen_addresses= -k {home} {'' if durable else QUICK}"

        def run(program: str, *arguments: str) -> None:
            call = [binaries / program, "-D", data, *arguments]
            subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, cwd=home, **owner)

        run("initdb", "-U", me, "--encoding=UTF8", "--locale=C.UTF-8", "-N")
        run("pg_ctl", "start", "-w", "-l", f"{home}/log", "-o", options)
        try:
            address = f"postgresql://{me}@{quote(home, safe='')}/postgres"
            found = {"BAOLEI_DATABASE_URL": address, "PGHOST": home, "PGUSER": me}
            return subprocess.run(command, env={**os.environ, **found}, check=False).returncode
        finally:
            run("pg_ctl", "stop", "-m", "immediate")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
